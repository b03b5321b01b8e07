import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { isReverifiable, REVERIFICATION_DAYS } from '../../truework/state.ts';
import { showInformation, withProgress } from '../../ui/show.ts';
import { BACK, pick } from '../../ui/steps.ts';
import { applicantName } from '../nodes/order-node.ts';
import { ReportNode } from '../nodes/report-node.ts';
import { prepareReverification } from '../sending/reverification.ts';
import { reverificationFingerprint } from '../sending/unresolved-orders.ts';
import { pickReport, reportOf } from '../targets.ts';
import { offerConnection } from './create-order.ts';
import { sendAndReport, type SendDeps } from './send-order.ts';

/** Asks Truework to verify again what a report says; that makes a new order. */
export async function reverifyReport(deps: SendDeps, args: readonly unknown[]): Promise<void> {
  const { sessions, lock, store } = deps;
  const session = await sessions.current();
  if (!session) {
    await offerConnection();
    return;
  }
  const { connection, api } = session;
  const [row] = args;
  if (
    row instanceof ReportNode &&
    !isReverifiable(row.parent.verification, row.report, api.serverNow() ?? Date.now())
  ) {
    await showInformation(
      vscode.l10n.t(
        'A report can be reverified for {0} days after its verification was completed. Create a new order instead.',
        REVERIFICATION_DAYS,
      ),
    );
    return;
  }
  const target =
    reportOf(args) ??
    (await pickReport(
      store,
      connection.id,
      vscode.l10n.t('Reverify Report'),
      (verification, report) => isReverifiable(verification, report, api.serverNow() ?? Date.now()),
      vscode.l10n.t(
        'None of the loaded orders has a report that can be reverified: it must be completed and at most {0} days old.',
        REVERIFICATION_DAYS,
      ),
    ));
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
