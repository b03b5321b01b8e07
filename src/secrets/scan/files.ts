import { type ByteEncoding, type Finding } from '../detector/index.ts';

/** What git says about a file; `no-repository` where there is none. */
export type FileClass = 'tracked' | 'untracked' | 'ignored' | 'no-repository';

export interface FileToScan {
  /** Absolute. */
  readonly path: string;
  readonly class: FileClass;
}

/** A finding in a file, with lines and columns from 0 as an editor counts them. */
export interface PlacedFinding extends Finding {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A file that holds at least one key, be it a suppressed one. */
export interface ScannedFile extends FileToScan {
  /** In `binary`, offsets and columns count bytes. */
  readonly encoding: ByteEncoding;
  readonly findings: readonly PlacedFinding[];
  /** The file holds more keys than are listed. */
  readonly capped: boolean;
}

export interface Unreadable {
  readonly path: string;
  /** Such as `EACCES`. */
  readonly code: string;
}
