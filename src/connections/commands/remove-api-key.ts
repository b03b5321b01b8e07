import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { pickConnection } from '../pick-connection.ts';
import { confirm, showInformation } from '../../ui/show.ts';

/** Removes a key from this machine after a modal question; it remains valid at Truework. */
export async function removeApiKey(connections: Connections): Promise<void> {
  const stored = connections.all.filter(({ local }) => !local);
  if (stored.length === 0) {
    await showInformation(vscode.l10n.t('There is no API key to remove.'));
    return;
  }
  const connection = await pickConnection(
    stored,
    connections.current,
    vscode.l10n.t('Remove API Key'),
    vscode.l10n.t('Select the connection to remove'),
  );
  if (!connection) return;
  const remove = vscode.l10n.t('Remove');
  const answer = await confirm(
    vscode.l10n.t('Remove the API key of "{0}" from this machine?', connection.alias),
    vscode.l10n.t(
      "The key remains valid at Truework. If it has leaked, also revoke it in Truework's developer settings.",
    ),
    remove,
  );
  if (answer === remove) await connections.remove(connection);
}
