import type { ByteEncoding } from '../detector/bytes.ts';
import type { FileClass } from '../git/files.ts';
import type { Finding, ScanOptions } from '../detector/finding.ts';

/** How git classes a file; `no-repository` outside of one. */
export type ScannedFileClass = FileClass | 'no-repository';

export interface FileToScan {
  /** Absolute. */
  readonly path: string;
  readonly class: ScannedFileClass;
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

export interface FileReaderOptions extends ScanOptions {
  /** Findings to be left out altogether answer false; none when left out. */
  readonly shouldReport?: (text: string, finding: Finding) => boolean;
  /** Called before a file is read that takes a while. */
  readonly onLarge?: () => void;
}
