import * as vscode from 'vscode';
import { inspect } from 'node:util';
import { withoutHiddenCharacters } from '../truework/hidden-characters.ts';
import { redact } from '../truework/redact.ts';

/** The extension's output channel. Every line is redacted; there is no other log. */
export class Log implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | undefined;

  constructor(channel: vscode.LogOutputChannel = vscode.window.createOutputChannel('Truework', { log: true })) {
    this.#channel = channel;
  }

  debug(message: string): void {
    this.#channel?.debug(sanitized(message));
  }

  info(message: string): void {
    this.#channel?.info(sanitized(message));
  }

  warn(message: string): void {
    this.#channel?.warn(sanitized(message));
  }

  /** Logs a failure. Of the error, only its own text: errors of other code may carry whole requests. */
  error(message: string, error?: unknown): void {
    this.#channel?.error(sanitized(error === undefined ? message : `${message}: ${errorDetails(error)}`));
  }

  show(): void {
    this.#channel?.show();
  }

  /** Later lines are dropped: the channel would throw. */
  dispose(): void {
    this.#channel?.dispose();
    this.#channel = undefined;
  }
}

/**
 * No text from outside can pass for a log entry: further lines are indented, and no character hides or reorders others.
 */
function sanitized(text: string): string {
  return redact(
    text
      .split(/\r\n|[\r\n]/)
      .map((part) => withoutHiddenCharacters(part))
      .join('\n    '),
  );
}

function errorDetails(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error, { depth: 1 });
}
