import path from 'node:path';
import * as vscode from 'vscode';
import type { Connection, Connections } from '../../connections/index.ts';
import { readTextFile } from '../../files/write-target.ts';
import { hashKey } from '../../secrets/detector/allow-list.ts';
import { isGitObject, type Leak } from '../model.ts';
import { notebookUriOf } from '../notebooks.ts';
import { packageFolder } from './document-facts.ts';
import { replaceInDotenv } from '../../secrets/edits/dotenv.ts';
import { isDotenv } from '../../secrets/languages/dotenv.ts';

const DOTENV_FILES = '**/{.env,.env.*,*.env,.envrc,.dev.vars}';
const EXCLUDED_FOLDERS = '**/{node_modules,.git}/**';
const MAX_FILES = 2000;
const MAX_BYTES = 1024 * 1024;

/** A search that takes longer ends early. */
const MAX_SEARCH_TIME_MS = 15_000;

/** The user's connections with this key. */
export async function connectionsWith(connections: Connections, keyHash: string): Promise<Connection[]> {
  const holders: Connection[] = [];
  for (const connection of connections.all) {
    if (connection.local) continue;
    const key = await connections.readKey(connection);
    if (key !== undefined && hashKey(key.reveal()) === keyHash) holders.push(connection);
  }
  return holders;
}

/**
 * `.env` files with the key: in the workspace, including ignored ones, in open editors, and in the folders from the leak up
 * to the root of its package.
 * @returns `complete`: false if the search was canceled, took too long or found too many files
 */
export async function envFilesWith(
  leak: Leak,
  canceled: vscode.CancellationToken,
): Promise<{ readonly files: readonly vscode.Uri[]; readonly complete: boolean }> {
  const limit = new vscode.CancellationTokenSource();
  const listener = canceled.onCancellationRequested(() => {
    limit.cancel();
  });
  const timer = setTimeout(() => {
    limit.cancel();
  }, MAX_SEARCH_TIME_MS);
  try {
    return await searchEnvFiles(leak, limit.token);
  } finally {
    clearTimeout(timer);
    listener.dispose();
    limit.dispose();
  }
}

async function searchEnvFiles(
  leak: Leak,
  token: vscode.CancellationToken,
): Promise<{ readonly files: readonly vscode.Uri[]; readonly complete: boolean }> {
  const { keyHash } = leak.finding;
  const files = new Map<string, vscode.Uri>();
  const add = (uri: vscode.Uri) => {
    if (isDotenv(uri.path)) files.set(uri.toString(), uri);
  };
  for (const { uri } of vscode.workspace.textDocuments)
    if (uri.scheme === 'file' || vscode.workspace.getWorkspaceFolder(uri) !== undefined) add(uri);
  const found = await vscode.workspace.findFiles(DOTENV_FILES, EXCLUDED_FOLDERS, MAX_FILES, token);
  for (const uri of found) add(uri);
  for (const folder of await foldersAround(leak)) {
    const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
    for (const [name] of entries) add(vscode.Uri.joinPath(folder, name));
  }
  const holders: vscode.Uri[] = [];
  for (const uri of files.values()) {
    if (token.isCancellationRequested) break;
    const text = await currentText(uri);
    if (text !== undefined && replaceInDotenv(text, keyHash, '').length > 0) holders.push(uri);
  }
  return { files: holders, complete: !token.isCancellationRequested && found.length < MAX_FILES };
}

/** The folder where a program looks for its `.env`. @returns undefined if there is no folder */
export async function envFolderOf(leak: Leak): Promise<vscode.Uri | undefined> {
  return await packageFolder(fileOfLeak(leak));
}

async function foldersAround(leak: Leak): Promise<vscode.Uri[]> {
  const top = await envFolderOf(leak);
  if (top === undefined) return [];
  const folders = [top];
  for (
    let folder = vscode.Uri.joinPath(fileOfLeak(leak), '..');
    folder.path.startsWith(`${top.path}/`);
    folder = vscode.Uri.joinPath(folder, '..')
  )
    folders.push(folder);
  return folders;
}

/** For a key in a git object, a file in the top folder of the repository: the file itself may no longer exist. */
function fileOfLeak(leak: Leak): vscode.Uri {
  const { uri, root } = leak;
  if (isGitObject(leak) && root !== undefined) return vscode.Uri.file(path.join(root, path.basename(uri.path)));
  return notebookUriOf(uri) ?? uri;
}

async function currentText(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  if (uri.scheme === 'file') return await readTextFile(uri.fsPath, MAX_BYTES);
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
