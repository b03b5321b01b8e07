import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ScanOptions } from '../detector/finding.ts';
import { type ScannedFileClass, type FileToScan, type ScannedFile, type Unreadable } from './files.ts';
import { type BatchResult, type ScanBatch, type WalkBatch, type WorkerJob } from './protocol.ts';

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
  /** Links that lead out of the folders, which are not followed. */
  readonly linksOutside: number;
  /** True when the signal ended the scan before its end. */
  readonly cancelled: boolean;
}

export interface ScanFilesOptions extends ScanOptions {
  /** The bundled worker, `dist/leak-worker.js`. */
  readonly worker: string | URL;
  /** Folders to stay in: a link that leads out of all of them is not followed. */
  readonly folders: readonly string[];
  readonly signal?: AbortSignal;
  /** Called for each file that holds a key, as soon as it is found. */
  readonly onResult: (file: ScannedFile) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** Threads; 2 when left out. More gain little: the file system is the limit. */
  readonly threads?: number;
}

/** All at once, or as many at a time as are known. */
export type FilesToScan = Iterable<FileToScan> | AsyncIterable<readonly FileToScan[]>;

const BATCH = 256;
/** Batches that a thread has at hand, so that it never waits for the next one. */
const AHEAD = 2;
/** In megabytes. A worker makes little garbage; left alone, its heap would grow to many times of what it needs. */
const YOUNG_GENERATION = 4;

/**
 * Scans files in worker threads; this thread only hands out paths. A file is scanned once, however often it is listed
 * or linked to.
 *
 * @throws what the list of files throws, and an Error when a worker cannot be started.
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
  const take = (file: FileToScan): boolean => {
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
        if (!take(file)) continue;
        batch.push(file);
        if (batch.length < BATCH) continue;
        const full = batch;
        batch = [];
        await pool.give(full);
      }
    }
    if (batch.length > 0) await pool.give(batch);
    await pool.idle();
    // What a link leads to may be listed later than the link, so links come last.
    batch = linked.filter(take);
    if (batch.length > 0) await pool.give(batch);
    await pool.idle();
  } finally {
    signal?.removeEventListener('abort', stop);
    pool.stop();
  }
  return { read, bytes, filesWithKeys, findings, unreadable, linksOutside, cancelled: signal?.aborted ?? false };
}

/**
 * Lists the files below a folder that has no git, in a worker thread, as many at a time as it finds. `.git` is left out, links are listed.
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
    // Asked for one batch at a time, one ahead: thousands of paths at once would hold this thread up.
    for (let i = 0; i < AHEAD; i++) thread.postMessage('next');
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
  // Whatever this process was started with is not meant for the worker.
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
  readonly #most: number;
  #running = 0;
  #stopped = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(file: string | URL, job: WorkerJob, most: number, onBatch: (result: BatchResult) => void) {
    this.#start = () => startWorker(file, job);
    this.#most = most;
    this.#onBatch = onBatch;
  }

  /** Starting a thread holds this one up for some milliseconds, so one is started only when the others are busy. */
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
    for (let i = 0; i < AHEAD; i++) this.#free.push(thread);
  }

  #handle(result: BatchResult): void {
    try {
      this.#onBatch(result);
    } catch (error) {
      this.#failure ??= asError(error);
    }
  }

  /** Hands a batch to the next thread that has room for it. Does nothing once the pool is stopped. */
  async give(batch: ScanBatch): Promise<void> {
    if (this.#free.length === 0 && this.#threads.length < this.#most && !this.#stopped) this.#add();
    await this.#until(() => this.#free.length > 0);
    if (this.#stopped) return;
    this.#running++;
    this.#free.shift()?.postMessage(batch);
  }

  /** Settles when every batch is done, or the pool is stopped. */
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
