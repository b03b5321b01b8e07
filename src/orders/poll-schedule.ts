/** When to poll: quickly after an action of the user, then less and less often. All times in milliseconds. */

export interface PollScheduleOptions {
  /** The interval while polling quickly, and how long that lasts after an action. */
  readonly quick: number;
  readonly quickFor: number;
  /** The longest interval, and the factor by which it grows with each poll that showed no change. */
  readonly slowest: number;
  readonly growth: number;
  /** The random share of each interval, so that windows do not poll in step. */
  readonly jitter: number;
}

export const DEFAULT_POLL_SCHEDULE: PollScheduleOptions = {
  quick: 2_000,
  quickFor: 20_000,
  slowest: 60_000,
  growth: 1.6,
  jitter: 0.2,
};

export class PollSchedule {
  readonly #settings: PollScheduleOptions;
  readonly #random: () => number;
  #quickUntil = -Infinity;
  #interval: number;

  constructor(settings: PollScheduleOptions = DEFAULT_POLL_SCHEDULE, random: () => number = Math.random) {
    this.#settings = settings;
    this.#random = random;
    this.#interval = settings.quick;
  }

  /** The user acted: poll quickly for a while. */
  acted(now: number): void {
    this.#quickUntil = now + this.#settings.quickFor;
    this.#interval = this.#settings.quick;
  }

  /** A poll showed a change: more may follow soon. */
  changed(): void {
    this.#interval = this.#settings.quick;
  }

  /** How long to wait before the next poll. */
  next(now: number): number {
    const { quick, slowest, growth, jitter } = this.#settings;
    const interval = now < this.#quickUntil ? quick : this.#interval;
    if (now >= this.#quickUntil) this.#interval = Math.min(this.#interval * growth, slowest);
    return interval * (1 + jitter * (this.#random() * 2 - 1));
  }
}
