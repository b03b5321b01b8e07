import * as vscode from 'vscode';
import { isTrueworkError } from '../truework/error-shape.ts';
import type { Order } from '../truework/schemas/order.ts';
import { createdAt, orderState, SUMMARY_STATES } from '../truework/state.ts';
import { Disposable } from '../ui/disposable.ts';
import { plainTreeItem } from '../ui/tree-item.ts';
import { GroupNode } from './nodes/group-node.ts';
import { LoadMoreNode } from './nodes/load-more-node.ts';
import type { Node } from './nodes/node.ts';
import { OrderNode } from './nodes/order-node.ts';
import { UnresolvedNode } from './nodes/unresolved-node.ts';
import { stateIcon, stateName } from './nodes/states.ts';
import type { UnresolvedOrder } from './sending/unresolved-orders.ts';
import { TryAgainNode } from './nodes/try-again-node.ts';
import { isOutOfDate } from './load-state.ts';
import type { OrderStore } from './store.ts';

export type Grouping = 'none' | 'state' | 'day';

/** Orders for which it is not known whether they were created; they come first. */
export interface UnresolvedRows {
  readonly entries: () => readonly UnresolvedOrder[];
  readonly connectionName: (entry: UnresolvedOrder) => string;
  readonly onDidChange: (listener: () => void) => vscode.Disposable;
}

/** The rows of the Orders view. Row objects survive refreshes, so that one changed order redraws one row. */
export class OrdersTree extends Disposable implements vscode.TreeDataProvider<Node> {
  readonly #store: OrderStore;
  readonly #unresolved: UnresolvedRows | undefined;
  readonly #changed = this._register(new vscode.EventEmitter<Node | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  #grouping: Grouping = 'none';
  readonly #nodes = new Map<string, OrderNode>();
  readonly #groups = new Map<string, GroupNode>();

  constructor(store: OrderStore, unresolved?: UnresolvedRows) {
    super();
    this.#store = store;
    this.#unresolved = unresolved;
    const list = () => {
      this.#changed.fire(undefined);
    };
    const order = (id: string) => {
      this.#redraw(id);
    };
    store.on('list', list);
    store.on('order', order);
    this._register({ dispose: () => store.off('list', list).off('order', order) });
    if (unresolved) this._register(unresolved.onDidChange(list));
  }

  get grouping(): Grouping {
    return this.#grouping;
  }

  set grouping(grouping: Grouping) {
    this.#grouping = grouping;
    this.#nodes.clear();
    this.#groups.clear();
    this.#changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return [...node.children()];
    await this.#store.ensureLoaded();
    const { connectionId, status } = this.#store;
    this.#dropRemoved();
    if (connectionId === undefined || status.kind === 'no-connection') return [];
    const orders = this.#store.shown;
    const rows: Node[] =
      this.#grouping === 'none'
        ? orders.map((order) => this.#node(connectionId, order, undefined))
        : [...this.#grouped(connectionId, orders)];
    const unresolved = this.#unresolved;
    if (unresolved)
      rows.unshift(...unresolved.entries().map((entry) => new UnresolvedNode(entry, unresolved.connectionName(entry))));
    // Without rows, the view's welcome text says that the key is gone, and offers a remedy.
    const isKeyGone = status.kind === 'failed' && isTrueworkError(status.error) && status.error.kind === 'no-key';
    if ((status.kind === 'failed' && !isKeyGone) || isOutOfDate(status))
      rows.unshift(new TryAgainNode(connectionId, status));
    if (this.#store.hasMore) rows.push(new LoadMoreNode(connectionId, this.#store.total - this.#store.loaded.length));
    return rows;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return plainTreeItem(node.item());
  }

  getParent(node: Node): Node | undefined {
    return node.parent;
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip = node.tooltip?.();
    return item;
  }

  /** The row of an order, for `reveal`. */
  async find(id: string): Promise<OrderNode | undefined> {
    await this.getChildren();
    return this.#nodes.get(id);
  }

  /** Drops rows of orders that are no longer loaded, and empty groups. */
  #dropRemoved(): void {
    for (const id of this.#nodes.keys()) if (!this.#store.get(id)) this.#nodes.delete(id);
    const keys = new Set(this.#groups.size === 0 ? [] : this.#store.loaded.map((order) => this.#groupKey(order)));
    for (const key of this.#groups.keys()) if (!keys.has(key)) this.#groups.delete(key);
  }

  #node(connectionId: string, order: Order, parent: GroupNode | undefined): OrderNode {
    const known = this.#nodes.get(order.id);
    if (known?.connectionId === connectionId && known.parent === parent) {
      known.order = order;
      return known;
    }
    const node = new OrderNode(connectionId, order, parent);
    this.#nodes.set(order.id, node);
    return node;
  }

  #grouped(connectionId: string, orders: readonly Order[]): readonly GroupNode[] {
    const members = new Map<string, Order[]>();
    for (const order of orders) {
      const key = this.#groupKey(order);
      members.set(key, [...(members.get(key) ?? []), order]);
    }
    const keys = [...members.keys()];
    if (this.#grouping === 'state') keys.sort((a, b) => rank(a) - rank(b));
    return keys.map((key) => {
      const group = this.#groups.get(key) ?? this.#makeGroup(connectionId, key);
      this.#groups.set(key, group);
      group.orders = (members.get(key) ?? []).map((order) => this.#node(connectionId, order, group));
      return group;
    });
  }

  #groupKey(order: Order): string {
    if (this.#grouping === 'state') return orderState(order);
    const created = createdAt(order);
    if (!created) return '';
    return `${created.getFullYear()}-${String(created.getMonth() + 1).padStart(2, '0')}-${String(created.getDate()).padStart(2, '0')}`;
  }

  #makeGroup(connectionId: string, key: string): GroupNode {
    if (this.#grouping === 'state') return new GroupNode(connectionId, key, stateName(key), stateIcon(key));
    const label =
      key === ''
        ? vscode.l10n.t('Unknown date')
        : new Date(`${key}T00:00`).toLocaleDateString(vscode.env.language, {
            weekday: 'short',
            year: 'numeric',
            month: 'short',
            day: 'numeric',
          });
    return new GroupNode(connectionId, key, label, new vscode.ThemeIcon('calendar'));
  }

  #redraw(id: string): void {
    const node = this.#nodes.get(id);
    const order = this.#store.get(id);
    // A change of state may move the row to another group, or exclude it from the filter.
    if (!node || !order || this.#grouping === 'state' || this.#store.states.size > 0) {
      this.#changed.fire(undefined);
      return;
    }
    node.order = order;
    this.#changed.fire(node);
  }
}

/** Groups by state are sorted by how much attention they need. */
function rank(state: string): number {
  const at = (SUMMARY_STATES as readonly string[]).indexOf(state);
  return at === -1 ? SUMMARY_STATES.length : at;
}
