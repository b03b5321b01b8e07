import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { sessionOrOffer } from '../../connections/index.ts';
import type { VerificationRequest } from '../../truework/schemas/order.ts';
import type { Report } from '../../truework/schemas/report.ts';
import { REVERIFICATION_DAYS } from '../../truework/facts.ts';
import { isReverifiable } from '../../truework/state.ts';
import { showInformation, withProgress } from '../../ui/show.ts';
import { BACK, pick } from '../../ui/steps.ts';
import { applicantName } from '../nodes/order-node.ts';
import { prepareReverification } from '../sending/reverification.ts';
import { reverificationFingerprint } from '../sending/unresolved-orders.ts';
import { chooseReport, reportNodesOf } from '../targets.ts';
import { sendAndReport, type SendDeps } from './send-order.ts';

/** Asks Truework to verify again what a report says; that makes a new order. */
export async function reverifyReport(deps: SendDeps, rows: readonly unknown[]): Promise<void> {
  const { sessions, lock, store } = deps;
  const session = await sessionOrOffer(sessions);
  if (!session) return;
  const { connection, api } = session;
  const isAccepted = (verification: VerificationRequest, report: Report) =>
    isReverifiable(verification, report, api.serverNow() ?? Date.now());
  const given = reportNodesOf(rows);
  const accepted = given.filter(({ parent, report }) => isAccepted(parent.verification, report));
  if (given.length > 0 && accepted.length === 0) {
    await showInformation(
      vscode.l10n.t(
        'A report can be reverified for {0} days after its verification was completed. Create a new order instead.',
        REVERIFICATION_DAYS,
      ),
    );
    return;
  }
  const target = await chooseReport(store, connection.id, accepted, {
    title: vscode.l10n.t('Reverify Report'),
    accept: isAccepted,
    none: vscode.l10n.t(
      'None of the loaded orders has a report that can be reverified: it must be completed and at most {0} days old.',
      REVERIFICATION_DAYS,
    ),
  });
  if (target?.connectionId !== connection.id || !(await lock.ensureUnlocked(connection))) return;
  const how = await pick({
    title: vscode.l10n.t('Reverify Report'),
    placeholder: vscode.l10n.t('A new order is made. Possible for {0} days after completion.', REVERIFICATION_DAYS),
    items: [
      {
        label: vscode.l10n.t('Asynchronous'),
        detail: vscode.l10n.t('Answered as pending; watch the new order.'),
        sync: 'async' as const,
      },
      {
        label: vscode.l10n.t('Synchronous'),
        detail: vscode.l10n.t(
          'Answered completed or canceled; only where the first verification was synchronous too (employer search).',
        ),
        sync: 'sync' as const,
      },
    ],
  });
  if (how === undefined || how === BACK) return;
  const parent = store.get(target.orderId);
  await sendAndReport(deps, {
    connection,
    title: vscode.l10n.t('Reverifying the report…'),
    outgoing: {
      id: randomUUID(),
      kind: 'reverification',
      applicant: parent ? applicantName(parent) : vscode.l10n.t('Unknown applicant'),
      sentAt: Date.now(),
      fingerprint: reverificationFingerprint(target.reportId),
      reverification: await withProgress({ location: { viewId: 'truework.orders' } }, () =>
        prepareReverification(api, target.orderId, store.loaded),
      ),
    },
    post: (current, signal) => current.reverify({ report_id: target.reportId }, { sync: how.sync, signal }),
  });
}
