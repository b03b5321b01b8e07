import * as vscode from 'vscode';
import type { HistoryProgress } from '../../secrets/git/history.ts';

/** Shown in the view while a history is being scanned. */
export function historyStatus(progress: HistoryProgress | undefined): string {
  return progress === undefined
    ? vscode.l10n.t('Scanning the git history…')
    : vscode.l10n.t('Scanning the git history: {0}', progressText(progress));
}

export function progressText(progress: HistoryProgress): string {
  const number = (count: number) => count.toLocaleString(vscode.env.language);
  switch (progress.phase) {
    case 'blobs':
      return vscode.l10n.t('{0} of {1} objects read', number(progress.done), number(progress.known));
    case 'keys':
      return vscode.l10n.t('reading {0} objects that may contain a key', number(progress.known));
    case 'commits':
      return vscode.l10n.t('finding the commits');
  }
}
