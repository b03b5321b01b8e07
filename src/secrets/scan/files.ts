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

/** A file with at least one key, suppressed ones included. */
export interface ScannedFile extends FileToScan {
  /** In `binary`, offsets and columns count bytes. */
  readonly encoding: ByteEncoding;
  readonly findings: readonly PlacedFinding[];
  /** Whether the file contains more keys than are listed. */
  readonly capped: boolean;
}

export interface Unreadable {
  readonly path: string;
  /** Such as `EACCES`. */
  readonly code: string;
}

export interface FileReaderOptions extends ScanOptions {
  /** @returns false for findings to leave out; by default all are included */
  readonly shouldReport?: (text: string, finding: Finding) => boolean;
  /** Called before a large file is read. */
  readonly onLarge?: () => void;
}
