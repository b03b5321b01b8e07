import type { Clock } from '../truework/http/budget.ts';

/**
 * Milliseconds since the epoch that never decrease when the clock is set, and that advance while the machine sleeps,
 * which monotonic clocks and timers do not do on every system. Its timers do not keep the process alive.
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
