import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import type { ScannedFileClass } from '../../secrets/scan/files.ts';
import type { Summary } from '../../secrets/scan/scan-files.ts';
import type { ClosedFiles } from '../sources/closed-files.ts';
import { workspaceFiles } from '../sources/workspace-files.ts';
import type { SettingsReader } from '../settings.ts';
import { workspaceFoldersOnDisk } from '../workspace-folders.ts';
import type { LeakStore } from '../store.ts';
import type { Repositories } from '../verdicts/repositories.ts';
import { showInformation, withProgress } from '../../ui/show.ts';

interface ScanWorkspaceDeps {
  readonly store: LeakStore;
  readonly settings: SettingsReader;
  readonly files: ClosedFiles;
  readonly repositories: Repositories;
  readonly worker: string;
  readonly log: Log;
}

/** Scans every file of the workspace. The view shows findings as they come in. */
export async function scanWorkspace(deps: ScanWorkspaceDeps): Promise<void> {
  const folders = workspaceFoldersOnDisk();
  if (folders.length === 0) {
    await showInformation(vscode.l10n.t('Open a folder on disk first, then scan it for leaked keys.'));
    return;
  }
  await vscode.commands.executeCommand('truework.leakedKeys.focus');
  const started = Date.now();
  const summaries: Summary[] = [];
  const gitFailures: unknown[] = [];
  const onGitFailure = (error: unknown) => {
    gitFailures.push(error);
    if (error !== undefined) deps.log.error('Git did not list the files of the workspace', error);
  };
  await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Scanning for leaked keys'),
      cancellable: true,
    },
    async (report, signal) => {
      const earlier = new Set(
        deps.store
          .documentsFrom('file')
          .filter((uri) => vscode.workspace.getWorkspaceFolder(uri) !== undefined)
          .map(({ fsPath }) => fsPath),
      );
      let before = 0;
      for (const folder of folders) {
        if (signal.aborted) break;
        const files = workspaceFiles(folder, {
          repositories: vscode.workspace.isTrusted ? deps.repositories : undefined,
          worker: deps.worker,
          settings: deps.settings.for(folder),
          signal,
          onGitFailure,
        });
        const summary = await deps.files.scan(folder.fsPath, files, {
          signal,
          onFile: ({ path }) => {
            earlier.delete(path);
          },
          onProgress: (done, keys) => {
            report(vscode.l10n.t('{0} files, {1} keys', (before + done).toLocaleString(vscode.env.language), keys));
          },
        });
        summaries.push(summary);
        before += total(summary);
      }
      // Findings of an earlier scan that this one did not confirm.
      if (!signal.aborted) for (const file of earlier) deps.store.drop(vscode.Uri.file(file), 'file');
    },
  );
  deps.files.watch();
  deps.log.info(
    `Scanned ${summaries.reduce((sum, summary) => sum + total(summary), 0)} files in ${Date.now() - started} ms.`,
  );
  const show = vscode.l10n.t('Show Leaked Keys');
  const text = summaryText(summaries);
  const answer = await showInformation(
    gitFailures.length > 0
      ? `${text} ${vscode.l10n.t('Git did not answer, so it is unknown which files it tracks.')}`
      : text,
    ...(summaries.some(({ findings }) => findings > 0) ? [show] : []),
  );
  if (answer === show) await vscode.commands.executeCommand('truework.showLeakedKeys');
}

function total({ read }: Summary): number {
  return Object.values(read).reduce((sum, count) => sum + count, 0);
}

/** The numbers of files by class, of findings, and of files that were skipped. */
function summaryText(summaries: readonly Summary[]): string {
  const number = (count: number) => count.toLocaleString(vscode.env.language);
  const sum = (of: (summary: Summary) => number) => summaries.reduce((all, summary) => all + of(summary), 0);
  const read = (kind: ScannedFileClass) => sum((summary) => summary.read[kind]);
  const kinds = [
    read('tracked') > 0 && vscode.l10n.t('{0} tracked', number(read('tracked'))),
    read('untracked') > 0 && vscode.l10n.t('{0} untracked', number(read('untracked'))),
    read('ignored') > 0 && vscode.l10n.t('{0} ignored', number(read('ignored'))),
    read('no-repository') > 0 && vscode.l10n.t('{0} outside git', number(read('no-repository'))),
  ].filter((kind) => kind !== false);
  const findings = sum((summary) => summary.findings);
  const files = sum(total) === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', number(sum(total)));
  const canceled = summaries.some((summary) => summary.canceled);
  const unreadable = sum((summary) => summary.unreadable.length);
  const linksOutside = sum((summary) => summary.linksOutside);
  const sentences = [
    canceled && vscode.l10n.t('The scan was canceled.'),
    sum(total) === 0
      ? !canceled && vscode.l10n.t('There were no files to scan.')
      : findings === 0
        ? vscode.l10n.t('No leaked key in {0} ({1}).', files, kinds.join(', '))
        : findings === 1
          ? vscode.l10n.t('1 leaked key in {0} ({1}).', files, kinds.join(', '))
          : vscode.l10n.t(
              '{0} leaked keys in {1} of {2} ({3}).',
              number(findings),
              number(sum((summary) => summary.filesWithKeys)),
              files,
              kinds.join(', '),
            ),
    unreadable === 1
      ? vscode.l10n.t('1 file could not be read.')
      : unreadable > 1 && vscode.l10n.t('{0} files could not be read.', number(unreadable)),
    linksOutside === 1
      ? vscode.l10n.t('1 link out of the folder was not followed.')
      : linksOutside > 1 && vscode.l10n.t('{0} links out of the folder were not followed.', number(linksOutside)),
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}
