import { isTrueworkError } from '../truework/error-shape.ts';
import type { Log } from '../ui/log.ts';
import type { LoadFailure } from './load-state.ts';
import type { Attempt } from './store.ts';

/** Logs why orders could not be loaded or polled: once for each error, however often it is repeated. */
export class FailureLog {
  readonly #log: Pick<Log, 'info' | 'warn' | 'error'>;
  #last: string | undefined;

  constructor(log: Pick<Log, 'info' | 'warn' | 'error'>) {
    this.#log = log;
  }

  failed({ error, attempts }: Pick<LoadFailure, 'error' | 'attempts'>, attempt: Attempt): void {
    const summary = attempt === 'load' ? 'Loading orders failed' : 'Polling orders failed';
    const line = `${summary}: ${error instanceof Error ? error.message : String(error)}`;
    if (attempts > 1 && line === this.#last) return;
    this.#last = line;
    // The message of a TrueworkError says it all; any other error is a fault of the code, where the stack helps.
    if (isTrueworkError(error)) this.#log.warn(line);
    else this.#log.error(summary, error);
  }

  recovered({ attempts }: Pick<LoadFailure, 'attempts'>): void {
    this.#log.info(`Orders are up to date again after ${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'}`);
  }
}
