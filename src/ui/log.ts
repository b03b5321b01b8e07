import * as vscode from 'vscode';
import { inspect } from 'node:util';
import { withoutHiddenCharacters } from '../truework/hidden-characters.ts';
import { redact } from '../truework/redact.ts';

/** The extension's output channel. Every line passes the redactor; there is no other log sink. */
export class Log implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | undefined;

  constructor(channel: vscode.LogOutputChannel = vscode.window.createOutputChannel('Truework', { log: true })) {
    this.#channel = channel;
  }

  debug(message: string): void {
    this.#channel?.debug(line(message));
  }

  info(message: string): void {
    this.#channel?.info(line(message));
  }

  warn(message: string): void {
    this.#channel?.warn(line(message));
  }

  /** Logs what failed; of the error only its own text, since errors of other code may carry whole requests. */
  error(message: string, error?: unknown): void {
    this.#channel?.error(line(error === undefined ? message : `${message}: ${describe(error)}`));
  }

  show(): void {
    this.#channel?.show();
  }

  /** What is still said afterwards is dropped: the channel would throw. */
  dispose(): void {
    this.#channel?.dispose();
    this.#channel = undefined;
  }
}

/** No text from outside can pass for an entry of its own: further lines are set in, and nothing hides or reorders others. */
function line(text: string): string {
  return redact(
    text
      .split(/\r\n|[\r\n]/)
      .map((part) => withoutHiddenCharacters(part))
      .join('\n    '),
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error, { depth: 1 });
}
