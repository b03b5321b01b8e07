/** When a request that only reads is retried. */

export interface Retries {
  /** How many times after the first attempt. */
  readonly max: number;
  /** Upper bound of the first wait; it doubles with each attempt. */
  readonly firstWaitMs: number;
  /** Upper bound of all waits. If Truework asks for a longer one, the error is thrown with `retryAfterMs` instead. */
  readonly maxWaitMs: number;
  /** At least 0, below 1. */
  readonly random: () => number;
}

export const RETRIES: Retries = { max: 2, firstWaitMs: 500, maxWaitMs: 30_000, random: Math.random };

/** Exponential backoff with jitter in the upper half, so that clients that failed together do not retry together. */
export function backoffMs(attempt: number, { firstWaitMs, maxWaitMs, random }: Omit<Retries, 'max'>): number {
  const bound = Math.min(firstWaitMs * 2 ** (attempt - 1), maxWaitMs);
  return bound * (0.5 + random() / 2);
}

/**
 * @param header the value of `Retry-After`: seconds, or a date
 * @param now milliseconds since the epoch
 * @returns undefined if there is none or it cannot be parsed
 */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) || /^\s*-?[\d.]/.test(header) ? undefined : Math.max(0, date - now);
}
