/** Truework's time, from the `Date` header of its answers: the clock of this machine may be hours off. */

export interface Clocks {
  /** Milliseconds since 1970 by this machine's clock, which may be wrong and may be set. */
  wall(): number;
  /** Milliseconds from any point on; cannot be set, and may stand still while the machine sleeps. */
  monotonic(): number;
}

export const systemClocks: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() };

/** A moment by both clocks of this machine. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export function momentOf(clocks: Clocks): Moment {
  return { wall: clocks.wall(), monotonic: clocks.monotonic() };
}

/** `Date` counts whole seconds. */
const RESOLUTION_MS = 1000;
/** When this machine's two clocks have moved apart by more, one was set or the machine slept: what was learnt is stale. */
const MAX_DRIFT_MS = 2000;

/**
 * Each answer says that the server's clock is ahead of this machine's by an amount between two bounds. All answers together
 * narrow the bounds; one that contradicts them starts over, since then one of the clocks was set.
 */
export class ServerClock {
  readonly #clocks: Clocks;
  /** Bounds of the server's time minus the wall clock. */
  #low = -Infinity;
  #high = Infinity;
  #updatedAt: Moment | undefined;

  constructor(clocks: Clocks = systemClocks) {
    this.#clocks = clocks;
  }

  /**
   * @param date the header, of an answer that came just now
   * @param sentAt when the request left
   */
  update(date: string | undefined, sentAt: Moment): void {
    const time = date === undefined ? Number.NaN : Date.parse(date);
    // When a clock was set meanwhile, it cannot be said to which of its times the header belongs.
    if (Number.isNaN(time) || !this.#isFresh(sentAt)) return;
    const now = momentOf(this.#clocks);
    const low = time - now.wall;
    const high = time + RESOLUTION_MS - (now.wall - Math.max(0, now.monotonic - sentAt.monotonic));
    const agrees = this.#isFresh(this.#updatedAt) && low <= this.#high && high >= this.#low;
    this.#low = agrees ? Math.max(low, this.#low) : low;
    this.#high = agrees ? Math.min(high, this.#high) : high;
    this.#updatedAt = now;
  }

  /** The server's time in milliseconds since 1970; undefined when no answer has told it, or not since a clock was set. */
  now(): number | undefined {
    return this.#isFresh(this.#updatedAt) ? this.#clocks.wall() + (this.#low + this.#high) / 2 : undefined;
  }

  /** Whether neither clock was set since then, nor the machine slept. */
  #isFresh(moment: Moment | undefined): boolean {
    if (!moment) return false;
    const now = momentOf(this.#clocks);
    return Math.abs(now.wall - moment.wall - (now.monotonic - moment.monotonic)) <= MAX_DRIFT_MS;
  }
}
