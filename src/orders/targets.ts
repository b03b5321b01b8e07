/** Which orders or reports a command is about: those of its rows, or a question. */
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

/** The orders whose rows these are. */
export function ordersOf(rows: readonly unknown[]): readonly Order[] {
  const orders = rows.flatMap((row) => (row instanceof OrderNode ? [row.order] : []));
  return [...new Map(orders.map((order) => [order.id, order])).values()];
}

/** The Truework ID behind a row. */
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

/** What a command wants to do with a report. */
export interface ReportQuery {
  readonly title: string;
  /** Which reports it can be done with; all, when left out. */
  readonly accept?: (verification: VerificationRequest, report: Report) => boolean;
  /** Said when there is no such report. */
  readonly none: string;
}

/** The reports of the rows; without any, one of the loaded orders that the user picks. */
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

/** The report of the rows, or one that the user picks: of several rows one of theirs. */
export async function chooseReport(
  store: OrderStore,
  connectionId: string,
  rows: readonly unknown[],
  query: ReportQuery,
): Promise<ReportTarget | undefined> {
  const nodes = reportNodesOf(rows);
  const [only, ...others] = nodes;
  if (only === undefined) return pickReport(store, connectionId, query);
  if (others.length === 0) return targetOf(only);
  return pickOf(
    nodes.map((node) => reportItem(node.parent.parent.order, node.report, targetOf(node))),
    query,
  );
}

/** The rows that are reports. */
export function reportNodesOf(rows: readonly unknown[]): readonly ReportNode[] {
  return [...new Set(rows.filter((row) => row instanceof ReportNode))];
}

function targetOf({ report, parent: { parent } }: ReportNode): ReportTarget {
  return { connectionId: parent.connectionId, reportId: report.id, orderId: parent.order.id };
}

interface ReportItem extends vscode.QuickPickItem {
  readonly target: ReportTarget;
}

function reportItem(order: Order, report: Report, target: ReportTarget): ReportItem {
  const description = [report.employer?.name, vscode.l10n.t('as of {0}', report.current_as_of)];
  return {
    label: applicantName(order),
    description: description.filter(Boolean).join(' · '),
    iconPath: new vscode.ThemeIcon('file'),
    target,
  };
}

async function pickReport(
  store: OrderStore,
  connectionId: string,
  query: ReportQuery,
): Promise<ReportTarget | undefined> {
  if (!(await loadOrders(store))) return undefined;
  const { accept = () => true } = query;
  const items = store.loaded.flatMap((order) =>
    (order.verification_requests ?? []).flatMap((verification) =>
      (verification.reports ?? [])
        .filter((report) => accept(verification, report))
        .map((report) => reportItem(order, report, { connectionId, reportId: report.id, orderId: order.id })),
    ),
  );
  return pickOf(items, query);
}

async function pickOf(items: readonly ReportItem[], { title, none }: ReportQuery): Promise<ReportTarget | undefined> {
  if (items.length === 0) {
    await showInformation(none);
    return undefined;
  }
  const chosen = await pick({ title, items, placeholder: vscode.l10n.t('Which report?') });
  return chosen === undefined || chosen === BACK ? undefined : chosen.target;
}
