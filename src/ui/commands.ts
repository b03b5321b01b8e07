import * as vscode from 'vscode';
import type { Log } from './log.ts';
import { showError } from './messages.ts';

/** May be called with any arguments: other extensions and keybindings pass what they like. */
export type CommandHandler = (...args: unknown[]) => unknown;

/** Registers a command that reports every failure and returns nothing to other extensions. */
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
