import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ScanOptions } from '../detector/finding.ts';
import type { ScannedFileClass, FileToScan, ScannedFile, Unreadable } from './files.ts';
import type { BatchResult, ScanBatch, WalkBatch, WorkerJob } from './protocol.ts';

interface Progress {
  /** Files read so far. */
  readonly files: number;
  readonly bytes: number;
}

export interface Summary {
  /** Files read, by class. */
  readonly read: Readonly<Record<ScannedFileClass, number>>;
  readonly bytes: number;
  /** Files with at least one key, and keys in them; suppressed ones included. */
  readonly filesWithKeys: number;
  readonly findings: number;
  /** Files that could not be read, other than those that no longer exist. */
  readonly unreadable: readonly Unreadable[];
  /** The number of links out of the folders, which are not followed. */
  readonly linksOutside: number;
  /** True if the signal ended the scan early. */
  readonly canceled: boolean;
}

export interface ScanFilesOptions extends ScanOptions {
  /** The bundled worker, `dist/leak-worker.js`. */
  readonly worker: string | URL;
  /** Folders to stay in: a link that leads out of all of them is not followed. */
  readonly folders: readonly string[];
  readonly signal?: AbortSignal;
  /** Called for each file with a key, as soon as it is found. */
  readonly onResult: (file: ScannedFile) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** The number of threads; 2 by default. More help little, because the file system is the limit. */
  readonly threads?: number;
}

/** All files, or groups of files as they are listed. */
export type FilesToScan = Iterable<FileToScan> | AsyncIterable<readonly FileToScan[]>;

const BATCH = 256;
/** Batches per thread, so that it never waits for the next one. */
const BATCHES_AHEAD = 2;
/** In megabytes. Without this limit, the heap of a worker grows to many times what it needs. */
const YOUNG_GENERATION = 4;

/**
 * Scans files in worker threads; this thread only distributes paths. A file is scanned once, even if it is listed or
 * linked several times.
 *
 * @throws what the list of files throws, and an Error if a worker cannot be started
 */
export async function scanFiles(files: FilesToScan, options: ScanFilesOptions): Promise<Summary> {
  const { worker, folders, signal, onResult, onProgress, threads = 2, allow, limit } = options;
  const job: WorkerJob = { job: 'scan', options: { ...(allow && { allow }), ...(limit !== undefined && { limit }) } };
  const read: Record<ScannedFileClass, number> = { tracked: 0, untracked: 0, ignored: 0, 'no-repository': 0 };
  const unreadable: Unreadable[] = [];
  const linked: FileToScan[] = [];
  let bytes = 0;
  let filesWithKeys = 0;
  let findings = 0;
  let linksOutside = 0;

  const roots = await Promise.all(
    folders.map(async (folder) => (await realpath(folder).catch(() => path.resolve(folder))) + path.sep),
  );
  const seen = new Set<string>();
  const isNew = (file: FileToScan): boolean => {
    const before = seen.size;
    return seen.add(file.path).size > before;
  };
  const onBatch = (result: BatchResult) => {
    for (const [kind, count] of Object.entries(result.read)) read[kind as ScannedFileClass] += count;
    bytes += result.bytes;
    for (const file of result.files) {
      filesWithKeys++;
      findings += file.findings.length;
      onResult(file);
    }
    for (const { file, realPath } of result.links) {
      if (roots.some((root) => realPath.startsWith(root))) linked.push({ path: realPath, class: file.class });
      else linksOutside++;
    }
    unreadable.push(...result.unreadable.filter(({ code }) => code !== 'ENOENT' && code !== 'ENOTDIR'));
    onProgress?.({ files: Object.values(read).reduce((sum, count) => sum + count, 0), bytes });
  };

  const pool = new Pool(worker, job, threads, onBatch);
  const stop = () => {
    pool.stop();
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    let batch: FileToScan[] = [];
    for await (const listed of Symbol.asyncIterator in files ? files : [files]) {
      if (signal?.aborted) break;
      for (const file of listed) {
        if (!isNew(file)) continue;
        batch.push(file);
        if (batch.length < BATCH) continue;
        const full = batch;
        batch = [];
        await pool.send(full);
      }
    }
    if (batch.length > 0) await pool.send(batch);
    await pool.idle();
    // The target of a link may be listed after it, so links come last.
    batch = linked.filter(isNew);
    if (batch.length > 0) await pool.send(batch);
    await pool.idle();
  } finally {
    signal?.removeEventListener('abort', stop);
    pool.stop();
  }
  return { read, bytes, filesWithKeys, findings, unreadable, linksOutside, canceled: signal?.aborted ?? false };
}

