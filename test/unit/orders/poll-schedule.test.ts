import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PollSchedule, DEFAULT_POLL_SCHEDULE } from '../../../src/orders/poll-schedule.ts';

const still = { ...DEFAULT_POLL_SCHEDULE, jitter: 0 };

describe('the poll schedule', () => {
  it('polls every two seconds for twenty seconds after an action', () => {
    const schedule = new PollSchedule(still);
    schedule.acted(1_000);
    for (let now = 1_000; now < 21_000; now += 2_000) assert.equal(schedule.next(now), 2_000);
  });

  it('then polls less and less often, down to once a minute', () => {
    const schedule = new PollSchedule(still);
    const waits: number[] = [];
    for (let look = 0; look < 12; look += 1) waits.push(schedule.next(look * 1_000_000));
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.equal(waits.at(-1), 60_000);
  });

  it('is quick again once something changed', () => {
    const schedule = new PollSchedule(still);
    for (let look = 0; look < 12; look += 1) schedule.next(0);
    schedule.changed();
    assert.equal(schedule.next(0), 2_000);
  });

  it('stays within its jitter for every random value', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.nat({ max: 40 }),
        (chance, looks) => {
          const schedule = new PollSchedule(DEFAULT_POLL_SCHEDULE, () => chance);
          for (let look = 0; look <= looks; look += 1) {
            const wait = schedule.next(0);
            assert.ok(wait >= 2_000 * 0.8 && wait <= 60_000 * 1.2, `${wait}`);
          }
        },
      ),
    );
  });
});
