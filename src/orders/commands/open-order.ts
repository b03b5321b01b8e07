import * as vscode from 'vscode';
import { sessionOrOffer, type Sessions } from '../../connections/index.ts';
import { Documents } from '../../documents/index.ts';
import { BACK, input, pick } from '../../ui/steps.ts';
import type { OrderStore } from '../store.ts';
import { orderNodesOf, pickOrder } from '../targets.ts';

export type OrderDocument = 'orders' | 'events';

export interface OpenDeps {
  readonly sessions: Sessions;
  readonly store: OrderStore;
  readonly documents: Documents;
}

/**
 * Opens orders, or their events, as JSON: those of the rows, or else one that the user picks or whose ID the user
 * enters.
 */
export async function openOrder(
  { sessions, store, documents }: OpenDeps,
  kind: OrderDocument,
  rows: readonly unknown[],
): Promise<void> {
  const session = await sessionOrOffer(sessions);
  if (!session) return;
  const given = orderNodesOf(rows).map(({ connectionId, order }) => Documents.uri(connectionId, kind, order.id));
  const title = kind === 'orders' ? vscode.l10n.t('Open Order') : vscode.l10n.t('Open Order Events');
  const uris =
    given.length > 0
      ? given
      : (await askOrder(store, title)).map((id) => Documents.uri(session.connection.id, kind, id));
  for (const uri of uris) await documents.show(uri, { preview: uris.length === 1 });
}

/** @returns one ID, or none if the user canceled */
async function askOrder(store: OrderStore, title: string): Promise<readonly string[]> {
  const method = await pick({
    title,
    placeholder: vscode.l10n.t('Select an order'),
    items: [
      {
        label: vscode.l10n.t('Select a Loaded Order…'),
        iconPath: new vscode.ThemeIcon('list-unordered'),
        method: 'loaded' as const,
      },
      {
        label: vscode.l10n.t('Enter an Order ID…'),
        iconPath: new vscode.ThemeIcon('symbol-string'),
        method: 'id' as const,
      },
    ],
  });
  if (method === undefined || method === BACK) return [];
  if (method.method === 'loaded') {
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
