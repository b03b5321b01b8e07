import * as vscode from 'vscode';
import type { Connections, ProductionLock, Session, Sessions } from '../../connections/index.ts';
import type { TrueworkApi } from '../../truework/client.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { Documents } from '../../ui/documents.ts';
import { isTrueworkError } from '../../truework/error-shape.ts';
import type { OrdersView } from '../ordersView.ts';
import type { OrderStore } from '../store.ts';
import { CORRELATION_KEY, type OrderRequest } from '../create/draft.ts';

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
  const order = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Creating the order…'), cancellable: true },
    async (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => { abort.abort(); });
      return send(session, request, abort.signal);
    },
  );
  if (!order || !sessions.isCurrent(session)) return;
  store.created(order);
  await view.reveal(order.id);
}

/** Sends it once. When the answer gets lost, the order is looked up instead of being sent again. */
async function send(session: Session, request: OrderRequest, signal: AbortSignal): Promise<Order | undefined> {
  try {
    return await post(session.api, request, signal);
  } catch (error) {
    if (!isTrueworkError(error) || !error.requestMayHaveBeenDone) throw error;
    return lookUp(session.api, request);
  }
}

async function post(api: TrueworkApi, request: OrderRequest, signal: AbortSignal): Promise<Order> {
  switch (request.kind) {
    case 'target-employer': return api.createTargetEmployerOrder(request.body, { signal });
    case 'employer-search': return api.createEmployerSearchOrder(request.body, { signal });
    case 'truework-direct': return api.createTrueworkDirectOrder(request.body, { signal });
  }
}

async function lookUp(api: TrueworkApi, request: OrderRequest): Promise<Order | undefined> {
  const { findLostOrder } = await import('../../truework/correlate.ts');
  const metadata = request.kind === 'truework-direct' ? request.body.targets[0]?.metadata : request.body.metadata;
  const found = await findLostOrder(api, {
    metadata: { key: CORRELATION_KEY, value: metadata?.[CORRELATION_KEY] ?? '' },
    ...(typeof request.body.search_key === 'string' && { searchKey: request.body.search_key }),
  });
  if (found.known === 'created') return found.order;
  await vscode.window.showWarningMessage(found.known === 'not-found'
    ? vscode.l10n.t('The answer to the new order was lost, and Truework does not list the order: it was most likely not created. You can create it again.')
    : vscode.l10n.t('The answer to the new order was lost, and it could not be looked up. Refresh the orders before you create it again.'));
  return undefined;
}

/** There is no connection yet: say which two ways there are. */
export async function offerConnection(): Promise<void> {
  const add = vscode.l10n.t('Add API Key…');
  const start = vscode.l10n.t('Start Local Sandbox');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('There is no Truework connection yet. Add a sandbox key, or try everything with the local sandbox.'), add, start,
  );
  if (answer === add) await vscode.commands.executeCommand('truework.addApiKey');
  if (answer === start) await vscode.commands.executeCommand('truework.startLocalSandbox');
}
