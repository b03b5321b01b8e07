/**
 * Truework allows 10 requests per second and account, and as many per address, and answers 429 beyond
 * (https://www.truework.com/docs/api-reference/limits). One budget for everything that this process sends stays below.
 */

export interface Clock {
  /** Milliseconds; never goes back. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => { clearTimeout(timer as NodeJS.Timeout); },
};

interface Waiting {
  go(): void;
}

const WINDOW_MS = 1000;
export const REQUESTS_PER_SECOND = 8;

/**
 * Lets at most so many requests start in any stretch of one second. Those who wait go in the order they came, and whoever
 * gives up leaves the queue.
 */
export class RateBudget {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #starts: number[] = [];
  readonly #queue: Waiting[] = [];
  #pausedUntil = -Infinity;
  #timer: unknown;

  constructor(perSecond: number = REQUESTS_PER_SECOND, clock: Clock = systemClock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Settles when a request may start. @throws the signal's reason when it fires first */
  async acquire(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#queue.length === 0 && this.#wait() <= 0) {
      this.#started();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        this.#schedule();
        reject(signal?.reason as Error);
      };
      const waiting: Waiting = {
        go: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiting);
      this.#schedule();
    });
  }

  /** Lets nothing start for a while: Truework asked for that. A shorter pause never shortens a longer one. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#schedule();
  }

  /** Milliseconds until the next one may start. */
  #wait(): number {
    const now = this.#clock.now();
    const oldest = this.#starts.length < this.#perSecond ? undefined : this.#starts[0];
    return Math.max(this.#pausedUntil, oldest === undefined ? now : oldest + WINDOW_MS) - now;
  }

  #started(): void {
    this.#starts.push(this.#clock.now());
    if (this.#starts.length > this.#perSecond) this.#starts.shift();
  }

  #schedule(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.length === 0) return;
    this.#timer = this.#clock.setTimeout(() => { this.#release(); }, Math.max(0, Math.ceil(this.#wait())));
  }

  #release(): void {
    while (this.#queue.length > 0 && this.#wait() <= 0) {
      this.#started();
      this.#queue.shift()?.go();
    }
    this.#schedule();
  }
}
