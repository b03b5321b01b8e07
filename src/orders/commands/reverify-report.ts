import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { sessionOrOffer, type Session } from '../../connections/index.ts';
import type { RequestSync } from '../../truework/schemas/enums.ts';
import type { VerificationRequest } from '../../truework/schemas/order.ts';
import type { Report } from '../../truework/schemas/report.ts';
import { REVERIFICATION_DAYS } from '../../truework/facts.ts';
import { isReverifiable } from '../../truework/state.ts';
import { showInformation, withProgress } from '../../ui/show.ts';
import { BACK, pick } from '../../ui/steps.ts';
import { applicantName } from '../nodes/order-node.ts';
import { prepareReverification } from '../sending/reverification.ts';
import { reverificationFingerprint } from '../sending/unresolved-orders.ts';
import { chooseReports, reportNodesOf, type ReportTarget } from '../targets.ts';
import { sendAndReport, type SendDeps } from './send-order.ts';

/**
 * Verifies reports again, each in a new order: those of the rows that can be reverified, or else one that the user
 * picks.
 */
export async function reverifyReport(deps: SendDeps, rows: readonly unknown[]): Promise<void> {
  const { sessions, lock, store } = deps;
  const session = await sessionOrOffer(sessions);
  if (!session) return;
  const { connection, api } = session;
  const accept = (verification: VerificationRequest, report: Report) =>
    isReverifiable(verification, report, api.serverNow() ?? Date.now());
  const given = reportNodesOf(rows).filter(({ parent }) => parent.parent.connectionId === connection.id);
  const accepted = given.filter(({ parent, report }) => accept(parent.verification, report));
  if (given.length > 0 && accepted.length === 0) {
    await showInformation(
      vscode.l10n.t(
        'A report can be reverified for {0} days after its verification was completed. Create a new order instead.',
        REVERIFICATION_DAYS,
      ),
    );
    return;
  }
  const targets = await chooseReports(store, connection.id, accepted, {
    title: vscode.l10n.t('Reverify Report'),
    accept,
    none: vscode.l10n.t(
      'No loaded order has a report that can be reverified. Its verification must have been completed in the last {0} days.',
      REVERIFICATION_DAYS,
    ),
  });
  if (targets.length === 0 || !(await lock.ensureUnlocked(connection))) return;
  const sync = await askSync(targets.length);
  if (sync === undefined) return;
  for (const target of targets) {
    const statement = await reverify(deps, session, target, sync);
    // The user canceled, which is meant for the remaining ones, too.
    if (!statement || (statement.kind === 'unresolved' && statement.canceled)) return;
  }
}

/** @returns undefined if the user canceled */
async function askSync(reports: number): Promise<RequestSync | undefined> {
  const mode = await pick({
    title: reports === 1 ? vscode.l10n.t('Reverify Report') : vscode.l10n.t('Reverify {0} Reports', reports),
    placeholder:
      reports === 1
        ? vscode.l10n.t('Creates a new order. Available for {0} days after completion.', REVERIFICATION_DAYS)
        : vscode.l10n.t(
            'Creates {0} new orders. Available for {1} days after completion.',
            reports,
            REVERIFICATION_DAYS,
          ),
    items: [
      {
        label: vscode.l10n.t('Asynchronous'),
        detail: vscode.l10n.t('Returns immediately; the new order updates in the view.'),
        sync: 'async' as const,
      },
      {
        label: vscode.l10n.t('Synchronous'),
        detail: vscode.l10n.t(
          'Returns when the order is completed or canceled. Possible only if the first verification was synchronous, too (employer search).',
        ),
        sync: 'sync' as const,
      },
    ],
  });
  return mode === undefined || mode === BACK ? undefined : mode.sync;
}

async function reverify(
  deps: SendDeps,
  { connection, api }: Session,
  { orderId, reportId }: ReportTarget,
  sync: RequestSync,
): ReturnType<typeof sendAndReport> {
  const { store } = deps;
  const parent = store.get(orderId);
  return sendAndReport(deps, {
    connection,
    title: vscode.l10n.t('Reverifying the report…'),
    outgoing: {
      id: randomUUID(),
      kind: 'reverification',
      applicant: parent ? applicantName(parent) : vscode.l10n.t('Unknown applicant'),
      sentAt: Date.now(),
      fingerprint: reverificationFingerprint(reportId),
      reverification: await withProgress({ location: { viewId: 'truework.orders' } }, () =>
        prepareReverification(api, orderId, store.loaded),
      ),
    },
    post: (current, signal) => current.reverify({ report_id: reportId }, { sync, signal }),
  });
}
