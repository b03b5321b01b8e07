import * as vscode from 'vscode';
import { sessionOrOffer, type Sessions } from '../../connections/index.ts';
import { Documents } from '../../documents/index.ts';
import { BACK, input, pick } from '../../ui/steps.ts';
import type { OrderStore } from '../store.ts';
import { ordersOf, pickOrder } from '../targets.ts';

export type OrderDocument = 'orders' | 'events';

export interface OpenDeps {
  readonly sessions: Sessions;
  readonly store: OrderStore;
  readonly documents: Documents;
}

/** Opens orders, or their events, as JSON: those of the rows, one of the loaded ones, or any by its ID. */
export async function openOrder(
  { sessions, store, documents }: OpenDeps,
  kind: OrderDocument,
  rows: readonly unknown[],
): Promise<void> {
  const session = await sessionOrOffer(sessions);
  if (!session) return;
  const given = ordersOf(rows).map(({ id }) => id);
  const title = kind === 'orders' ? vscode.l10n.t('Open Order') : vscode.l10n.t('Open Order Events');
  const ids = given.length > 0 ? given : await askOrder(store, title);
  const uris = ids.map((id) => Documents.uri(session.connection.id, kind, id));
  for (const uri of uris) await documents.show(uri, { preview: uris.length === 1 });
}

/** @returns one ID, or none when the user gave up */
async function askOrder(store: OrderStore, title: string): Promise<readonly string[]> {
  const way = await pick({
    title,
    placeholder: vscode.l10n.t('Which order?'),
    items: [
      {
        label: vscode.l10n.t('A Loaded Order'),
        iconPath: new vscode.ThemeIcon('list-unordered'),
        way: 'loaded' as const,
      },
      { label: vscode.l10n.t('By Its ID…'), iconPath: new vscode.ThemeIcon('symbol-string'), way: 'id' as const },
    ],
  });
  if (way === undefined || way === BACK) return [];
  if (way.way === 'loaded') {
    const order = await pickOrder(store, title, () => true, vscode.l10n.t('No orders are loaded.'));
    return order ? [order.id] : [];
  }
  const id = await input({
    title,
    prompt: vscode.l10n.t('Order ID'),
    validate: (text) => (text.trim() === '' ? vscode.l10n.t('Paste the ID of an order.') : undefined),
  });
  return typeof id === 'string' ? [id.trim()] : [];
}
