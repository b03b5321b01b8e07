import * as vscode from 'vscode';
import { sessionOrOffer } from '../../connections/index.ts';
import type { TrueworkApi } from '../../truework/client.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { Documents } from '../../documents/index.ts';
import type { OrderRequest } from '../sending/draft.ts';
import type { Drafts } from '../sending/drafts.ts';
import { draftFingerprint, type UnresolvedOrders } from '../sending/unresolved-orders.ts';
import { sendAndReport, type SendDeps } from './send-order.ts';

export interface CreateDeps extends SendDeps {
  readonly documents: Documents;
  readonly ledger: UnresolvedOrders;
  readonly drafts: Drafts;
}

export async function createOrder(deps: CreateDeps): Promise<void> {
  const { sessions, lock, documents, drafts, ledger } = deps;
  const session = await sessionOrOffer(sessions);
  if (!session) return;
  const { connection } = session;
  if (!(await lock.ensureUnlocked(connection))) return;
  const { OrderWizard } = await import('../create/wizard.ts');
  const made = await new OrderWizard({ connection, documents, drafts, ledger }).run();
  if (!made) return;
  const { draft, draftId, correlation, request } = made;
  await sendAndReport(deps, {
    connection,
    title: vscode.l10n.t('Creating the order…'),
    outgoing: {
      id: correlation,
      kind: draft.kind,
      applicant: made.applicant,
      sentAt: Date.now(),
      fingerprint: draftFingerprint(draft),
      draftId,
      ...(draft.searchKey !== undefined && { searchKey: draft.searchKey }),
    },
    post: (current, signal) => post(current, request, signal),
  });
}

async function post(api: TrueworkApi, request: OrderRequest, signal: AbortSignal): Promise<Order> {
  switch (request.kind) {
    case 'target-employer':
      return api.createTargetEmployerOrder(request.body, { signal });
    case 'employer-search':
      return api.createEmployerSearchOrder(request.body, { signal });
    case 'truework-direct':
      return api.createTrueworkDirectOrder(request.body, { signal });
  }
}
