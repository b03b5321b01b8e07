import * as vscode from 'vscode';
import type { Connections, ProductionLock, Session, Sessions } from '../../connections/index.ts';
import type { TrueworkApi } from '../../truework/client.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { Documents } from '../../ui/documents.ts';
import type { OrdersView } from '../ordersView.ts';
import type { OrderStore } from '../store.ts';
import { CORRELATION_KEY, type OrderRequest } from '../create/draft.ts';
import { sendOnce } from './lostOrder.ts';
import { showInformation, withProgress } from '../../ui/show.ts';

export interface CreateDeps {
  readonly connections: Connections;
  readonly sessions: Sessions;
  readonly lock: ProductionLock;
  readonly documents: Documents;
  readonly store: OrderStore;
  readonly view: OrdersView;
}

export async function createOrder({ sessions, lock, documents, store, view }: CreateDeps): Promise<void> {
  const session = await sessions.current();
  if (!session) {
    await offerConnection();
    return;
  }
  if (!await lock.ensureUnlocked(session.connection)) return;
  const { OrderWizard } = await import('../create/wizard.ts');
  const request = await new OrderWizard(session.connection, documents).run();
  if (!request) return;
  const order = await withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Creating the order…'), cancellable: true },
    (_report, signal) => send(session, request, signal),
  );
  if (!order || !sessions.isCurrent(session)) return;
  store.created(order);
  await view.reveal(order.id);
}

function send({ api }: Session, request: OrderRequest, signal: AbortSignal): Promise<Order | undefined> {
  const metadata = request.kind === 'truework-direct' ? request.body.targets[0]?.metadata : request.body.metadata;
  return sendOnce(api, () => post(api, request, signal), {
    metadata: { key: CORRELATION_KEY, value: metadata?.[CORRELATION_KEY] ?? '' },
    ...(typeof request.body.search_key === 'string' && { searchKey: request.body.search_key }),
  });
}

async function post(api: TrueworkApi, request: OrderRequest, signal: AbortSignal): Promise<Order> {
  switch (request.kind) {
    case 'target-employer': return api.createTargetEmployerOrder(request.body, { signal });
    case 'employer-search': return api.createEmployerSearchOrder(request.body, { signal });
    case 'truework-direct': return api.createTrueworkDirectOrder(request.body, { signal });
  }
}

/** There is no connection yet: say which two ways there are. */
export async function offerConnection(): Promise<void> {
  const add = vscode.l10n.t('Add API Key…');
  const start = vscode.l10n.t('Start Local Sandbox');
  const answer = await showInformation(
    vscode.l10n.t('There is no Truework connection yet. Add a sandbox key, or try everything with the local sandbox.'), add, start,
  );
  if (answer === add) await vscode.commands.executeCommand('truework.addApiKey');
  if (answer === start) await vscode.commands.executeCommand('truework.startLocalSandbox');
}
