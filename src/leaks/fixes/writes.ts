/** Checks where the files end up that the editor writes for us; see `files/write-target.ts`. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { WriteRefused, writeTarget } from '../../files/write-target.ts';

/** Folders in which a file has to be, and to which links may lead. Absolute. */
export type WriteFolders = readonly string[];

/**
 * The file that a write to `uri` ends in. Only files of this machine have links; others are returned as they are.
 * @param folders its workspace folder, when left out
 * @throws Error with a sentence for the user when the write must not be
 */
export async function checkedTarget(uri: vscode.Uri, folders?: WriteFolders): Promise<vscode.Uri> {
  if (uri.scheme !== 'file') return uri;
  try {
    const { file } = await writeTarget(uri.fsPath, folders ?? (await foldersOf(uri)));
    return vscode.Uri.file(file);
  } catch (error) {
    if (error instanceof WriteRefused) throw new Error(sentence(error), { cause: error });
    throw error;
  }
}

/** Whether a sentence of {@link checkedTarget} is what went wrong. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.cause instanceof WriteRefused;
}

/** A file outside of the workspace belongs to no repository that was opened: there its own folder counts, under both names. */
async function foldersOf(uri: vscode.Uri): Promise<WriteFolders> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder !== undefined) return [folder.uri.fsPath];
  const own = path.dirname(uri.fsPath);
  const real = await realpath(uri.fsPath).catch(() => undefined);
  return real === undefined ? [own] : [own, path.dirname(real)];
}

function sentence({ reason, file, folder }: WriteRefused): string {
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
