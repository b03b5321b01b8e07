/**
 * Truework allows 10 requests per second and account, and as many per address, and responds 429 beyond
 * (https://www.truework.com/docs/api-reference/limits). One budget for all requests of this process stays below that.
 */

export interface Clock {
  /** Milliseconds; never decreases. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => {
    clearTimeout(timer as NodeJS.Timeout);
  },
};

/** One of the requests that count towards the limit. */
interface Slot {
  /** When another request may take its place. */
  freeAt: number;
}

interface Waiter {
  start(slot: Slot): void;
}

const WINDOW_MS = 1000;
/** A request that has not ended after this time has arrived: Truework is processing it. */
const MAX_ARRIVAL_MS = 2000;
const REQUESTS_PER_SECOND = 8;

/**
 * Limits how many requests arrive at Truework within any second. Waiting requests start in order, and canceled ones
 * leave the queue.
 *
 * Truework counts requests when they arrive, and a new connection delays some of them. So each one counts until a
 * second after it ended, because it may have arrived that late.
 */
export class RateBudget {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #slots: Slot[] = [];
  readonly #queue: Waiter[] = [];
  #pausedUntil = -Infinity;
  #timer: unknown;

  constructor(perSecond: number = REQUESTS_PER_SECOND, clock: Clock = systemClock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /**
   * Waits until a request may start.
   * @returns a function to call once the request has ended, successfully or not
   * @throws the reason of the signal if it is aborted first
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    const slot = this.#queue.length === 0 && this.#wait() <= 0 ? this.#take() : await this.#queued(signal);
    return () => {
      this.#end(slot);
    };
  }

  #queued(signal: AbortSignal | undefined): Promise<Slot> {
    return new Promise<Slot>((resolve, reject) => {
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        this.#schedule();
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        start: (slot) => {
          signal?.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiter);
      this.#schedule();
    });
  }

  /** Starts no request for a while, because Truework asked for that. A shorter pause never shortens a longer one. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#schedule();
  }

  /** Milliseconds until the next request may start. */
  #wait(): number {
    const now = this.#clock.now();
    this.#slots = this.#slots.filter(({ freeAt }) => freeAt > now);
    const free = this.#slots.length < this.#perSecond ? now : Math.min(...this.#slots.map(({ freeAt }) => freeAt));
    return Math.max(this.#pausedUntil, free) - now;
  }

  #take(): Slot {
    const slot = { freeAt: this.#clock.now() + MAX_ARRIVAL_MS + WINDOW_MS };
    this.#slots.push(slot);
    return slot;
  }

  #end(slot: Slot): void {
    slot.freeAt = Math.min(slot.freeAt, this.#clock.now() + WINDOW_MS);
    this.#schedule();
  }

  #schedule(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.length === 0) return;
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#release();
      },
      Math.max(0, Math.ceil(this.#wait())),
    );
  }

  #release(): void {
    while (this.#queue.length > 0 && this.#wait() <= 0) this.#queue.shift()?.start(this.#take());
    this.#schedule();
  }
}
