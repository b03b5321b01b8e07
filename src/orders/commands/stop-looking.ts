import * as vscode from 'vscode';
import { confirm, showInformation } from '../../ui/show.ts';
import { BACK, pick } from '../../ui/steps.ts';
import { UnresolvedNode } from '../nodes/unresolved-node.ts';
import type { UnresolvedOrder, UnresolvedOrders } from '../sending/unresolved-orders.ts';

/** Gives up on an order of which it is not known whether it was created: the row's, or one that the user picks. */
export async function stopLooking(ledger: UnresolvedOrders, rows: readonly unknown[]): Promise<void> {
  const given = rows.flatMap((row) => (row instanceof UnresolvedNode ? (ledger.get(row.entry.id) ?? []) : []));
  const entry = given.length === 1 ? given[0] : await pickEntry(given.length > 0 ? given : ledger.lost());
  if (!entry) return;
  const stop = vscode.l10n.t('Stop Looking');
  const answer = await confirm(
    vscode.l10n.t('Stop looking for the order for {0}?', entry.applicant),
    vscode.l10n.t(
      'It stays unknown whether Truework created it. If it did, the order shows in the list of orders all the same.',
    ),
    stop,
  );
  if (answer === stop) await ledger.stop(entry.id);
}

async function pickEntry(entries: readonly UnresolvedOrder[]): Promise<UnresolvedOrder | undefined> {
  if (entries.length === 0) {
    await showInformation(vscode.l10n.t('No order is being looked for.'));
    return undefined;
  }
  const items = entries.map((entry) => ({ label: entry.applicant, description: entry.connectionName, entry }));
  const chosen = await pick({ title: vscode.l10n.t('Stop Looking for an Order'), items });
  return chosen === undefined || chosen === BACK ? undefined : chosen.entry;
}
