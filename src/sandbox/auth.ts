import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from './api-error.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Checks the bearer key in constant time, so that the duration reveals nothing about the key. */
export class KeyCheck {
  readonly #expected: Buffer;

  constructor(apiKey: string) {
    this.#expected = digest(apiKey);
  }

  /** @throws ApiError 401 */
  check(authorization: string | undefined): void {
    const key = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    const headers = { 'www-authenticate': 'Bearer' };
    if (key === undefined) throw new ApiError(401, 'Authentication credentials were not provided.', { headers });
    if (!timingSafeEqual(digest(key), this.#expected)) throw new ApiError(401, 'Invalid token.', { headers });
  }
}
