import * as vscode from 'vscode';
import { sessionOrOffer, type ProductionLock, type Session, type Sessions } from '../../connections/index.ts';
import { CancellationReason } from '../../truework/schemas/enums.ts';
import type { TrueworkApi } from '../../truework/client.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { CancelOrderRequest } from '../../truework/schemas/requests.ts';
import { canCancel } from '../../truework/state.ts';
import type { Log } from '../../ui/log.ts';
import { explain } from '../../ui/messages.ts';
import { input, outcome, pick, runSteps } from '../../ui/steps.ts';
import { plain } from '../../ui/text.ts';
import { applicantName } from '../nodes/order-node.ts';
import { cancelOrders, type CancelOutcome, type CancelResult } from '../sending/cancel-orders.ts';
import type { OrderStore } from '../store.ts';
import { orderNodesOf, pickOrder } from '../targets.ts';
import { confirm, showErrorMessage, showInformation, showWarning, withProgress } from '../../ui/show.ts';

export interface CancelDeps {
  readonly sessions: Sessions;
  readonly lock: ProductionLock;
  readonly store: OrderStore;
  readonly log: Log;
}

export async function cancelOrder({ sessions, lock, store, log }: CancelDeps, rows: readonly unknown[]): Promise<void> {
  const session = await sessionOrOffer(sessions);
  if (!session) return;
  const orders = await chooseOrders(store, session.connection.id, rows);
  if (orders.length === 0 || !(await lock.ensureUnlocked(session.connection))) return;
  const request = await askReason(orders);
  if (!request || !(await confirmCanceling(session, orders))) return;
  // Polling may meanwhile bring a newer response than that of an earlier request.
  let requestedAt = store.stamp();
  const api: Pick<TrueworkApi, 'cancelOrder' | 'getOrder'> = {
    cancelOrder: (id, body) => session.api.cancelOrder(id, body),
    getOrder: (id) => {
      requestedAt = store.stamp();
      return session.api.getOrder(id);
    },
  };
  const results = await withProgress({ location: { viewId: 'truework.orders' } }, async () =>
    cancelOrders(api, orders, request, {
      onOrder: (order) => {
        if (sessions.isCurrent(session)) store.update(order, requestedAt);
      },
      onError: (orderId, error) => {
        log.error(`Canceling order ${orderId}`, error);
      },
    }),
  );
  if (sessions.isCurrent(session)) store.acted();
  await report(results, session.connection.alias);
}

/**
 * The orders of the rows that can be canceled, or else one that the user picks. Rows of another connection are ignored.
 */
async function chooseOrders(
  store: OrderStore,
  connectionId: string,
  rows: readonly unknown[],
): Promise<readonly Order[]> {
  const chosen = orderNodesOf(rows)
    .filter((node) => node.connectionId === connectionId)
    .map(({ order }) => order);
  if (chosen.length > 0) {
    const cancelable = chosen.filter(canCancel);
    if (cancelable.length === 0)
      await showInformation(vscode.l10n.t('Nothing to cancel: all verification requests have ended.'));
    return cancelable;
  }
  const order = await pickOrder(
    store,
    vscode.l10n.t('Cancel Order'),
    canCancel,
    vscode.l10n.t('None of the loaded orders can be canceled.'),
  );
  return order ? [order] : [];
}

async function askReason(orders: readonly Order[]): Promise<CancelOrderRequest | undefined> {
  const title = orders.length === 1 ? vscode.l10n.t('Cancel Order') : vscode.l10n.t('Cancel {0} Orders', orders.length);
  const reasons: Record<CancellationReason, string> = {
    immediate: vscode.l10n.t('Canceled right after it was created'),
    'high-turnaround-time': vscode.l10n.t('It takes too long'),
    competitor: vscode.l10n.t('Verified by another provider'),
    'wrong-info': vscode.l10n.t('The information submitted was wrong'),
    other: vscode.l10n.t('Another reason'),
  };
  const items = CancellationReason.options.map((reason) => ({ label: reasons[reason], description: reason, reason }));
  let reason: CancellationReason = 'immediate';
  let details = '';
  const finished = await runSteps([
    async () =>
      outcome(
        await pick({
          title,
          step: 1,
          totalSteps: 2,
          items,
          placeholder: vscode.l10n.t('Reason for canceling (sent to Truework)'),
          active: items.find((item) => item.reason === reason),
        }),
        (item) => {
          reason = item.reason;
        },
      ),
    async () =>
      outcome(
        await input({
          title,
          step: 2,
          totalSteps: 2,
          back: true,
          value: details,
          prompt: vscode.l10n.t('Details for Truework (optional)'),
        }),
        (text) => {
          details = text.trim();
        },
      ),
  ]);
  return finished
    ? { cancellation_reason: reason, ...(details !== '' && { cancellation_details: details }) }
    : undefined;
}

