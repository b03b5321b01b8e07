import * as vscode from 'vscode';
import type { SummaryState } from '../../truework/state.ts';

/** The display name of a state; a state that Truework added later is shown under its own name. */
export function stateName(state: SummaryState): string {
  switch (state) {
    case 'pending-approval':
      return vscode.l10n.t('pending approval');
    case 'processing':
      return vscode.l10n.t('processing');
    case 'action-required':
      return vscode.l10n.t('action required');
    case 'completed':
      return vscode.l10n.t('completed');
    case 'canceled':
      return vscode.l10n.t('canceled');
    case 'invalid':
      return vscode.l10n.t('invalid');
    case 'waiting':
      return vscode.l10n.t('waiting for the applicant');
    default:
      return state;
  }
}

export function stateIcon(state: SummaryState): vscode.ThemeIcon {
  const icon = (name: string, color?: string) =>
    new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
  switch (state) {
    case 'pending-approval':
      return icon('clock', 'charts.yellow');
    case 'processing':
      return icon('sync', 'charts.blue');
    case 'action-required':
      return icon('bell-dot', 'list.warningForeground');
    case 'completed':
      return icon('pass', 'testing.iconPassed');
    case 'canceled':
      return icon('circle-slash', 'disabledForeground');
    case 'invalid':
      return icon('error', 'testing.iconFailed');
    case 'waiting':
      return icon('account', 'charts.purple');
    default:
      return icon('question');
  }
}
