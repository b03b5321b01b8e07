import * as vscode from 'vscode';
import type { LoadFailure } from '../load-state.ts';
import { timeOfDay } from '../time-of-day.ts';
import type { Node } from './node.ts';

/** The row that loads the orders again after failures: the message of a view cannot contain a button. */
export class TryAgainNode implements Node {
  readonly id: string;
  readonly parent = undefined;
  readonly #retryAt: number | undefined;

  constructor(connectionId: string, { retryAt }: LoadFailure) {
    this.id = `try-again:${connectionId}`;
    this.#retryAt = retryAt;
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('Try Again'));
    item.id = this.id;
    if (this.#retryAt !== undefined)
      item.description = vscode.l10n.t('Next automatic attempt at {0}', timeOfDay(this.#retryAt));
    item.iconPath = new vscode.ThemeIcon('refresh');
    item.command = { command: 'truework.refreshOrders', title: vscode.l10n.t('Try Again') };
    return item;
  }

  children(): readonly Node[] {
    return [];
  }
}
