import * as vscode from 'vscode';
import { checkedTarget } from './writes.ts';

/**
 * Adds an entry to a list `truework.leaks.*`: in the settings of the folder in a multi-root workspace, otherwise of the
 * workspace, or of the user without one.
 */
export async function addToSetting(name: 'allow' | 'exclude', entry: string, uri: vscode.Uri): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('truework.leaks', uri);
  const known = configuration.inspect<unknown>(name);
  const folders = vscode.workspace.workspaceFolders?.length ?? 0;
  const inFolder = folders > 1 && vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  const [target, value] = inFolder
    ? ([vscode.ConfigurationTarget.WorkspaceFolder, known?.workspaceFolderValue] as const)
    : folders > 0
      ? ([vscode.ConfigurationTarget.Workspace, known?.workspaceValue] as const)
      : ([vscode.ConfigurationTarget.Global, known?.globalValue] as const);
  const folder = inFolder
    ? vscode.workspace.getWorkspaceFolder(uri)
    : vscode.workspace.workspaceFile === undefined
      ? vscode.workspace.workspaceFolders?.[0]
      : undefined;
  if (folder !== undefined && target !== vscode.ConfigurationTarget.Global)
    await checkedTarget(vscode.Uri.joinPath(folder.uri, '.vscode', 'settings.json'));
  const entries: unknown[] = Array.isArray(value) ? value : [];
  if (!entries.includes(entry)) await configuration.update(name, [...entries, entry], target);
}
