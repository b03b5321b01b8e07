import * as vscode from 'vscode';
import type { Sessions } from '../../connections/index.ts';
import { Documents } from '../../documents/documents.ts';
import { BACK, input, pick } from '../../ui/steps.ts';
import type { OrderStore } from '../store.ts';
import { ordersOf, pickOrder } from '../targets.ts';
import { offerConnection } from './create-order.ts';

export type OrderDocument = 'orders' | 'events';

export interface OpenDeps {
  readonly sessions: Sessions;
  readonly store: OrderStore;
  readonly documents: Documents;
}

/** Opens an order, or its events, as JSON: the row's, one of the loaded ones, or any by its id. */
export async function openOrder(
  { sessions, store, documents }: OpenDeps,
  kind: OrderDocument,
  args: readonly unknown[],
): Promise<void> {
  const session = await sessions.current();
  if (!session) {
    await offerConnection();
    return;
  }
  const [given] = ordersOf(args);
  const id =
    given?.id ??
    (await askOrder(store, kind === 'orders' ? vscode.l10n.t('Open Order') : vscode.l10n.t('Open Order Events')));
  if (id !== undefined) await documents.show(Documents.uri(session.connection.id, kind, id));
}

async function askOrder(store: OrderStore, title: string): Promise<string | undefined> {
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
  if (way === undefined || way === BACK) return undefined;
  if (way.way === 'loaded')
    return (await pickOrder(store, title, () => true, vscode.l10n.t('No orders are loaded.')))?.id;
  const id = await input({
    title,
    prompt: vscode.l10n.t('Order ID'),
    validate: (text) => (text.trim() === '' ? vscode.l10n.t('Paste the ID of an order.') : undefined),
  });
  return typeof id === 'string' ? id.trim() : undefined;
}
