import path from 'node:path';
import * as vscode from 'vscode';
import type { IgnoredBy } from '../../secrets/git/ignored.ts';
import type { Introduction } from '../../secrets/git/introductions.ts';

/** A file as a commit contains it; opened by the editor's git extension. */
export function commitUri(root: string, { commit, path: name }: Pick<Introduction, 'commit' | 'path'>): vscode.Uri {
  const file = vscode.Uri.file(path.join(root, name));
  return file.with({ scheme: 'git', query: JSON.stringify({ path: file.fsPath, ref: commit }) });
}

/** A file as the index contains it. */
export function indexUri(file: vscode.Uri): vscode.Uri {
  return file.with({ scheme: 'git', query: JSON.stringify({ path: file.fsPath, ref: '' }) });
}

/** The line with the ignore pattern. */
export function ignoreLocation(root: string, { file, line }: IgnoredBy): vscode.Location {
  return new vscode.Location(vscode.Uri.file(path.resolve(root, file)), new vscode.Position(Math.max(0, line - 1), 0));
}
