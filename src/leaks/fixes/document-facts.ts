import * as vscode from 'vscode';
import { GitError } from '../../secrets/git/error.ts';
import { discoverRepository, type Discovered } from '../../secrets/git/repository.ts';
import { ignoredBy } from '../../secrets/git/ignored.ts';
import { showWarning } from '../../ui/show.ts';
import type { Leak } from '../model.ts';
import { notebookUriOf } from '../notebooks.ts';
import { workspacePaths } from '../workspace-folders.ts';
import type { EnvFacts, MoveFacts } from '../../secrets/edits/move-to-env.ts';
import { ignorePattern, surelyIgnores } from '../../secrets/edits/gitignore.ts';
import { checkedTarget, type WriteFolders } from './writes.ts';

/** Files that mark the root of a package, where a program looks for its `.env`. */
const PACKAGE_MARKERS = [
  '.env',
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  'Pipfile',
  'go.mod',
  'Cargo.toml',
  'Gemfile',
  'composer.json',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  '.git',
];
const MAX_FOLDERS = 32;

/** The file that a document is saved in: for a notebook cell, the notebook. */
export function fileOf(document: vscode.TextDocument): vscode.Uri {
  return notebookUriOf(document.uri) ?? document.uri;
}

/**
 * @returns undefined if there is no folder for a `.env`
 * @throws Error with a message for the user if one of the files must not be written
 */
export async function moveFacts(document: vscode.TextDocument, leak: Leak): Promise<MoveFacts | undefined> {
  const folder = await packageFolder(fileOf(document));
  const facts = folder && (await envFacts(folder));
  return (
    facts && {
      ...facts,
      text: document.getText(),
      finding: leak.finding,
      languageId: document.languageId,
      fileName: fileOf(document).path,
    }
  );
}

/**
 * @returns undefined if git tracks every `.env` of the folder
 * @throws Error with a message for the user if one of the files must not be written
 */
export async function envFacts(folder: vscode.Uri): Promise<EnvFacts | undefined> {
  const example = vscode.Uri.joinPath(folder, '.env.example');
  const env = await ignoredEnv(folder);
  if (env === undefined) return undefined;
  const facts = {
    env: { path: env.uri.path, text: await textToEdit(env.uri) },
    example: { path: example.path, text: await textToEdit(example) },
  };
  return env.ignore === undefined ? facts : { ...facts, ignore: env.ignore };
}

interface Env {
  readonly uri: vscode.Uri;
  readonly ignore?: EnvFacts['ignore'];
}

/** A `.env` that git does not track, and the change that makes git ignore it, if needed. */
async function ignoredEnv(folder: vscode.Uri): Promise<Env | undefined> {
  for (const name of ['.env', '.env.local']) {
    const uri = vscode.Uri.joinPath(folder, name);
    const state = await gitStateOf(uri);
    if (state === 'tracked') continue;
    if (state === 'ignored') return { uri };
    const gitignore = vscode.Uri.joinPath(folder, '.gitignore');
    const text = await textToEdit(gitignore);
    if (state === undefined && surelyIgnores(text ?? '', name)) return { uri };
    return { uri, ignore: { path: gitignore.path, text, pattern: ignorePattern(name) } };
  }
  return undefined;
}

/** @returns undefined if git must not run, or failed */
async function gitStateOf(uri: vscode.Uri): Promise<'tracked' | 'ignored' | 'untracked' | undefined> {
  const found = await repositoryOf(uri).catch(() => undefined);
  if (found === undefined) return undefined;
  using repository = found.repository;
  try {
    if ((await repository.indexed(found.relativePath)).length > 0) return 'tracked';
    return (await ignoredBy(repository, [found.relativePath])).size > 0 ? 'ignored' : 'untracked';
  } catch {
    return undefined;
  }
}

/**
 * The repository of a file. Git does not run in an untrusted workspace. The caller closes it.
 * @returns undefined if there is no repository, or no git
 * @throws GitError if git fails or cannot read the repository, with a message that says what to do
 */
export async function repositoryOf(uri: vscode.Uri): Promise<Discovered | undefined> {
  if (!vscode.workspace.isTrusted || uri.scheme !== 'file') return undefined;
  try {
    return await discoverRepository(uri.fsPath, { workspaceFolders: workspacePaths() });
  } catch (error) {
    if (error instanceof GitError && (error.code === 'not-a-repository' || error.code === 'not-found'))
      return undefined;
    throw error;
  }
}

/** As {@link repositoryOf}, with a warning if there is no repository to use. */
export async function requireRepository(uri: vscode.Uri): Promise<Discovered | undefined> {
  const found = await repositoryOf(uri);
  if (found === undefined) await warnGitUnavailable();
  return found;
}

export async function warnGitUnavailable(): Promise<void> {
  await showWarning(vscode.l10n.t('Git cannot be used for this file. In Restricted Mode, trust the workspace first.'));
}

/** The nearest folder above a file that is the root of a package, not above the workspace folder. */
export async function packageFolder(file: vscode.Uri): Promise<vscode.Uri | undefined> {
  const top =
    vscode.workspace.getWorkspaceFolder(file)?.uri ??
    (file.scheme === 'file' ? undefined : vscode.workspace.workspaceFolders?.[0]?.uri);
  if (file.scheme !== 'file' && vscode.workspace.getWorkspaceFolder(file) === undefined) return top;
  const parent = vscode.Uri.joinPath(file, '..');
  let folder = parent;
  for (let n = 0; n < MAX_FOLDERS; n += 1) {
    if (top?.path === folder.path) return folder;
    for (const marker of PACKAGE_MARKERS) if (await exists(vscode.Uri.joinPath(folder, marker))) return folder;
    const above = vscode.Uri.joinPath(folder, '..');
    if (above.path === folder.path) break;
    folder = above;
  }
  return top ?? parent;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/**
 * The text of a file that will be written, including unsaved changes.
 * @returns undefined if there is no such file
 * @throws Error with a message for the user if it must not be written
 */
export async function textToEdit(uri: vscode.Uri, folders?: WriteFolders): Promise<string | undefined> {
  // Before it is read: the editor would wait for a named pipe forever.
  const target = await checkedTarget(uri, folders);
  if (!(await exists(target))) return undefined;
  return (await vscode.workspace.openTextDocument(target)).getText();
}
