import path from 'node:path';
import * as vscode from 'vscode';
import { GitError } from '../../secrets/git/error.ts';
import type { History } from '../../secrets/git/history.ts';
import type { Histories } from '../verdicts/histories.ts';
import { progressText } from '../verdicts/history-progress.ts';
import { workspaceFoldersOnDisk } from '../workspace-folders.ts';
import type { UnknownVerdict } from '../../secrets/verdict.ts';
import { OLDEST_GIT } from '../../secrets/git/version.ts';
import { isUndetermined, isRepository, type Repositories, type RepositoryState } from '../verdicts/repositories.ts';
import { showInformation, showWarning, withProgress } from '../../ui/show.ts';

export interface ScanHistoryDeps {
  readonly histories: Histories;
  readonly repositories: Repositories;
}

/** Searches the history of the workspace's repositories now, or joins the search that runs. */
export async function scanHistoryNow({ histories, repositories }: ScanHistoryDeps): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const manage = vscode.l10n.t('Manage Workspace Trust');
    const answer = await showWarning(
      vscode.l10n.t('Git is not run in Restricted Mode, so its history is not searched.'),
      manage,
    );
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  const found = new Set<RepositoryState>();
  let unknown: UnknownVerdict | undefined;
  for (const { fsPath } of workspaceFoldersOnDisk()) {
    const state = await repositories.ofFolder(fsPath);
    if (isRepository(state)) found.add(state);
    else if (isUndetermined(state)) unknown = state;
  }
  if (unknown !== undefined) await showWarning(unknownText(unknown));
  if (found.size === 0) {
    if (unknown !== undefined) return;
    await showInformation(vscode.l10n.t('None of the open folders is in a git repository.'));
    return;
  }
  await vscode.commands.executeCommand('truework.leakedKeys.focus');
  const searched: History[] = [];
  await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Searching the git history for leaked keys'),
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
          if (history !== undefined) searched.push(history);
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
          'The history of {0} was not searched. {1}',
          path.basename(state.repository.folder),
          failure instanceof GitError ? failure.message : vscode.l10n.t('See the Truework log for details.'),
        ),
      );
  }
  if (searched.length === 0) return;
  const keys = new Set(
    searched.flatMap(({ hits }) =>
      [...hits.values()].filter(({ firstCommit }) => firstCommit !== undefined).map(({ keyHash }) => keyHash),
    ),
  ).size;
  const commits = searched.reduce((sum, history) => sum + history.commits, 0).toLocaleString(vscode.env.language);
  const damaged = searched.some(({ unreadable }) => unreadable > 0);
  const incomplete = !damaged && searched.some(({ incompleteBecause }) => incompleteBecause !== undefined);
  const show = vscode.l10n.t('Show Leaked Keys');
  const answer = await showInformation(
    [
      keys === 0
        ? vscode.l10n.t('No key found in the {0} commits that are here.', commits)
        : keys === 1
          ? vscode.l10n.t('1 key found in the {0} commits that are here.', commits)
          : vscode.l10n.t('{0} keys found in the {1} commits that are here.', keys, commits),
      ...(damaged
        ? [vscode.l10n.t('Some objects are missing or damaged and could not be read: run "git fsck" to see which.')]
        : []),
      ...(incomplete
        ? [vscode.l10n.t('The history is incomplete: earlier commits or some objects are not here.')]
        : []),
    ].join(' '),
    ...(keys === 0 ? [] : [show]),
  );
  if (answer === show) await vscode.commands.executeCommand('truework.showLeakedKeys');
}

/** Why git cannot tell of a folder whether it is in a repository. */
function unknownText({ reason }: UnknownVerdict): string {
  switch (reason) {
    case 'timeout':
      return vscode.l10n.t(
        'The history was not searched: git did not answer in time. Check that the files of the repository can be read, then try again.',
      );
    case 'unreadable':
      return vscode.l10n.t(
        'The history was not searched: a part of the repository could not be read. Run "git fsck" to see what is damaged.',
      );
    case 'old-git':
      return vscode.l10n.t(
        'The history was not searched: the installed git is too old. Install git {0} or newer, then try again.',
        OLDEST_GIT.join('.'),
      );
    default:
      return vscode.l10n.t('The history was not searched: git did not answer. See the Truework log for details.');
  }
}
