import type { Clock } from '../truework/http/budget.ts';

/**
 * Milliseconds since the epoch that never go back when somebody sets the clock, and go on while the machine sleeps, as
 * monotonic clocks and timers do not everywhere. Timers keep no process alive.
 */
export function wallClock(): Clock {
  let last = Date.now();
  let time = last;
  return {
    now: () => {
      const wall = Date.now();
      time += Math.max(0, wall - last);
      last = wall;
      return time;
    },
    setTimeout: (run, ms) => setTimeout(run, ms).unref(),
    clearTimeout: (timer) => {
      clearTimeout(timer as NodeJS.Timeout | undefined);
    },
  };
}
