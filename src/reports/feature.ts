import * as vscode from 'vscode';
import type { ConnectionsFeature } from '../connections/index.ts';
import { Documents } from '../documents/index.ts';
import type { OrdersFeature } from '../orders/index.ts';
import { registerCommand } from '../ui/commands.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Log } from '../ui/log.ts';

export interface ReportsDeps {
  readonly connections: ConnectionsFeature;
  readonly documents: Documents;
  readonly orders: OrdersFeature;
  readonly log: Log;
}

/** Reports as read-only JSON, and as PDF. */
export class ReportsFeature extends Disposable {
  constructor({ connections: { sessions }, documents, orders, log }: ReportsDeps) {
    super();
    documents.serve('reports', async (connectionId, id) => (await sessions.byId(connectionId)).api.getReport(id));
    this._register(
      registerCommand(log, 'truework.openReport', async (...args) => {
        const targets = await orders.chooseReports(args, vscode.l10n.t('Open Report'));
        for (const { connectionId, reportId } of targets)
          await documents.show(Documents.uri(connectionId, 'reports', reportId), { preview: targets.length === 1 });
      }),
    );
    this._register(
      registerCommand(log, 'truework.downloadReportPdf', async (...args) => {
        const targets = await orders.chooseReports(args, vscode.l10n.t('Download Report PDF'));
        const { downloadPdf } = await import('./download-pdf.ts');
        for (const { connectionId, reportId } of targets)
          if (!(await downloadPdf(await sessions.byId(connectionId), reportId))) return;
      }),
    );
  }
}
