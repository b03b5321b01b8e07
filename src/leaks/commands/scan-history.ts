import path from 'node:path';
import * as vscode from 'vscode';
import { GitError } from '../../secrets/git/error.ts';
import type { History, HistoryProgress } from '../../secrets/git/history.ts';
import type { Histories } from '../verdicts/histories.ts';
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
  const { l10n } = vscode;
  if (!vscode.workspace.isTrusted) {
    const manage = l10n.t('Manage Workspace Trust');
    const answer = await showWarning(
      l10n.t('Git is not run in Restricted Mode, so its history is not searched.'),
      manage,
    );
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  const found = new Set<RepositoryState>();
  let unknown: UnknownVerdict | undefined;
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const state = uri.scheme === 'file' ? await repositories.ofFolder(uri.fsPath) : undefined;
    if (state === undefined) continue;
    if (isRepository(state)) found.add(state);
    else if (isUndetermined(state)) unknown = state;
  }
  if (unknown !== undefined) await showWarning(unknownText(unknown));
  if (found.size === 0) {
    if (unknown !== undefined) return;
    await showInformation(l10n.t('None of the open folders is in a git repository.'));
    return;
  }
  await vscode.commands.executeCommand('truework.leakedKeys.focus');
  const searched: History[] = [];
  await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: l10n.t('Searching the git history for leaked keys'),
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
        l10n.t(
          'The history of {0} was not searched. {1}',
          path.basename(state.repository.folder),
          failure instanceof GitError ? failure.message : l10n.t('See the Truework log for details.'),
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
  const show = l10n.t('Show Leaked Keys');
  const answer = await showInformation(
    [
      keys === 0
        ? l10n.t('No key found in the {0} commits that are here.', commits)
        : keys === 1
          ? l10n.t('1 key found in the {0} commits that are here.', commits)
          : l10n.t('{0} keys found in the {1} commits that are here.', keys, commits),
      ...(damaged
        ? [l10n.t('Some objects are missing or damaged and could not be read: run "git fsck" to see which.')]
        : []),
      ...(incomplete ? [l10n.t('The history is incomplete: earlier commits or some objects are not here.')] : []),
    ].join(' '),
    ...(keys === 0 ? [] : [show]),
  );
  if (answer === show) await vscode.commands.executeCommand('truework.showLeakedKeys');
}

/** Why git cannot tell of a folder whether it is in a repository. */
function unknownText({ reason }: UnknownVerdict): string {
  const { l10n } = vscode;
  switch (reason) {
    case 'timeout':
      return l10n.t(
        'The history was not searched: git did not answer in time. Check that the files of the repository can be read, then try again.',
      );
    case 'unreadable':
      return l10n.t(
        'The history was not searched: a part of the repository could not be read. Run "git fsck" to see what is damaged.',
      );
    case 'old-git':
      return l10n.t(
        'The history was not searched: the installed git is too old. Install git {0} or newer, then try again.',
        OLDEST_GIT.join('.'),
      );
    default:
      return l10n.t('The history was not searched: git did not answer. See the Truework log for details.');
  }
}

/** For the view, while the history is being searched. */
export function historyStatus(progress: HistoryProgress | undefined): string {
  const { l10n } = vscode;
  return progress === undefined
    ? l10n.t('Searching the git history…')
    : l10n.t('Searching the git history: {0}', progressText(progress));
}

function progressText(progress: HistoryProgress): string {
  const { l10n } = vscode;
  const number = (count: number) => count.toLocaleString(vscode.env.language);
  switch (progress.phase) {
    case 'blobs':
      return l10n.t('{0} of {1} objects read', number(progress.done), number(progress.known));
    case 'keys':
      return l10n.t('looking at {0} objects that may hold a key', number(progress.known));
    case 'commits':
      return l10n.t('looking for the commits');
  }
}
