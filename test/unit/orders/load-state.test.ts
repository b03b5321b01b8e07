import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import fc from 'fast-check';
import {
  attemptAt,
  failureOf,
  INITIAL,
  MAX_PAUSE_MS,
  MIN_PAUSE_MS,
  nextLoadState,
  type LoadEvent,
  type LoadState,
} from '../../../src/orders/load-state.ts';
import { wallClock } from '../../../src/orders/wall-clock.ts';
import { TrueworkError } from '../../../src/truework/errors.ts';

const error = fc.oneof(
  fc.constantFrom('network', 'server', 'unauthorized').map((kind) => new TrueworkError(kind)),
  fc.nat(3_600_000).map((retryAfterMs) => new TrueworkError('rate-limited', { status: 429, retryAfterMs })),
  fc.constant(new Error('of other code')),
);
const event: fc.Arbitrary<LoadEvent> = fc.oneof(
  fc.constantFrom<LoadEvent>(
    { kind: 'succeeded' },
    { kind: 'dropped' },
    { kind: 'resumed' },
    { kind: 'no-connection' },
    { kind: 'reset' },
  ),
  fc.record({ kind: fc.constant('started' as const), requested: fc.boolean() }),
  fc.record({ kind: fc.constant('failed' as const), error, requested: fc.boolean() }),
);

describe('the state of loading', () => {
  it('never schedules the next attempt too early or too late, for any sequence of events', () => {
    const step = fc.record({
      event,
      after: fc.oneof(fc.nat(2 * MIN_PAUSE_MS), fc.nat(600_000)),
      chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let state: LoadState = INITIAL;
        let now = 0;
        let endedAt = -Infinity;
        for (const { event: each, after, chance } of steps) {
          now += after;
          const before = failureOf(state);
          state = nextLoadState(state, each, now, () => chance);
          if (each.kind === 'failed' || each.kind === 'dropped') endedAt = now;
          const failure = failureOf(state);
          if (each.kind === 'failed') {
            assert.ok(failure);
            assert.equal(failure.attempts, (before?.attempts ?? 0) + 1);
            assert.equal(failure.since, before?.since ?? now);
          }
          const next = attemptAt(state);
          if (!failure || next === undefined) continue;
          assert.ok(next >= failure.heldUntil, 'not before Truework wants it');
          assert.ok(next >= endedAt + MIN_PAUSE_MS, 'not soon after the last');
          assert.ok(next <= Math.max(failure.heldUntil, endedAt + MAX_PAUSE_MS), 'within minutes');
        }
      }),
    );
  });

  it('does not retry right after a failure because the view is watched again', () => {
    const failed: LoadEvent = { kind: 'failed', error: new TrueworkError('network'), requested: false };
    const state = nextLoadState(
      nextLoadState(INITIAL, failed, 0, () => 0.9),
      { kind: 'resumed' },
      1_000,
      () => 0.9,
    );
    assert.equal(attemptAt(state), MIN_PAUSE_MS);
  });

  it('keeps showing orders that were loaded once', () => {
    const now = 1_000;
    const failed: LoadEvent = { kind: 'failed', error: new TrueworkError('network'), requested: false };
    const then = (state: LoadState, ...events: readonly LoadEvent[]) =>
      events.reduce((before, each) => nextLoadState(before, each, now, () => 0), state);
    assert.equal(then(INITIAL, { kind: 'started', requested: true }).kind, 'loading');
    assert.equal(then(INITIAL, { kind: 'started', requested: true }, failed).kind, 'failed');
    assert.equal(then(INITIAL, { kind: 'succeeded' }, failed).kind, 'stale');
    assert.equal(
      then(INITIAL, { kind: 'succeeded' }, failed, { kind: 'started', requested: true }, failed).kind,
      'stale',
    );
    assert.equal(then(INITIAL, failed, { kind: 'started', requested: true }, { kind: 'dropped' }).kind, 'failed');
  });
});

describe('the wall clock', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('never decreases when the clock is set back, and continues from there', () => {
    const clock = wallClock();
    mock.timers.tick(5_000);
    assert.equal(clock.now(), 1_005_000);
    mock.timers.setTime(10_000);
    assert.equal(clock.now(), 1_005_000);
    mock.timers.tick(2_000);
    assert.equal(clock.now(), 1_007_000);
  });

  it('counts the time that the machine slept', () => {
    const clock = wallClock();
    mock.timers.setTime(1_000_000 + 3_600_000);
    assert.equal(clock.now(), 1_000_000 + 3_600_000);
  });
});
