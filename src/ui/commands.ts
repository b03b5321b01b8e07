import * as vscode from 'vscode';
import type { Log } from './log.ts';
import { showError } from './messages.ts';

/** May be called with anything: other extensions and keybindings pass what they like. */
export type CommandHandler = (...args: unknown[]) => unknown;

/** Registers a command that never fails unseen and never returns anything to other extensions. */
export function registerCommand(log: Log, id: string, handler: CommandHandler): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      await handler(...args);
    } catch (error) {
      log.error(id, error);
      await showError(error, log);
    }
  });
}
