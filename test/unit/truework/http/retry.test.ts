import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffMs, retryAfterMs, RETRIES } from '../../../../src/truework/http/retry.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

describe('Retry-After', () => {
  for (const [header, expected] of [
    ['0', 0],
    ['5', 5000],
    [' 120 ', 120_000],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['99999999999999999999', undefined],
    [undefined, undefined],
  ] as const) {
    it(`is parsed as ${expected ?? 'nothing'} from ${JSON.stringify(header)}`, () => {
      assert.equal(retryAfterMs(header, now), expected);
    });
  }
});

describe('backoff', () => {
  it('doubles, with jitter, up to its bound', () => {
    const least = [1, 2, 3, 20].map((attempt) => backoffMs(attempt, { ...RETRIES, random: () => 0 }));
    const most = [1, 2, 3, 20].map((attempt) => backoffMs(attempt, { ...RETRIES, random: () => 1 }));
    assert.deepEqual(least, [250, 500, 1000, 15_000]);
    assert.deepEqual(most, [500, 1000, 2000, 30_000]);
  });
});
