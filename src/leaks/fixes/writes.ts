import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { WriteRefused, writeTarget } from '../../files/write-target.ts';

/** Absolute paths of folders that a file must be in after resolving symbolic links. */
export type WriteFolders = readonly string[];

/**
 * The file that a write to `uri` changes; see `files/write-target.ts`. Other URIs than files are returned unchanged.
 * @param folders its workspace folder when left out
 * @throws Error with a message for the user if it must not be written
 */
export async function checkedTarget(uri: vscode.Uri, folders?: WriteFolders): Promise<vscode.Uri> {
  if (uri.scheme !== 'file') return uri;
  try {
    const { file } = await writeTarget(uri.fsPath, folders ?? (await foldersOf(uri)));
    return vscode.Uri.file(file);
  } catch (error) {
    if (error instanceof WriteRefused) throw new Error(refusalText(error), { cause: error });
    throw error;
  }
}

/** Whether an error is from {@link checkedTarget} and has a message for the user. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.cause instanceof WriteRefused;
}

/** For a file outside the workspace, its own folder, with and without symbolic links. */
async function foldersOf(uri: vscode.Uri): Promise<WriteFolders> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder !== undefined) return [folder.uri.fsPath];
  const own = path.dirname(uri.fsPath);
  const real = await realpath(uri.fsPath).catch(() => undefined);
  return real === undefined ? [own] : [own, path.dirname(real)];
}

function refusalText({ reason, file, folder }: WriteRefused): string {
  const name = path.relative(folder, file).split(path.sep).join('/') || file;
  const project = path.basename(folder);
  switch (reason) {
    case 'outside':
      return vscode.l10n.t(
        'Nothing was written: {0} is a symbolic link that leads out of {1}. Replace the link with a file or folder, then try again.',
        name,
        project,
      );
    case 'dangling':
      return vscode.l10n.t(
        'Nothing was written: {0} is a symbolic link to something that does not exist. Remove the link, then try again.',
        name,
      );
    case 'git-folder':
      return vscode.l10n.t('Nothing was written: {0} is in a .git folder.', name);
    case 'not-a-file':
      return vscode.l10n.t('Nothing was written: {0} is not a regular file. Move it away, then try again.', name);
    case 'not-a-folder':
      return vscode.l10n.t('Nothing was written: {0} is not a folder. Move it away, then try again.', name);
    case 'elsewhere':
      return vscode.l10n.t('Nothing was written: {0} is outside {1}.', file, project);
    case 'unreadable':
      return vscode.l10n.t('Nothing was written: {0} cannot be accessed. Check its permissions, then try again.', name);
  }
}
