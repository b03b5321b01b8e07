import path from 'node:path';
import * as vscode from 'vscode';
import type { IgnoredBy } from '../../secrets/git/ignored.ts';
import type { Introduction } from '../../secrets/git/introductions.ts';

/** A file as a commit holds it, which the editor's own git extension opens. */
export function commitUri(root: string, { commit, path: name }: Pick<Introduction, 'commit' | 'path'>): vscode.Uri {
  const file = vscode.Uri.file(path.join(root, name));
  return file.with({ scheme: 'git', query: JSON.stringify({ path: file.fsPath, ref: commit }) });
}

/** A file as the index holds it, which the next commit will. */
export function indexUri(file: vscode.Uri): vscode.Uri {
  return file.with({ scheme: 'git', query: JSON.stringify({ path: file.fsPath, ref: '' }) });
}

/** The line that keeps a file out of git. */
export function ignoreLocation(root: string, { file, line }: IgnoredBy): vscode.Location {
  return new vscode.Location(vscode.Uri.file(path.resolve(root, file)), new vscode.Position(Math.max(0, line - 1), 0));
}
