import * as vscode from 'vscode';
import type { OrderStore } from '../store.ts';
import { idOf, pickOrder } from '../targets.ts';
import { showStatus } from '../../ui/show.ts';

/** Copies the Truework IDs of the rows, one per line; without rows, the ID of an order that the user picks. */
export async function copyId(store: OrderStore, rows: readonly unknown[]): Promise<void> {
  const given = rows.map(idOf).filter((id) => id !== undefined);
  const ids = given.length > 0 ? given : await askId(store);
  if (ids.length === 0) return;
  await vscode.env.clipboard.writeText(ids.join('\n'));
  showStatus(ids.length === 1 ? vscode.l10n.t('ID copied') : vscode.l10n.t('{0} IDs copied', ids.length));
}

async function askId(store: OrderStore): Promise<readonly string[]> {
  const order = await pickOrder(store, vscode.l10n.t('Copy ID'), () => true, vscode.l10n.t('No orders are loaded.'));
  return order ? [order.id] : [];
}
