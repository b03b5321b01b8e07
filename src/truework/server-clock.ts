/** Truework's time, from the `Date` header of its responses: the clock of this machine may be hours off. */

export interface Clocks {
  /** Milliseconds since 1970 by this machine's clock, which may be wrong and may be set. */
  wall(): number;
  /** Milliseconds since an arbitrary point; cannot be set, and may stop while the machine sleeps. */
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

/** `Date` has whole seconds. */
const RESOLUTION_MS = 1000;
/**
 * If this machine's two clocks diverge by more, one was set or the machine slept: what is known about the server's
 * clock is stale.
 */
const MAX_DRIFT_MS = 2000;

/**
 * Each response limits the offset between the server's clock and this machine's to a range. Further responses narrow
 * the range; one that contradicts it starts over, because then one of the clocks was set.
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
   * @param date the header of a response that has just arrived
   * @param sentAt when the request was sent
   */
  update(date: string | undefined, sentAt: Moment): void {
    const time = date === undefined ? Number.NaN : Date.parse(date);
    // If a clock was set meanwhile, the header cannot be compared with its times.
    if (Number.isNaN(time) || !this.#isFresh(sentAt)) return;
    const now = momentOf(this.#clocks);
    const low = time - now.wall;
    const high = time + RESOLUTION_MS - (now.wall - Math.max(0, now.monotonic - sentAt.monotonic));
    const agrees = this.#isFresh(this.#updatedAt) && low <= this.#high && high >= this.#low;
    this.#low = agrees ? Math.max(low, this.#low) : low;
    this.#high = agrees ? Math.min(high, this.#high) : high;
    this.#updatedAt = now;
  }

  /** The server's time in milliseconds since 1970; undefined before the first response, and after a clock was set. */
  now(): number | undefined {
    return this.#isFresh(this.#updatedAt) ? this.#clocks.wall() + (this.#low + this.#high) / 2 : undefined;
  }

  /** Whether since then no clock was set and the machine did not sleep. */
  #isFresh(moment: Moment | undefined): boolean {
    if (!moment) return false;
    const now = momentOf(this.#clocks);
    return Math.abs(now.wall - moment.wall - (now.monotonic - moment.monotonic)) <= MAX_DRIFT_MS;
  }
}
