import * as vscode from 'vscode';
import type { Node } from './node.ts';
import type { OrderNode } from './order-node.ts';

/** A heading of the grouped view: orders in one state, or of one day. */
export class GroupNode implements Node {
  readonly id: string;
  readonly parent = undefined;
  readonly label: string;
  readonly #icon: vscode.ThemeIcon;
  orders: readonly OrderNode[] = [];

  constructor(connectionId: string, key: string, label: string, icon: vscode.ThemeIcon) {
    this.id = `group:${connectionId}:${key}:`;
    this.label = label;
    this.#icon = icon;
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.label, vscode.TreeItemCollapsibleState.Expanded);
    item.id = this.id;
    item.description = String(this.orders.length);
    item.iconPath = this.#icon;
    item.contextValue = 'truework.group';
    item.accessibilityInformation = { label: vscode.l10n.t('{0}, {1} orders', this.label, this.orders.length) };
    return item;
  }

  children(): readonly OrderNode[] {
    return this.orders;
  }
}
