/** When a request that only reads is sent again. */

export interface Retries {
  /** How many times after the first. */
  readonly max: number;
  /** Upper bound of the first wait; each further one is twice as long. */
  readonly firstWaitMs: number;
  /** No wait is longer. When Truework asks for a longer one, the error is passed on with `retryAfterMs` instead. */
  readonly maxWaitMs: number;
  /** At least 0, below 1. */
  readonly random: () => number;
}

export const RETRIES: Retries = { max: 2, firstWaitMs: 500, maxWaitMs: 30_000, random: Math.random };

/** Exponential backoff with jitter: somewhere in the upper half, so that clients that failed together do not return together. */
export function backoffMs(attempt: number, { firstWaitMs, maxWaitMs, random }: Omit<Retries, 'max'>): number {
  const bound = Math.min(firstWaitMs * 2 ** (attempt - 1), maxWaitMs);
  return bound * (0.5 + random() / 2);
}

/**
 * @param header the value of `Retry-After`: seconds, or a date
 * @param now milliseconds since the epoch
 * @returns undefined when there is none that can be read
 */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) || /^\s*-?[\d.]/.test(header) ? undefined : Math.max(0, date - now);
}
