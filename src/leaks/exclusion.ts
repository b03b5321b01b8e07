import path from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../secrets/detector/finding.ts';
import { excludeMatcher } from '../secrets/scan/exclude.ts';
import { notebookUriOf } from './notebooks.ts';
import type { ExcludePattern } from './settings.ts';

/** Whose setting excludes a path. The user's counts when both do. */
type Exclusion = 'user' | 'workspace';

type Matcher = ReturnType<typeof excludeMatcher>;

/** Compiled once for each list, which the settings reader keeps until it changes. */
const matchers = new WeakMap<readonly ExcludePattern[], { readonly user: Matcher; readonly workspace: Matcher }>();

export function exclusionOf(
  uri: vscode.Uri,
  { exclude }: { readonly exclude: readonly ExcludePattern[] },
): Exclusion | undefined {
  if (exclude.length === 0) return undefined;
  let matches = matchers.get(exclude);
  if (matches === undefined) {
    const matcher = (ofUser: boolean) =>
      excludeMatcher(exclude.filter(({ user }) => user === ofUser).map(({ pattern }) => pattern));
    matchers.set(exclude, (matches = { user: matcher(true), workspace: matcher(false) }));
  }
  const name = pathForPatterns(notebookUriOf(uri) ?? uri);
  return matches.user(name) ? 'user' : matches.workspace(name) ? 'workspace' : undefined;
}

/** Whether findings of this kind are hidden. An untrusted workspace cannot hide production keys. */
export function hides(exclusion: Exclusion | undefined, kind: Finding['kind']): boolean {
  return exclusion === 'user' || (exclusion === 'workspace' && (vscode.workspace.isTrusted || kind === 'sandbox'));
}

/** Relative to the workspace folder; absolute outside of all. */
function pathForPatterns(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri) === undefined
    ? uri.fsPath.replaceAll(path.sep, '/')
    : vscode.workspace.asRelativePath(uri, false);
}
