import { aborted } from './error.ts';

/** The parts in which a wait is counted. */
const STEPS = 10;

/**
 * Calls `onEnd` once, after `milliseconds` of waiting. The wait is counted in steps: a computer that was asleep, or a
 * program that was too busy to look, has waited one step and not an hour. It does not keep the program running.
 * @param isWaiting asked at each step; when it answers false, the wait starts anew
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
 * Settles with the promise, or as soon as the signal says so: the answer that comes later is nobody's.
 * @throws GitError `aborted`
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  // Rejecting when nobody waits any more is no mistake of anybody's.
  promise.catch(() => undefined);
  if (signal === undefined) return promise;
  if (signal.aborted) throw aborted();
  let onAbort: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(aborted());
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
