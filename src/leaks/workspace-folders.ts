import * as vscode from 'vscode';

/** Workspace folders on this machine's disk: git and the file scan work in no others. */
export function workspaceFoldersOnDisk(): vscode.Uri[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri).filter(({ scheme }) => scheme === 'file');
}

export function workspacePaths(): string[] {
  return workspaceFoldersOnDisk().map(({ fsPath }) => fsPath);
}
