import * as vscode from 'vscode';
import { confirm, showInformation } from '../../ui/show.ts';
import { BACK, pick } from '../../ui/steps.ts';
import { UnresolvedNode } from '../nodes/unresolved-node.ts';
import type { UnresolvedOrder, UnresolvedOrders } from '../sending/unresolved-orders.ts';

/** Stops searching for orders whose response was lost: those of the rows, or else one that the user picks. */
export async function stopSearching(ledger: UnresolvedOrders, rows: readonly unknown[]): Promise<void> {
  const lost = ledger.lost();
  const ids = new Set(rows.flatMap((row) => (row instanceof UnresolvedNode ? [row.entry.id] : [])));
  const given = lost.filter(({ id }) => ids.has(id));
  const entries = given.length > 0 ? given : await pickEntry(lost);
  const [first] = entries;
  if (!first) return;
  const stop = vscode.l10n.t('Stop Searching');
  const answer = await confirm(
    entries.length === 1
      ? vscode.l10n.t('Stop searching for the order for {0}?', first.applicant)
      : vscode.l10n.t('Stop searching for {0} orders?', entries.length),
    vscode.l10n.t(
      'It remains unknown whether Truework created the order. If it did, the order still appears in the list of orders.',
    ),
    stop,
  );
  if (answer !== stop) return;
  for (const { id } of entries) await ledger.stop(id);
}

async function pickEntry(entries: readonly UnresolvedOrder[]): Promise<readonly UnresolvedOrder[]> {
  if (entries.length === 0) {
    await showInformation(vscode.l10n.t('No search for an order is running.'));
    return [];
  }
  const items = entries.map((entry) => ({ label: entry.applicant, description: entry.connectionName, entry }));
  const chosen = await pick({ title: vscode.l10n.t('Stop Searching for Order'), items });
  return chosen === undefined || chosen === BACK ? [] : [chosen.entry];
}
