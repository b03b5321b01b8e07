/**
 * The thread that walks folders and reads files, bundled as `dist/leak-worker.js`. Started by `scanFiles` and
 * `walkFiles`.
 */
import { realpathSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ScanOptions } from '../detector/finding.ts';
import { type FileOutcome, FileReader } from './file-reader.ts';
import type { FileToScan, ScannedFile, Unreadable } from './files.ts';
import type { BatchResult, ScanBatch, WalkBatch, WorkerJob } from './protocol.ts';
import { walk } from './walk.ts';

const WALK_BATCH = 500;

function scanFor(options: ScanOptions): void {
  let result = emptyResult();
  const report = (done: boolean) => {
    parentPort?.postMessage({ ...result, done } satisfies BatchResult);
    result = emptyResult();
  };
  const reader = new FileReader({
    ...options,
    onLarge: () => {
      report(false);
    },
  });
  parentPort?.on('message', (batch: ScanBatch) => {
    for (const file of batch) {
      // Read first: this may report the result so far and begin a new one.
      const outcome = readFile(reader, file.path);
      add(result, file, outcome);
    }
    report(true);
  });
}

function nextPaths(paths: Iterator<string, void>): string[] {
  const batch: string[] = [];
  for (let next = paths.next(); !next.done; next = paths.next()) {
    batch.push(next.value);
    if (batch.length === WALK_BATCH) break;
  }
  return batch;
}

type ReadOutcome =
  | Exclude<FileOutcome, { kind: 'link' }>
  | { readonly kind: 'link'; readonly realPath: string }
  | { readonly kind: 'unreadable'; readonly code: string };

function readFile(reader: FileReader, path: string): ReadOutcome {
  try {
    const outcome = reader.read(path);
    return outcome.kind === 'link' ? { kind: 'link', realPath: realpathSync(path) } : outcome;
  } catch (error) {
    return { kind: 'unreadable', code: (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN' };
  }
}

function emptyResult() {
  return {
    read: {} as Partial<Record<FileToScan['class'], number>>,
    bytes: 0,
    files: [] as ScannedFile[],
    links: [] as { file: FileToScan; realPath: string }[],
    unreadable: [] as Unreadable[],
  };
}

function add(result: ReturnType<typeof emptyResult>, file: FileToScan, outcome: ReadOutcome): void {
  switch (outcome.kind) {
    case 'link':
      result.links.push({ file, realPath: outcome.realPath });
      break;
    case 'unreadable':
      result.unreadable.push({ path: file.path, code: outcome.code });
      break;
    case 'read':
      result.read[file.class] = (result.read[file.class] ?? 0) + 1;
      result.bytes += outcome.bytes;
      if (outcome.scan) result.files.push({ ...file, ...outcome.scan });
      break;
    case 'no-file':
      break;
  }
}

const job = workerData as WorkerJob;
if (job.job === 'scan') {
  scanFor(job.options);
} else {
  const paths = walk(job.folder, job.skip);
  parentPort?.on('message', () => {
    parentPort?.postMessage(nextPaths(paths) satisfies WalkBatch);
  });
}
