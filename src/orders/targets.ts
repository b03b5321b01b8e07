/** Which orders or reports a command is about: tree rows it was called on, the selection, or a question. */
import * as vscode from 'vscode';
import type { Order, VerificationRequest } from '../truework/schemas/order.ts';
import type { Report } from '../truework/schemas/report.ts';
import { createdAt, employersOf, orderState } from '../truework/state.ts';
import { age } from '../ui/age.ts';
import { BACK, pick } from '../ui/steps.ts';
import { applicantName, OrderNode } from './nodes/order-node.ts';
import { ReportNode } from './nodes/report-node.ts';
import { stateIcon, stateName } from './nodes/states.ts';
import { VerificationNode } from './nodes/verification-node.ts';
import type { OrderStore } from './store.ts';
import { explainInOneLine } from '../ui/messages.ts';
import { showErrorMessage, showInformation } from '../ui/show.ts';

export interface ReportTarget {
  readonly connectionId: string;
  readonly reportId: string;
  /** The order that the report belongs to. */
  readonly orderId: string;
}

/**
 * The rows a command was called on. VS Code passes the row under the pointer and all selected rows; other extensions
 * may pass anything, which is ignored.
 */
export function rowsOf(args: readonly unknown[]): readonly unknown[] {
  const [row, rows] = args;
  return Array.isArray(rows) && rows.includes(row) ? rows : [row];
}

export function ordersOf(args: readonly unknown[]): readonly Order[] {
  const orders = rowsOf(args).flatMap((row) => (row instanceof OrderNode ? [row.order] : []));
  return [...new Map(orders.map((order) => [order.id, order])).values()];
}

export function reportOf(args: readonly unknown[]): ReportTarget | undefined {
  const [row] = args;
  return row instanceof ReportNode
    ? { connectionId: row.parent.parent.connectionId, reportId: row.report.id, orderId: row.parent.parent.order.id }
    : undefined;
}

/** The Truework id behind a row. */
export function idOf(row: unknown): string | undefined {
  if (row instanceof OrderNode) return row.order.id;
  if (row instanceof VerificationNode) return row.verification.id;
  if (row instanceof ReportNode) return row.report.id;
  return undefined;
}

/** Loads the orders unless they are. @returns false when that failed, which the user has been told */
async function loadOrders(store: OrderStore): Promise<boolean> {
  await store.ensureLoaded();
  if (store.status.kind === 'failed') await store.refresh();
  if (store.status.kind !== 'failed') return true;
  await showErrorMessage(explainInOneLine(store.status.error));
  return false;
}

/** Asks for one of the loaded orders. @returns undefined when there is none or the person gave up. */
export async function pickOrder(
  store: OrderStore,
  title: string,
  suits: (order: Order) => boolean,
  none: string,
): Promise<Order | undefined> {
  if (!(await loadOrders(store))) return undefined;
  const items = store.loaded.filter(suits).map((order) => {
    const created = createdAt(order);
    return {
      label: applicantName(order),
      description: [employersOf(order).join(', '), stateName(orderState(order)), created && age(created, 'long')]
        .filter(Boolean)
        .join(' · '),
      iconPath: stateIcon(orderState(order)),
      order,
    };
  });
  if (items.length === 0) {
    await showInformation(none);
    return undefined;
  }
  const chosen = await pick({ title, items, placeholder: vscode.l10n.t('Which order?') });
  return chosen === undefined || chosen === BACK ? undefined : chosen.order;
}

/** Asks for one of the reports of the loaded orders. */
export async function pickReport(
  store: OrderStore,
  connectionId: string,
  title: string,
  suits: (verification: VerificationRequest, report: Report) => boolean,
  none: string,
): Promise<ReportTarget | undefined> {
  if (!(await loadOrders(store))) return undefined;
  const items = store.loaded.flatMap((order) =>
    (order.verification_requests ?? []).flatMap((verification) =>
      (verification.reports ?? [])
        .filter((report) => suits(verification, report))
        .map((report) => ({
          label: applicantName(order),
          description: [report.employer?.name, vscode.l10n.t('as of {0}', report.current_as_of)]
            .filter(Boolean)
            .join(' · '),
          iconPath: new vscode.ThemeIcon('file'),
          target: { connectionId, reportId: report.id, orderId: order.id },
        })),
    ),
  );
  if (items.length === 0) {
    await showInformation(none);
    return undefined;
  }
  const chosen = await pick({ title, items, placeholder: vscode.l10n.t('Which report?') });
  return chosen === undefined || chosen === BACK ? undefined : chosen.target;
}
