import path from 'node:path';
import * as vscode from 'vscode';
import { GitError } from '../../secrets/git/error.ts';
import type { History } from '../../secrets/git/history.ts';
import type { Histories } from '../verdicts/histories.ts';
import { progressText } from '../verdicts/history-progress.ts';
import { workspaceFoldersOnDisk } from '../workspace-folders.ts';
import type { UnknownVerdict } from '../../secrets/verdict.ts';
import { OLDEST_GIT } from '../../secrets/git/version.ts';
import {
  isUndetermined,
  isRepositoryState,
  type Repositories,
  type RepositoryState,
} from '../verdicts/repositories.ts';
import { showInformation, showWarning, withProgress } from '../../ui/show.ts';

interface ScanHistoryDeps {
  readonly histories: Histories;
  readonly repositories: Repositories;
}

/** Scans the histories of the workspace's repositories now, or waits for a scan that is running. */
export async function scanHistoryNow({ histories, repositories }: ScanHistoryDeps): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const manage = vscode.l10n.t('Manage Workspace Trust');
    const answer = await showWarning(
      vscode.l10n.t('The git history cannot be scanned in Restricted Mode, because git does not run there.'),
      manage,
    );
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  const found = new Set<RepositoryState>();
  let undetermined: UnknownVerdict | undefined;
  for (const { fsPath } of workspaceFoldersOnDisk()) {
    const state = await repositories.ofFolder(fsPath);
    if (isRepositoryState(state)) found.add(state);
    else if (isUndetermined(state)) undetermined = state;
  }
  if (undetermined !== undefined) await showWarning(undeterminedText(undetermined));
  if (found.size === 0) {
    if (undetermined !== undefined) return;
    await showInformation(vscode.l10n.t('None of the open folders is in a git repository.'));
    return;
  }
  await vscode.commands.executeCommand('truework.leakedKeys.focus');
  const scanned: History[] = [];
  await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Scanning the git history for leaked keys'),
      cancellable: true,
    },
    async (report, _signal, token) => {
      const listener = histories.onDidProgress(() => {
        const { running } = histories;
        if (running?.progress !== undefined) report(progressText(running.progress));
      });
      try {
        for (const state of found) {
          const history = token.isCancellationRequested ? undefined : await histories.scan(state, token);
          if (history !== undefined) scanned.push(history);
        }
      } finally {
        listener.dispose();
      }
    },
  );
  for (const state of found) {
    const failure = histories.failureOf(state);
    if (failure !== undefined)
      await showWarning(
        vscode.l10n.t(
          'The history of {0} was not scanned. {1}',
          path.basename(state.repository.folder),
          failure instanceof GitError ? failure.message : vscode.l10n.t('See the Truework log for details.'),
        ),
      );
  }
  if (scanned.length === 0) return;
  const keys = new Set(
    scanned.flatMap(({ hits }) =>
      [...hits.values()].filter(({ firstCommit }) => firstCommit !== undefined).map(({ keyHash }) => keyHash),
    ),
  ).size;
  const commitCount = scanned.reduce((sum, history) => sum + history.commits, 0);
  const commits =
    commitCount === 1
      ? vscode.l10n.t('1 commit')
      : vscode.l10n.t('{0} commits', commitCount.toLocaleString(vscode.env.language));
  const damaged = scanned.some(({ unreadable }) => unreadable > 0);
  const incomplete = !damaged && scanned.some(({ incompleteBecause }) => incompleteBecause !== undefined);
  const show = vscode.l10n.t('Show Leaked Keys');
  const answer = await showInformation(
    [
      keys === 0
        ? vscode.l10n.t('No key found in {0}.', commits)
        : keys === 1
          ? vscode.l10n.t('1 key found in {0}.', commits)
          : vscode.l10n.t('{0} keys found in {1}.', keys, commits),
      ...(damaged
        ? [vscode.l10n.t('Some objects are missing or damaged and could not be read. Run "git fsck" to list them.')]
        : []),
      ...(incomplete
        ? [vscode.l10n.t('The local history is incomplete: earlier commits or some objects are missing.')]
        : []),
    ].join(' '),
    ...(keys === 0 ? [] : [show]),
  );
  if (answer === show) await vscode.commands.executeCommand('truework.showLeakedKeys');
}

/** Why git could not determine whether a folder is in a repository. */
function undeterminedText({ reason }: UnknownVerdict): string {
  switch (reason) {
    case 'timeout':
      return vscode.l10n.t(
        'The history was not scanned: git did not answer in time. Check that the files of the repository can be read, then try again.',
      );
    case 'unreadable':
      return vscode.l10n.t(
        'The history was not scanned: part of the repository could not be read. Run "git fsck" to see what is damaged.',
      );
    case 'old-git':
      return vscode.l10n.t(
        'The history was not scanned: the installed git is too old. Install git {0} or newer, then try again.',
        OLDEST_GIT.join('.'),
      );
    default:
      return vscode.l10n.t('The history was not scanned: git failed. See the Truework log for details.');
  }
}
