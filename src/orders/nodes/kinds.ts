import * as vscode from 'vscode';
import type { OrderKind } from '../../truework/state.ts';

export function kindName(kind: OrderKind): string {
  switch (kind) {
    case 'target-employer':
      return vscode.l10n.t('Target Employer');
    case 'employer-search':
      return vscode.l10n.t('Employer Search');
    case 'truework-direct':
      return vscode.l10n.t('Truework Direct');
    case 'reverification':
      return vscode.l10n.t('Reverification');
    case 'unknown':
      return vscode.l10n.t('Unknown kind');
  }
}
