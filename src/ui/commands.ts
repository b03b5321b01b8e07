import * as vscode from 'vscode';
import type { Log } from './log.ts';
import { showError } from './messages.ts';

/** Registers commands that never fail unseen and never return anything to other extensions. */
export class Commands {
  readonly #subscriptions: { push(disposable: vscode.Disposable): unknown };
  readonly #log: Log;

  constructor(subscriptions: { push(disposable: vscode.Disposable): unknown }, log: Log) {
    this.#subscriptions = subscriptions;
    this.#log = log;
  }

  /** `run` may be called with anything: other extensions and keybindings pass what they like. */
  add(id: string, run: (...args: unknown[]) => unknown): void {
    this.#subscriptions.push(vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await run(...args);
      } catch (error) {
        this.#log.error(id, error);
        await showError(error, this.#log);
      }
    }));
  }
}