async function confirmCanceling(session: Session, orders: readonly Order[]): Promise<boolean> {
  const [first] = orders;
  const proceed =
    orders.length === 1 ? vscode.l10n.t('Cancel Order') : vscode.l10n.t('Cancel {0} Orders', orders.length);
  const question =
    orders.length === 1 && first
      ? vscode.l10n.t('Cancel the order for {0} in {1}?', applicantName(first), session.connection.alias)
      : vscode.l10n.t('Cancel {0} orders in {1}?', orders.length, session.connection.alias);
  const names =
    orders.length > 1
      ? `${orders
          .slice(0, 10)
          .map((order) => plain(applicantName(order)))
          .join(', ')}${orders.length > 10 ? '…' : ''}\n\n`
      : '';
  const detail =
    names +
    vscode.l10n.t(
      'This cannot be undone. Every verification request that has not ended is canceled. Ended ones and their reports do not change.',
    );
  return (await confirm(question, detail, proceed)) === proceed;
}

/** The tree shows that a single order was canceled; everything else is reported, order by order. */
async function report(results: readonly CancelResult[], alias: string): Promise<void> {
  const canceled = results.filter(({ outcome }) => outcome === 'canceled');
  const [only] = results;
  if (results.length === 1) {
    if (only) await reportOne(only, alias);
    return;
  }
  await pick({
    title: vscode.l10n.t('{0} of {1} Orders Canceled', canceled.length, results.length),
    placeholder: vscode.l10n.t('The result for each order'),
    items: results.map(({ order, outcome, error }) => {
      const { text, icon, color } = appearance(outcome);
      const explanation = outcome === 'refused' || outcome === 'not-sent' ? explain(error) : undefined;
      return {
        label: applicantName(order),
        description: text,
        iconPath: new vscode.ThemeIcon(icon, new vscode.ThemeColor(color)),
        ...(explanation && { detail: `${explanation.message} ${explanation.advice}` }),
        ...(outcome === 'unknown' && {
          detail: vscode.l10n.t(
            'The response was lost, and Truework does not show the order as canceled yet. Watch its row.',
          ),
        }),
      };
    }),
  });
}

async function reportOne({ order, outcome, error }: CancelResult, alias: string): Promise<void> {
  switch (outcome) {
    case 'canceled':
      return;
    case 'ended':
      await showInformation(
        vscode.l10n.t('The order for {0} ended before it could be canceled.', applicantName(order)),
      );
      return;
    case 'unknown':
      await showWarning(
        vscode.l10n.t(
          'The response was lost. It is not known yet whether the order for {0} was canceled in "{1}". Its row shows when Truework has canceled it.',
          applicantName(order),
          alias,
        ),
      );
      return;
    case 'refused':
    case 'not-sent': {
      const { message, advice } = explain(error);
      await showErrorMessage(`${message} ${advice}`);
    }
  }
}

function appearance(outcome: CancelOutcome): { readonly text: string; readonly icon: string; readonly color: string } {
  switch (outcome) {
    case 'canceled':
      return { text: vscode.l10n.t('canceled'), icon: 'pass', color: 'testing.iconPassed' };
    case 'ended':
      return { text: vscode.l10n.t('already ended'), icon: 'info', color: 'charts.blue' };
    case 'refused':
      return { text: vscode.l10n.t('not canceled'), icon: 'error', color: 'testing.iconFailed' };
    case 'unknown':
      return { text: vscode.l10n.t('not known yet'), icon: 'question', color: 'list.warningForeground' };
    case 'not-sent':
      return { text: vscode.l10n.t('not sent'), icon: 'circle-slash', color: 'disabledForeground' };
  }
}
