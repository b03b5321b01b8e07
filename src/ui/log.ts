import * as vscode from 'vscode';
import { inspect } from 'node:util';
import { redact } from '../truework/redact.ts';

/** The extension's output channel. Every line passes the redactor; there is no other log sink. */
export class Log implements vscode.Disposable {
  readonly #channel: vscode.LogOutputChannel;

  constructor(channel: vscode.LogOutputChannel = vscode.window.createOutputChannel('Truework', { log: true })) {
    this.#channel = channel;
  }

  debug(message: string): void {
    this.#channel.debug(redact(message));
  }

  info(message: string): void {
    this.#channel.info(redact(message));
  }

  warn(message: string): void {
    this.#channel.warn(redact(message));
  }

  /** Logs what failed; of the error only its own text, since errors of other code may carry whole requests. */
  error(message: string, error?: unknown): void {
    this.#channel.error(redact(error === undefined ? message : `${message}: ${describe(error)}`));
  }

  show(): void {
    this.#channel.show();
  }

  dispose(): void {
    this.#channel.dispose();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error, { depth: 1 });
}
