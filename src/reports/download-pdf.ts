import * as vscode from 'vscode';
import type { Session } from '../connections/index.ts';
import { showInformation, withProgress } from '../ui/show.ts';

/** Asks where to, then fetches and writes: a report goes nowhere that the person did not choose. */
export async function downloadPdf({ api }: Session, reportId: string): Promise<void> {
  const name = `truework-report-${reportId.slice(-8).replaceAll(/[^\w-]/g, '_')}.pdf`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Download Report PDF'),
    filters: { PDF: ['pdf'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (!target) return;
  const saved = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Downloading the report…'),
      cancellable: true,
    },
    async (_report, signal) => {
      await vscode.workspace.fs.writeFile(target, await api.getReportPdf(reportId, { signal }));
      return true;
    },
  );
  if (!saved) return;
  const show = vscode.l10n.t('Open');
  const answer = await showInformation(
    vscode.l10n.t('Report saved. It holds personal data: keep it out of version control.'),
    show,
  );
  if (answer === show) await vscode.commands.executeCommand('vscode.open', target);
}
