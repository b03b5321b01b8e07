import * as vscode from 'vscode';
import type { ProductionLock, Sessions } from '../../connections/index.ts';
import { isReverifiable, REVERIFICATION_DAYS } from '../../truework/state.ts';
import { BACK, pick } from '../../ui/steps.ts';
import { ReportNode } from '../nodes/reportNode.ts';
import type { OrdersView } from '../ordersView.ts';
import type { OrderStore } from '../store.ts';
import { pickReport, reportOf } from '../targets.ts';
import { offerConnection } from './createOrder.ts';
import { sendOnce } from './lostOrder.ts';
import { showInformation, withProgress } from '../../ui/show.ts';

export interface ReverifyDeps {
  readonly sessions: Sessions;
  readonly lock: ProductionLock;
  readonly store: OrderStore;
  readonly view: OrdersView;
}

/** Asks Truework to verify again what a report says; that makes a new order. */
export async function reverifyReport({ sessions, lock, store, view }: ReverifyDeps, args: readonly unknown[]): Promise<void> {
  const session = await sessions.current();
  if (!session) {
    await offerConnection();
    return;
  }
  const [row] = args;
  if (row instanceof ReportNode && !isReverifiable(row.parent.verification, row.report, Date.now())) {
    await showInformation(vscode.l10n.t('A report can be reverified for {0} days after its verification was completed. Create a new order instead.', REVERIFICATION_DAYS));
    return;
  }
  const target = reportOf(args) ?? await pickReport(store, session.connection.id, vscode.l10n.t('Reverify Report'), true,
    vscode.l10n.t('None of the loaded orders has a report that can be reverified: it must be completed and at most {0} days old.', REVERIFICATION_DAYS));
  if (target?.connectionId !== session.connection.id || !await lock.ensureUnlocked(session.connection)) return;
  const how = await pick({
    title: vscode.l10n.t('Reverify Report'),
    placeholder: vscode.l10n.t('A new order is made. Possible for {0} days after completion.', REVERIFICATION_DAYS),
    items: [
      { label: vscode.l10n.t('Asynchronous'), detail: vscode.l10n.t('Answered as pending; watch the new order.'), sync: 'async' as const },
      { label: vscode.l10n.t('Synchronous'), detail: vscode.l10n.t('Answered completed or canceled; only where the first verification was synchronous too (employer search).'), sync: 'sync' as const },
    ],
  });
  if (how === undefined || how === BACK) return;
  const { api } = session;
  const order = await withProgress({ location: { viewId: 'truework.orders' } }, async () => (
    sendOnce(api, () => api.reverify({ report_id: target.reportId }, { sync: how.sync }), {
      parentOrderId: target.orderId, since: Date.now(), known: new Set(store.loaded.map(({ id }) => id)),
    })
  ));
  if (!order || !sessions.isCurrent(session)) return;
  store.created(order);
  await view.reveal(order.id);
}
