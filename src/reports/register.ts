import * as vscode from 'vscode';
import type { Sessions } from '../connections/index.ts';
import type { OrdersFeature } from '../orders/index.ts';
import type { Commands } from '../ui/commands.ts';
import { Documents } from '../ui/documents.ts';

export interface ReportsDeps {
  readonly commands: Commands;
  readonly sessions: Sessions;
  readonly documents: Documents;
  readonly orders: OrdersFeature;
}

/** Reports as read-only JSON, and as PDF. */
export function registerReports({ commands, sessions, documents, orders }: ReportsDeps): void {
  documents.serve('reports', async (connectionId, id) => (await sessions.byId(connectionId)).api.getReport(id));

  commands.add('truework.openReport', async (...args) => {
    const target = await orders.chooseReport(args, vscode.l10n.t('Open Report'));
    if (target) await vscode.window.showTextDocument(Documents.uri(target.connectionId, 'reports', target.reportId), { preview: true });
  });
  commands.add('truework.downloadReportPdf', async (...args) => {
    const target = await orders.chooseReport(args, vscode.l10n.t('Download Report PDF'));
    if (!target) return;
    const { downloadPdf } = await import('./downloadPdf.ts');
    await downloadPdf(await sessions.byId(target.connectionId), target.reportId);
  });
}
