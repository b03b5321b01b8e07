import * as vscode from 'vscode';
import { addApiKey } from '../../../connections/index.ts';
import { leakFor, readLeakedKey } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { replaceKey, variableFor } from '../../../secrets/languages/replace-key.ts';
import { fileOf } from '../document-facts.ts';
import { apply, textEdits } from '../workspace-edit.ts';
import { isRefusal } from '../writes.ts';
import { showInformation, showWarning } from '../../../ui/show.ts';

/** Stores the key as a connection, then replaces it in the text. */
export async function storeLeakedKey({ leaks, connections, log }: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(leaks, rows);
  if (leak === undefined) return;
  const key = await readLeakedKey(leak);
  if (key === undefined) {
    await showInformation(vscode.l10n.t('This leaked key can no longer be found.'));
    return;
  }
  const connection = await addApiKey(connections, log, key);
  if (connection === undefined) return;
  const document = await vscode.workspace.openTextDocument(leak.uri);
  const variable = variableFor(leak.finding.kind);
  const replaced = replaceKey({
    text: document.getText(),
    finding: leak.finding,
    languageId: document.languageId,
    fileName: fileOf(document).path,
    variable,
  });
  if (replaced === undefined) {
    await showInformation(
      vscode.l10n.t(
        'The key is stored as "{0}", but it could not be replaced in this text. Remove it manually.',
        connection.alias,
      ),
    );
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, textEdits(document, replaced.changes, vscode.l10n.t('Read the key from the environment')));
  try {
    if (!(await apply(edit))) return;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await showWarning(
      vscode.l10n.t('The key is stored as "{0}", but it is still in this file. {1}', connection.alias, error.message),
    );
    return;
  }
  await showInformation(
    vscode.l10n.t(
      'The key is stored as "{0}". Your program now reads {1}, so set that variable where the program runs.',
      connection.alias,
      replaced.variable,
    ),
  );
}
