import type * as vscode from 'vscode';
import type { Commands } from '../../ui/commands.ts';

export interface SetupDeps {
  readonly commands: Commands;
  readonly extensionUri: vscode.Uri;
}

/** The command that has a repository check itself, in its hooks and in continuous integration. */
export function registerSetup(deps: SetupDeps): void {
  deps.commands.add('truework.addLeakCheck', async () => {
    await (await import('./add-leak-check.ts')).addLeakCheck(deps);
  });
}