/**
 * Lists the files below a folder that has no git, in a worker thread, as many at a time as it finds. `.git` is left
 * out, links are listed.
 *
 * @param options.skip Glob patterns as in `files.exclude`.
 */
export async function* walkFiles(
  folder: string,
  options: { readonly worker: string | URL; readonly skip?: readonly string[]; readonly signal?: AbortSignal },
): AsyncGenerator<readonly FileToScan[]> {
  const queue: WalkBatch[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const thread = startWorker(options.worker, { job: 'walk', folder, skip: options.skip ?? [] });
  const notify = () => {
    wake();
  };
  const isOver = () => failure !== undefined || options.signal?.aborted === true;
  thread.on('message', (batch: WalkBatch) => {
    queue.push(batch);
    wake();
  });
  thread.on('error', (error) => {
    failure = asError(error);
    wake();
  });
  options.signal?.addEventListener('abort', notify, { once: true });
  try {
    // Requested in batches, since thousands of paths at once would block this thread.
    for (let i = 0; i < BATCHES_AHEAD; i++) thread.postMessage('next');
    for (;;) {
      const batch = queue.shift();
      if (batch) {
        if (batch.length === 0) return;
        thread.postMessage('next');
        yield batch.map((file) => ({ path: file, class: 'no-repository' }));
        continue;
      }
      if (isOver()) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure) throw failure;
  } finally {
    options.signal?.removeEventListener('abort', notify);
    void thread.terminate();
  }
}

function startWorker(file: string | URL, job: WorkerJob): Worker {
  // The options of this process are not for the worker.
  return new Worker(file, {
    workerData: job,
    name: 'truework leak scan',
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Worker threads that take batches one after the other. */
class Pool {
  readonly #free: Worker[] = [];
  readonly #threads: Worker[] = [];
  readonly #onBatch: (result: BatchResult) => void;
  readonly #start: () => Worker;
  readonly #maxThreads: number;
  #running = 0;
  #stopped = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(file: string | URL, job: WorkerJob, maxThreads: number, onBatch: (result: BatchResult) => void) {
    this.#start = () => startWorker(file, job);
    this.#maxThreads = maxThreads;
    this.#onBatch = onBatch;
  }

  /** Starting a thread blocks this one for some milliseconds, so one is started only if the others are busy. */
  #add(): void {
    const thread = this.#start();
    thread.on('message', (result: BatchResult) => {
      if (this.#stopped) return;
      if (result.done) {
        this.#running--;
        this.#free.push(thread);
      }
      this.#handle(result);
      this.#wake();
    });
    thread.on('error', (error) => {
      this.#failure ??= asError(error);
      this.#wake();
    });
    this.#threads.push(thread);
    for (let i = 0; i < BATCHES_AHEAD; i++) this.#free.push(thread);
  }

  #handle(result: BatchResult): void {
    try {
      this.#onBatch(result);
    } catch (error) {
      this.#failure ??= asError(error);
    }
  }

  /** Sends a batch to the next free thread. Does nothing once the pool is stopped. */
  async send(batch: ScanBatch): Promise<void> {
    if (this.#free.length === 0 && this.#threads.length < this.#maxThreads && !this.#stopped) this.#add();
    await this.#until(() => this.#free.length > 0);
    if (this.#stopped) return;
    this.#running++;
    this.#free.shift()?.postMessage(batch);
  }

  /** Settles when all batches are done, or the pool is stopped. */
  async idle(): Promise<void> {
    await this.#until(() => this.#running === 0);
  }

  stop(): void {
    this.#stopped = true;
    for (const thread of this.#threads) void thread.terminate();
    this.#wake();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!this.#stopped && !this.#failure && !condition())
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#failure) throw this.#failure;
  }
}
