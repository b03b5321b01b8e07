/** The orders or reports that a command acts on: those of its rows, or one that the user picks. */
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

/** The rows that are orders, each order once. */
export function orderNodesOf(rows: readonly unknown[]): readonly OrderNode[] {
  const nodes = rows.filter((row) => row instanceof OrderNode);
  return [...new Map(nodes.map((node) => [node.order.id, node])).values()];
}

/** The Truework ID of a row. */
export function idOf(row: unknown): string | undefined {
  if (row instanceof OrderNode) return row.order.id;
  if (row instanceof VerificationNode) return row.verification.id;
  if (row instanceof ReportNode) return row.report.id;
  return undefined;
}

/** Loads the orders unless they are loaded. @returns false if that failed; the user has been notified */
async function loadOrders(store: OrderStore): Promise<boolean> {
  await store.ensureLoaded();
  if (store.status.kind === 'failed') await store.refresh();
  if (store.status.kind !== 'failed') return true;
  await showErrorMessage(explainInOneLine(store.status.error));
  return false;
}

/**
 * Asks the user to pick one of the loaded orders.
 * @param accept which of them the command can act on
 * @param none the message if there is no such order
 * @returns undefined if there is none or the user canceled
 */
export async function pickOrder(
  store: OrderStore,
  title: string,
  accept: (order: Order) => boolean,
  none: string,
): Promise<Order | undefined> {
  if (!(await loadOrders(store))) return undefined;
  const items = store.loaded.filter(accept).map((order) => {
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
  const chosen = await pick({ title, items, placeholder: vscode.l10n.t('Select an order') });
  return chosen === undefined || chosen === BACK ? undefined : chosen.order;
}

/** Which reports a command can act on, and what it tells the user. */
export interface ReportQuery {
  readonly title: string;
  /** All reports by default. */
  readonly accept?: (verification: VerificationRequest, report: Report) => boolean;
  /** The message if there is no such report. */
  readonly none: string;
}

/** The reports of the rows; if there are none, one that the user picks from the loaded orders. */
export async function chooseReports(
  store: OrderStore,
  connectionId: string,
  rows: readonly unknown[],
  query: ReportQuery,
): Promise<readonly ReportTarget[]> {
  const given = reportNodesOf(rows).map(targetOf);
  if (given.length > 0) return given;
  const picked = await pickReport(store, connectionId, query);
  return picked ? [picked] : [];
}

/** The rows that are reports. */
export function reportNodesOf(rows: readonly unknown[]): readonly ReportNode[] {
  return [...new Set(rows.filter((row) => row instanceof ReportNode))];
}

function targetOf({ report, parent: { parent } }: ReportNode): ReportTarget {
  return { connectionId: parent.connectionId, reportId: report.id, orderId: parent.order.id };
}

async function pickReport(
  store: OrderStore,
  connectionId: string,
  { title, none, accept = () => true }: ReportQuery,
): Promise<ReportTarget | undefined> {
  if (!(await loadOrders(store))) return undefined;
  const items = store.loaded.flatMap((order) =>
    (order.verification_requests ?? []).flatMap((verification) =>
      (verification.reports ?? [])
        .filter((report) => accept(verification, report))
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
  const chosen = await pick({ title, items, placeholder: vscode.l10n.t('Select a report') });
  return chosen === undefined || chosen === BACK ? undefined : chosen.target;
}
