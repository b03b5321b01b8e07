/** The thread that walks folders and reads files, bundled as `dist/leak-worker.js`. Started by `scanFiles` and `walkFiles`. */
import { realpathSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { FileReader } from './file-reader.ts';
import { type FileToScan, type ScannedFile, type Unreadable } from './files.ts';
import { type BatchResult, type ScanBatch, type WalkBatch, type WorkerJob } from './protocol.ts';
import { walk } from './walk.ts';

const WALK_BATCH = 1000;

const job = workerData as WorkerJob;
if (job.job === 'scan') {
  const reader = new FileReader(job.options);
  parentPort?.on('message', (batch: ScanBatch) => { parentPort?.postMessage(scanBatch(reader, batch)); });
} else {
  let batch: string[] = [];
  for (const path of walk(job.folder, job.skip)) {
    batch.push(path);
    if (batch.length < WALK_BATCH) continue;
    parentPort?.postMessage(batch satisfies WalkBatch);
    batch = [];
  }
  if (batch.length > 0) parentPort?.postMessage(batch satisfies WalkBatch);
  parentPort?.postMessage([] satisfies WalkBatch);
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
