import * as vscode from 'vscode';
import type { Node } from './node.ts';

/** The row that loads the next page: VS Code's trees do not support paging. */
export class LoadMoreNode implements Node {
  readonly id: string;
  readonly parent = undefined;
  readonly #remaining: number;

  constructor(connectionId: string, remaining: number) {
    this.id = `more:${connectionId}`;
    this.#remaining = remaining;
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('Load More…'));
    item.id = this.id;
    if (this.#remaining > 0) item.description = vscode.l10n.t('{0} more', this.#remaining);
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = { command: 'truework.loadMoreOrders', title: vscode.l10n.t('Load More…') };
    return item;
  }

  children(): readonly Node[] {
    return [];
  }
}
