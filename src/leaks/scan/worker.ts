/** The thread that walks folders and reads files, bundled as `dist/leak-worker.js`. Started by `scanFiles` and `walkFiles`. */
import { realpathSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { FileReader } from './file-reader.ts';
import { type FileToScan, type ScannedFile, type Unreadable } from './files.ts';
import { type BatchResult, type ScanBatch, type WalkBatch, type WorkerJob } from './protocol.ts';
import { walk } from './walk.ts';

const WALK_BATCH = 500;

const job = workerData as WorkerJob;
if (job.job === 'scan') {
  const reader = new FileReader(job.options);
  parentPort?.on('message', (batch: ScanBatch) => { parentPort?.postMessage(scanBatch(reader, batch)); });
} else {
  const paths = walk(job.folder, job.skip);
  parentPort?.on('message', () => { parentPort?.postMessage(nextPaths(paths) satisfies WalkBatch); });
}

function nextPaths(paths: Iterator<string, void>): string[] {
  const batch: string[] = [];
  for (let next = paths.next(); !next.done; next = paths.next()) {
    batch.push(next.value);
    if (batch.length === WALK_BATCH) break;
  }
  return batch;
}

function scanBatch(reader: FileReader, batch: ScanBatch): BatchResult {
  const read: Partial<Record<FileToScan['class'], number>> = {};
  const files: ScannedFile[] = [];
  const links: { file: FileToScan; realPath: string }[] = [];
  const unreadable: Unreadable[] = [];
  let bytes = 0;
  for (const file of batch) {
    try {
      const outcome = reader.read(file.path);
      if (outcome.kind === 'link') links.push({ file, realPath: realpathSync(file.path) });
      if (outcome.kind !== 'read') continue;
      read[file.class] = (read[file.class] ?? 0) + 1;
      bytes += outcome.bytes;
      if (outcome.scan) files.push({ ...file, ...outcome.scan });
    } catch (error) {
      unreadable.push({ path: file.path, code: (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN' });
    }
  }
  return { read, bytes, files, links, unreadable };
}
