/** What code leaves behind when it should be gone: objects that are still reachable, timers, processes, threads, servers. */
import childProcess from 'node:child_process';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import workerThreads from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects garbage, once what this turn has touched may go too. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    collect();
  }
}

/** Bytes in use after a collection. */
async function heapInUse(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Whatever is kept for each of thousands of changes adds more than this share to the memory in use. */
const FLAT = 1.03;

/**
 * Does the same work again and again until one round has not made the memory in use larger, five times at most: what is
 * built once is there after a few rounds, and what leaks grows in each.
 * @param settled resolves when what the work has left to others is done
 * @throws Error when the memory grew in every round
 */
export async function staysFlat(
  work: () => Promise<void>,
  settled: () => PromiseLike<unknown> = () => Promise.resolve(),
): Promise<void> {
  const sizes: number[] = [];
  for (let round = 0; round <= 5; round += 1) {
    await work();
    await settled();
    sizes.push(await heapInUse());
    const [before, after] = sizes.slice(-2);
    if (before !== undefined && after !== undefined && after < before * FLAT) return;
  }
  throw new Error(
    `The memory in use grew in every round: ${sizes.map((size) => `${(size / 1e6).toFixed(1)} MB`).join(', ')}.`,
  );
}

/** Which of the named objects are still reachable. Hold none of them in a variable. */
export class Remains {
  readonly #refs: { readonly name: string; readonly ref: WeakRef<object> }[] = [];

  watch<T extends object>(name: string, object: T): T {
    this.#refs.push({ name, ref: new WeakRef(object) });
    return object;
  }

  async names(): Promise<string[]> {
    await collectGarbage();
    return this.#refs.filter(({ ref }) => ref.deref() !== undefined).map(({ name }) => name);
  }
}

/**
 * Follows what is started by code in files whose paths match `ours`, until `stop`: timers (also those that would not keep
 * the program running), child processes, worker threads and HTTP servers.
 */
export class Started {
  readonly #alive = new Map<object, string>();
  readonly #ours: RegExp;
  readonly #restore: (() => void)[] = [];

  constructor(ours: RegExp) {
    this.#ours = ours;
    this.#timers('setTimeout', 'clearTimeout');
    this.#timers('setInterval', 'clearInterval');
    this.#timers('setImmediate', 'clearImmediate');
    this.#replace(childProcess, 'spawn', (spawn) => {
      const replacement = (...args: Parameters<typeof spawn>) => {
        const child = spawn(...args);
        this.#add(child, 'process', replacement);
        for (const event of ['close', 'error'])
          child.once(event, () => {
            this.#alive.delete(child);
          });
        return child;
      };
      return replacement as typeof spawn;
    });
    const { Worker } = workerThreads;
    const add = (worker: InstanceType<typeof Worker>, above: (...args: never[]) => unknown): void => {
      this.#add(worker, 'thread', above);
      worker.once('exit', () => {
        this.#alive.delete(worker);
      });
    };
    this.#replace(
      workerThreads,
      'Worker',
      () =>
        class extends Worker {
          constructor(...args: ConstructorParameters<typeof Worker>) {
            super(...args);
            add(this, new.target as unknown as () => unknown);
          }
        },
    );
    this.#replace(http, 'createServer', (createServer) => {
      const replacement = (...args: Parameters<typeof createServer>) => {
        const server = createServer(...args);
        this.#add(server, 'server', replacement);
        server.once('close', () => {
          this.#alive.delete(server);
        });
        return server;
      };
      return replacement as typeof createServer;
    });
  }

  /** What has not ended, each with the place that started it. */
  get alive(): readonly string[] {
    return [...this.#alive.values()];
  }

  stop(): void {
    for (const restore of this.#restore.splice(0)) restore();
  }

  #timers(
    set: 'setTimeout' | 'setInterval' | 'setImmediate',
    clear: 'clearTimeout' | 'clearInterval' | 'clearImmediate',
  ): void {
    type Set = (run: (...args: unknown[]) => void, ...rest: unknown[]) => object;
    this.#replace(globalThis, set, (original) => {
      const replacement = (run: (...args: unknown[]) => void, ...rest: unknown[]) => {
        const timer = (original as unknown as Set)(
          (...args: unknown[]) => {
            if (set !== 'setInterval') this.#alive.delete(timer);
            run(...args);
          },
          ...rest,
        );
        this.#add(timer, set, replacement);
        return timer;
      };
      // util.promisify finds its own version of a timer there.
      return Object.defineProperties(
        replacement,
        Object.getOwnPropertyDescriptors(original),
      ) as unknown as typeof original;
    });
    this.#replace(globalThis, clear, (original) => (timer: object | undefined) => {
      if (timer !== undefined) this.#alive.delete(timer);
      (original as (timer: unknown) => void)(timer);
    });
  }

  /** @param above what was called in place of the original: the place is that of its caller */
  #add(object: object, what: string, above: (...args: never[]) => unknown): void {
    const trace: { stack?: string } = {};
    Error.captureStackTrace(trace, above);
    // The caller itself: what we call may start things of its own, such as the editor, which sends messages in batches.
    const place = trace.stack
      ?.split('\n')
      .slice(1)
      .find((line) => !line.includes('node:'));
    if (place !== undefined && this.#ours.test(place)) this.#alive.set(object, `${what} ${place.trim()}`);
  }

  #replace<T extends object, K extends keyof T>(owner: T, name: K, replacement: (original: T[K]) => T[K]): void {
    const original = owner[name];
    owner[name] = replacement(original);
    syncBuiltinESMExports();
    this.#restore.push(() => {
      owner[name] = original;
      syncBuiltinESMExports();
    });
  }
}
