import type { TrueworkError } from './errors.ts';

/** Recognizes the client's errors by their shape, for code that is loaded long before the client is. */
export function isTrueworkError(error: unknown): error is TrueworkError {
  return error instanceof Error && error.name === 'TrueworkError' && 'kind' in error;
}
