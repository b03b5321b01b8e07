/**
 * How far loading the orders has come, and when it goes on by itself. Pure: an event and a time go in, the next state
 * comes out. All times are milliseconds of one clock that never goes back.
 *
 *     idle ──started──> loading ──succeeded──> ready <──succeeded── stale
 *                          │                     └─────failed─────────^
 *                          └─failed─> failed ──started (requested)──> loading
 *
 * `reset` leads from everywhere to idle, `no-connection` to no-connection; `dropped` takes a load back.
 */
import { isTrueworkError } from '../truework/error-shape.ts';
import { backoffMs } from '../truework/http/retry.ts';

/** Attempts that failed, with none that succeeded since the first of them. */
export interface Failure {
  /** Why the last attempt failed. */
  readonly error: unknown;
  /** When the first of the attempts failed. */
  readonly since: number;
  readonly attempts: number;
  /** When the last attempt ended. */
  readonly lastAt: number;
  /** Truework asked for no request before this time; only the user may ask earlier. */
  readonly heldUntil: number;
  /** When the next attempt is due; undefined while only the user, another key or another connection can help. */
  readonly retryAt: number | undefined;
  /** The user asked for one of the attempts. */
  readonly wasRequested: boolean;
}

export type LoadState =
  /** Nothing was requested yet; `loadAt` is when to do so where somebody watches. */
  | { readonly kind: 'idle'; readonly loadAt: number }
  | { readonly kind: 'no-connection' }
  /** Nothing is loaded, and a load that somebody waits for is under way; `failure` is what came before it. */
  | { readonly kind: 'loading'; readonly failure: Failure | undefined }
  | { readonly kind: 'ready' }
  /** Nothing is loaded, since the last attempts failed. */
  | ({ readonly kind: 'failed' } & Failure)
  /** Orders are loaded, but the last attempts to refresh them failed. */
  | ({ readonly kind: 'stale' } & Failure);

export type LoadEvent =
  /** Everything loaded was discarded: another connection, key or search key. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'started'; readonly requested: boolean }
  | { readonly kind: 'no-connection' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly requested: boolean }
  /** The attempt ended without a result, since nobody watches any more or its session was closed. */
  | { readonly kind: 'dropped' }
  /** A reason to try again early: somebody watches again, or the machine woke. */
  | { readonly kind: 'resumed' };

/** No attempt is made by itself sooner than this after the last one ended, however often the focus changes. */
export const MIN_PAUSE_MS = 5_000;
/** Upper bound of the pause after the first failure; each further one doubles it, up to the last. */
const FIRST_PAUSE_MS = 10_000;
export const MAX_PAUSE_MS = 300_000;
/** The pause after a 429 without Retry-After. */
const DEFAULT_HOLD_MS = 10_000;
/** A few failed attempts in the background are no news; from this many on the user is told. */
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

/** When to make the next attempt where somebody watches; undefined for never. Polling while `ready` is not decided here. */
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

/** Whether the user is to be told that the orders shown may be out of date. */
export function isOutOfDate(state: LoadState): state is Extract<LoadState, { kind: 'stale' }> {
  return (
    state.kind === 'stale' && (state.wasRequested || state.retryAt === undefined || state.attempts >= REPORTED_ATTEMPTS)
  );
}

export function failureOf(state: LoadState): Failure | undefined {
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

/** Attempts in the background leave a failure on display until they succeed; without a connection there is nothing to load yet. */
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
  before: Failure | undefined,
  now: number,
  random: () => number,
): Failure {
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

/** How long Truework asked for no further request. */
function holdMs(error: unknown): number | undefined {
  if (!isTrueworkError(error)) return undefined;
  return error.retryAfterMs ?? (error.kind === 'rate-limited' ? DEFAULT_HOLD_MS : undefined);
}

/** Sending the same key again can only fail in the same way. */
function isFinal(error: unknown): boolean {
  return (
    isTrueworkError(error) && (error.kind === 'unauthorized' || error.kind === 'no-key' || error.kind === 'wrong-host')
  );
}
