import { abortable } from '../../truework/abortable.ts';
import { aborted } from './error.ts';

/** The number of steps of a wait. */
const STEPS = 10;

/**
 * Calls `onEnd` once, after `milliseconds` of waiting. The wait is counted in steps, so that a time in which the
 * computer slept or the program was busy counts as one step. The timer does not keep the program running.
 * @param isWaiting called at each step; the wait restarts if it returns false
 */
export function startWait(
  milliseconds: number,
  onEnd: () => void,
  isWaiting: () => boolean = () => true,
): { stop(): void } {
  let steps = 0;
  const timer = setInterval(
    () => {
      steps = isWaiting() ? steps + 1 : 0;
      if (steps < STEPS) return;
      clearInterval(timer);
      onEnd();
    },
    Math.max(1, milliseconds / STEPS),
  );
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

/**
 * Settles with the promise, or rejects as soon as the signal is aborted; a later result is dropped.
 * @throws GitError `aborted`
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await abortable(promise, signal);
  } catch (error) {
    throw signal?.aborted ? aborted() : error;
  }
}
