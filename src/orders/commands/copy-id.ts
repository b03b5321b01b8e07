import * as vscode from 'vscode';
import { idOf, rowsOf } from '../targets.ts';
import { showInformation, showStatus } from '../../ui/show.ts';

/** Copies the Truework ids of the rows, one on a line. */
export async function copyId(args: readonly unknown[]): Promise<void> {
  const ids = rowsOf(args)
    .map(idOf)
    .filter((id) => id !== undefined);
  if (ids.length === 0) {
    await showInformation(vscode.l10n.t('Select an order, verification request or report in the Orders view first.'));
    return;
  }
  await vscode.env.clipboard.writeText(ids.join('\n'));
  showStatus(ids.length === 1 ? vscode.l10n.t('ID copied') : vscode.l10n.t('{0} IDs copied', ids.length));
}
