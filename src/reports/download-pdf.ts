import * as vscode from 'vscode';
import type { Session } from '../connections/index.ts';
import { showInformation, withProgress } from '../ui/show.ts';

/** Downloads a report to a file that the user chooses. @returns false if the user canceled */
export async function downloadPdf({ api }: Session, reportId: string): Promise<boolean> {
  const name = `truework-report-${reportId.slice(-8).replaceAll(/[^\w-]/g, '_')}.pdf`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Download Report PDF'),
    filters: { PDF: ['pdf'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (!target) return false;
  await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Downloading the report…'),
      cancellable: true,
    },
    async (_report, signal) => {
      await vscode.workspace.fs.writeFile(target, await api.getReportPdf(reportId, { signal }));
    },
  );
  void offerToOpen(target);
  return true;
}

async function offerToOpen(file: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open');
  const answer = await showInformation(
    vscode.l10n.t('Report saved. It contains personal data: keep it out of version control.'),
    open,
  );
  if (answer === open) await vscode.commands.executeCommand('vscode.open', file);
}
