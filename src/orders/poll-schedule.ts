/** When to look again: quickly after one's own action, then less and less often. All times in milliseconds. */

export interface PollScheduleOptions {
  /** Interval while quick, and for how long after an action. */
  readonly quick: number;
  readonly quickFor: number;
  /** First interval after that, its growth at each look that showed nothing new, and its bound. */
  readonly slowest: number;
  readonly growth: number;
  /** Share of each interval that is random, so that windows do not ask in step. */
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

  /** The person did something: look quickly for a while. */
  acted(now: number): void {
    this.#quickUntil = now + this.#settings.quickFor;
    this.#interval = this.#settings.quick;
  }

  /** A look showed a change: more may follow soon. */
  changed(): void {
    this.#interval = this.#settings.quick;
  }

  /** How long to wait before the next look. */
  next(now: number): number {
    const { quick, slowest, growth, jitter } = this.#settings;
    const interval = now < this.#quickUntil ? quick : this.#interval;
    if (now >= this.#quickUntil) this.#interval = Math.min(this.#interval * growth, slowest);
    return interval * (1 + jitter * (this.#random() * 2 - 1));
  }
}
