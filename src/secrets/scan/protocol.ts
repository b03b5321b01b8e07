import type { ScanOptions } from '../detector/finding.ts';
import type { FileToScan, ScannedFile, Unreadable } from './files.ts';

/** The job of a worker. */
export type WorkerJob =
  | { readonly job: 'scan'; readonly options: ScanOptions }
  | { readonly job: 'walk'; readonly folder: string; readonly skip: readonly string[] };

/** To a scanning worker: the next files. */
export type ScanBatch = readonly FileToScan[];

/** From a scanning worker: the result of a batch, in several parts if a file takes long. */
export interface BatchResult {
  /** Whether this is the last part. */
  readonly done: boolean;
  /** Files read, by class. */
  readonly read: Partial<Record<FileToScan['class'], number>>;
  readonly bytes: number;
  readonly files: readonly ScannedFile[];
  /** Links in place of files, with their targets. */
  readonly links: readonly { readonly file: FileToScan; readonly realPath: string }[];
  readonly unreadable: readonly Unreadable[];
}

/** From a walking worker, once for each message to it: the next paths; an empty list is the last. */
export type WalkBatch = readonly string[];
