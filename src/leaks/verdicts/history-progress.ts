import * as vscode from 'vscode';
import type { HistoryProgress } from '../../secrets/git/history.ts';

/** For the view, while the history is being searched. */
export function historyStatus(progress: HistoryProgress | undefined): string {
  return progress === undefined
    ? vscode.l10n.t('Searching the git history…')
    : vscode.l10n.t('Searching the git history: {0}', progressText(progress));
}

export function progressText(progress: HistoryProgress): string {
  const number = (count: number) => count.toLocaleString(vscode.env.language);
  switch (progress.phase) {
    case 'blobs':
      return vscode.l10n.t('{0} of {1} objects read', number(progress.done), number(progress.known));
    case 'keys':
      return vscode.l10n.t('looking at {0} objects that may hold a key', number(progress.known));
    case 'commits':
      return vscode.l10n.t('looking for the commits');
  }
}
