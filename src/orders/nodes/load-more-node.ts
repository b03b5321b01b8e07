import * as vscode from 'vscode';
import type { Node } from './node.ts';

/** The row that loads the next page: VS Code's trees have no paging of their own. */
export class LoadMoreNode implements Node {
  readonly id: string;
  readonly parent = undefined;
  readonly #left: number;

  constructor(connectionId: string, left: number) {
    this.id = `more:${connectionId}`;
    this.#left = left;
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('Load more…'));
    item.id = this.id;
    if (this.#left > 0) item.description = vscode.l10n.t('{0} left', this.#left);
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = { command: 'truework.loadMoreOrders', title: vscode.l10n.t('Load more…') };
    return item;
  }

  children(): readonly Node[] {
    return [];
  }
}
