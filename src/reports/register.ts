import * as vscode from 'vscode';
import type { ConnectionsRoom } from '../connections/index.ts';
import type { OrdersFeature } from '../orders/index.ts';
import type { Commands } from '../ui/commands.ts';
import { Documents } from '../documents/documents.ts';
import type { Lazy } from '../ui/lazy.ts';

export interface ReportsDeps {
  readonly commands: Commands;
  readonly connections: Lazy<ConnectionsRoom>;
  readonly documents: Documents;
  readonly orders: OrdersFeature;
}

/** Reports as read-only JSON, and as PDF. */
export function registerReports({ commands, connections, documents, orders }: ReportsDeps): void {
  const session = async (connectionId: string) => (await connections.get()).sessions.byId(connectionId);
  documents.serve('reports', async (connectionId, id) => (await session(connectionId)).api.getReport(id));

  commands.add('truework.openReport', async (...args) => {
    const target = await orders.chooseReport(args, vscode.l10n.t('Open Report'));
    if (target) await documents.show(Documents.uri(target.connectionId, 'reports', target.reportId));
  });
  commands.add('truework.downloadReportPdf', async (...args) => {
    const target = await orders.chooseReport(args, vscode.l10n.t('Download Report PDF'));
    if (!target) return;
    const { downloadPdf } = await import('./download-pdf.ts');
    await downloadPdf(await session(target.connectionId), target.reportId);
  });
}
