import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { pickConnection } from '../pick-connection.ts';
import { confirm, showInformation } from '../../ui/show.ts';

/** Forgets a key after a modal question; it stays valid at Truework. */
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
    vscode.l10n.t("Which connection's key is to be removed?"),
  );
  if (!connection) return;
  const remove = vscode.l10n.t('Remove');
  const answer = await confirm(
    vscode.l10n.t('Remove the key of "{0}" from this machine?', connection.alias),
    vscode.l10n.t(
      "The key stays valid at Truework. If it has leaked, revoke it in Truework's developer settings as well.",
    ),
    remove,
  );
  if (answer === remove) await connections.remove(connection);
}
