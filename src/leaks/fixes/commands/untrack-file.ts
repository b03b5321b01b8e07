import path from 'node:path';
import * as vscode from 'vscode';
import { discoverRepository } from '../../../secrets/git/repository.ts';
import { ignoredBy } from '../../../secrets/git/ignored.ts';
import { removeFromIndex } from '../../../secrets/git/staging.ts';
import type { Leak } from '../../model.ts';
import { isKnown } from '../../../secrets/verdict.ts';
import { requireRepository, textToEdit } from '../document-facts.ts';
import { workspacePaths } from '../../workspace-folders.ts';
import { addIgnored, ignorePattern } from '../../../secrets/edits/gitignore.ts';
import { leakFor } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { addFiles, applyAndSave } from '../workspace-edit.ts';
import { checkedTarget } from '../writes.ts';
import { confirm } from '../../../ui/show.ts';

/** Removes a file from the index, keeps it on disk, and makes git ignore it. */
export async function untrackFile({ leaks }: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(leaks, rows, { subject: 'file', accept: isTracked });
  if (leak === undefined) return;
  // A symbolic link may lead to a file in another repository, whose index must not change.
  await checkedTarget(leak.uri);
  const found = await requireRepository(leak.uri);
  if (found === undefined) return;
  using repository = found.repository;
  const name = path.posix.basename(found.relativePath);
  const remove = vscode.l10n.t('Stop Tracking');
  const answer = await confirm(
    vscode.l10n.t('Stop tracking {0} in git?', name),
    vscode.l10n.t(
      'The file stays on this machine. The next commit removes it for everyone else. Existing commits still contain it, so revoke its keys.',
    ),
    remove,
  );
  if (answer !== remove) return;
  const root = repository.root ?? path.dirname(leak.uri.fsPath);
  await checkedTarget(vscode.Uri.file(path.join(root, '.gitignore')), [root]);
  await removeFromIndex(repository, found.relativePath);
  await ignore(root, found.relativePath);
  await leaks.refresh([leak.uri]);
}

function isTracked({ uri, verdict }: Leak): boolean {
  return (
    uri.scheme === 'file' &&
    isKnown(verdict) &&
    !verdict.locations.includes('untracked') &&
    !verdict.locations.includes('ignored')
  );
}

/** Called when the file is no longer tracked: only then can git tell whether a pattern matches. */
async function ignore(root: string, relativePath: string): Promise<void> {
  const { repository } = await discoverRepository(root, { workspaceFolders: workspacePaths() });
  using open = repository;
  if ((await ignoredBy(open, [relativePath])).size > 0) return;
  const file = vscode.Uri.file(path.join(root, '.gitignore'));
  const text = await textToEdit(file, [root]);
  const pattern = /\//.test(relativePath)
    ? ignorePattern(relativePath)
    : `/${ignorePattern(relativePath).replace(/^\\(?=[#!])/, '')}`;
  const change = addIgnored(text ?? '', pattern);
  const edit = new vscode.WorkspaceEdit();
  await addFiles(
    edit,
    file,
    [
      text === undefined
        ? { kind: 'create', path: file.path, text: change.text }
        : { kind: 'change', path: file.path, changes: [change] },
    ],
    vscode.l10n.t('Ignore the file in git'),
    [root],
  );
  await applyAndSave(edit);
}
