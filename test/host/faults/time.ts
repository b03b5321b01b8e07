/**
 * A clock that can run faster, so that the extension waits less. It never decreases, not even when a test is over: the
 * extension's clocks must not either. Waits of the tests themselves and of sockets take the time they take.
 */
import assert from 'node:assert/strict';

const real = {
  setTimeout: globalThis.setTimeout.bind(globalThis),
  now: performance.now.bind(performance),
  date: Date.now.bind(Date),
};

let factor = 1;
/** Where the clock stood, and where the real one did, when the speed last changed. */
let mark = { shown: real.now(), real: real.now() };
/** Milliseconds that the wall clock, but not the steady one, is ahead: the machine was asleep. */
let slept = 0;

const now = (): number => mark.shown + (real.now() - mark.real) * factor;
const offset = real.date() - real.now();

/** Puts the clock in place; it stays. */
export function installClock(): void {
  const scaled = (ms: number) => (factor === 1 ? ms : Math.ceil(ms / factor));
  const wait = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const timer = real.setTimeout(run, scaled(ms), ...args);
    // undici starts its one timer again and again; each time it is to take what it takes by then.
    const refresh = timer.refresh.bind(timer);
    timer.refresh = () => {
      Object.assign(timer, { _idleTimeout: Math.max(1, scaled(ms)) });
      return refresh();
    };
    return timer;
  };
  Object.assign(globalThis, { setTimeout: Object.assign(wait, globalThis.setTimeout) });
  Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true });
  Object.defineProperty(Date, 'now', {
    value: () => Math.floor(now() + offset + slept),
    configurable: true,
    writable: true,
  });
}

/** Lets time pass so many times faster from now on, for timers that are set from now on. */
export function speedUp(times: number): void {
  mark = { shown: now(), real: real.now() };
  factor = times;
}

/** The machine slept for so long: the wall clock moved on, timers stood still. */
export function sleepMachine(ms: number): void {
  slept += ms;
}

/** Waits, in real time, until there is a value. */
export async function until<T>(
  what: string | (() => string),
  read: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const end = real.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (real.now() > end) assert.fail(`Not within ${timeoutMs} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => {
      real.setTimeout(resolve, 10);
    });
  }
}
