import { ApiError } from './api-error.ts';

const WINDOW = 1000;

/** A maximum number of requests in any second. Source: https://www.truework.com/docs/api-reference/limits. */
export class RateLimit {
  readonly #perSecond: number;
  #times: number[] = [];

  /** @param perSecond 0: no limit. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @throws ApiError 429 with `Retry-After` in whole seconds. Rejected requests do not count. */
  count(): void {
    if (this.#perSecond === 0) return;
    // Not the sandbox's clock, which may be stopped.
    const now = performance.now();
    this.#times = this.#times.filter((time) => time > now - WINDOW);
    if (this.#times.length < this.#perSecond) {
      this.#times.push(now);
      return;
    }
    const seconds = Math.max(1, Math.ceil(((this.#times[0] ?? now) + WINDOW - now) / 1000));
    throw new ApiError(
      429,
      `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`,
      { headers: { 'retry-after': String(seconds) } },
    );
  }
}
