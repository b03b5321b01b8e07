/**
 * The state of loading the orders, and when the next automatic attempt is due. Pure: the next state follows from a state,
 * an event and a time. All times are milliseconds of one monotonic clock.
 *
 *     idle ──started──> loading ──succeeded──> ready <──succeeded── stale
 *                          │                     └─────failed─────────^
 *                          └─failed─> failed ──started (requested)──> loading
 *
 * `reset` leads from every state to idle, `no-connection` to no-connection; `dropped` reverts `started`.
 */
import { isTrueworkError } from '../truework/error-shape.ts';
import { backoffMs } from '../truework/http/retry.ts';

/** A series of failed attempts. */
export interface LoadFailure {
  /** Why the last attempt failed. */
  readonly error: unknown;
  /** When the first attempt failed. */
  readonly since: number;
  readonly attempts: number;
  /** When the last attempt ended. */
  readonly lastAt: number;
  /** Truework asked to wait until this time; only a request by the user may be sent earlier. */
  readonly heldUntil: number;
  /** When the next attempt is due; undefined if only the user, another key or another connection can help. */
  readonly retryAt: number | undefined;
  /** The user requested one of the attempts. */
  readonly wasRequested: boolean;
}

export type LoadState =
  /** Nothing was requested yet; `loadAt` is when to do so while the view is watched. */
  | { readonly kind: 'idle'; readonly loadAt: number }
  | { readonly kind: 'no-connection' }
  /** Nothing is loaded, and a load is in progress; `failure` is the state before it. */
  | { readonly kind: 'loading'; readonly failure: LoadFailure | undefined }
  | { readonly kind: 'ready' }
  /** Nothing is loaded, because the last attempts failed. */
  | ({ readonly kind: 'failed' } & LoadFailure)
  /** Orders are loaded, but the last attempts to refresh them failed. */
  | ({ readonly kind: 'stale' } & LoadFailure);

export type LoadEvent =
  /** Everything loaded was discarded: another connection, key or search key. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'started'; readonly requested: boolean }
  | { readonly kind: 'no-connection' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly requested: boolean }
  /** The attempt ended without a result: the view is no longer watched, or the session was closed. */
  | { readonly kind: 'dropped' }
  /** A reason to try again early: the view is watched again, or the machine woke up. */
  | { readonly kind: 'resumed' };

/** Minimum pause between automatic attempts, however often the focus changes. */
export const MIN_PAUSE_MS = 5_000;
/** Upper bound of the pause after the first failure. Each further failure doubles it, up to the maximum. */
const FIRST_PAUSE_MS = 10_000;
export const MAX_PAUSE_MS = 300_000;
/** The pause after a 429 without Retry-After. */
const DEFAULT_HOLD_MS = 10_000;
/** The view reports failed attempts in the background from this many on. */
const REPORTED_ATTEMPTS = 3;

export const INITIAL: LoadState = { kind: 'idle', loadAt: 0 };

/** @param random at least 0, below 1 */
export function nextLoadState(state: LoadState, event: LoadEvent, now: number, random: () => number): LoadState {
  switch (event.kind) {
    case 'reset':
      return { kind: 'idle', loadAt: now };
    case 'no-connection':
      return state.kind === 'no-connection' ? state : { kind: 'no-connection' };
    case 'succeeded':
      return state.kind === 'ready' ? state : { kind: 'ready' };
    case 'started':
      return started(state, event.requested);
    case 'dropped':
      return dropped(state, now);
    case 'resumed':
      return resumed(state, now);
    case 'failed': {
      const kind = state.kind === 'ready' || state.kind === 'stale' ? 'stale' : 'failed';
      return { kind, ...failure(event.error, event.requested, failureOf(state), now, random) };
    }
  }
}

/**
 * When the next attempt is due while the view is watched; undefined for never. Polling while `ready` is not decided
 * here.
 */
export function attemptAt(state: LoadState): number | undefined {
  switch (state.kind) {
    case 'idle':
      return state.loadAt;
    case 'failed':
    case 'stale':
      return state.retryAt;
    default:
      return undefined;
  }
}

/** Whether the view should say that the orders may be out of date. */
export function isOutOfDate(state: LoadState): state is Extract<LoadState, { kind: 'stale' }> {
  return (
    state.kind === 'stale' && (state.wasRequested || state.retryAt === undefined || state.attempts >= REPORTED_ATTEMPTS)
  );
}

export function failureOf(state: LoadState): LoadFailure | undefined {
  switch (state.kind) {
    case 'failed':
    case 'stale':
      return state;
    case 'loading':
      return state.failure;
    default:
      return undefined;
  }
}

/**
 * Attempts in the background leave a failure displayed until they succeed; without a connection there is nothing to
 * load.
 */
function started(state: LoadState, requested: boolean): LoadState {
  switch (state.kind) {
    case 'failed':
      return requested ? { kind: 'loading', failure: state } : state;
    case 'idle':
      return { kind: 'loading', failure: undefined };
    default:
      return state;
  }
}

function dropped(state: LoadState, now: number): LoadState {
  const earliest = now + MIN_PAUSE_MS;
  const before = failureOf(state);
  if (before) {
    const retryAt = before.retryAt === undefined ? undefined : Math.max(before.retryAt, earliest);
    return { ...before, kind: state.kind === 'stale' ? 'stale' : 'failed', lastAt: now, retryAt };
  }
  return state.kind === 'loading' ? { kind: 'idle', loadAt: earliest } : state;
}

function resumed(state: LoadState, now: number): LoadState {
  if ((state.kind !== 'failed' && state.kind !== 'stale') || state.retryAt === undefined) return state;
  const retryAt = Math.min(state.retryAt, Math.max(now, state.lastAt + MIN_PAUSE_MS, state.heldUntil));
  return retryAt === state.retryAt ? state : { ...state, retryAt };
}

function failure(
  error: unknown,
  requested: boolean,
  before: LoadFailure | undefined,
  now: number,
  random: () => number,
): LoadFailure {
  const attempts = (before?.attempts ?? 0) + 1;
  const hold = holdMs(error);
  const heldUntil = hold === undefined ? (before?.heldUntil ?? now) : now + hold;
  const pause = backoffMs(attempts, { firstWaitMs: FIRST_PAUSE_MS, maxWaitMs: MAX_PAUSE_MS, random });
  return {
    error,
    attempts,
    heldUntil,
    since: before?.since ?? now,
    lastAt: now,
    retryAt: isFinal(error) ? undefined : Math.max(heldUntil, now + pause),
    wasRequested: requested || before?.wasRequested === true,
  };
}

/** How long Truework asked to wait. */
function holdMs(error: unknown): number | undefined {
  if (!isTrueworkError(error)) return undefined;
  return error.retryAfterMs ?? (error.kind === 'rate-limited' ? DEFAULT_HOLD_MS : undefined);
}

/** Another attempt with the same key can only fail in the same way. */
function isFinal(error: unknown): boolean {
  return (
    isTrueworkError(error) && (error.kind === 'unauthorized' || error.kind === 'no-key' || error.kind === 'wrong-host')
  );
}
