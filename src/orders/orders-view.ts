import * as vscode from 'vscode';
import type { Connections } from '../connections/index.ts';
import { orderState } from '../truework/state.ts';
import { explainInOneLine } from '../ui/messages.ts';
import { Disposable } from '../ui/disposable.ts';
import { withProgress } from '../ui/show.ts';
import { describeView } from '../ui/tree-item.ts';
import { isOutOfDate } from './load-state.ts';
import type { Node } from './nodes/node.ts';
import { stateName } from './nodes/states.ts';
import type { OrdersTree, UnresolvedRows } from './orders-tree.ts';
import type { OrderStore } from './store.ts';
import { timeOfDay } from './time-of-day.ts';

/** The message, description and badge of the Orders view, and whether it is watched. */
export class OrdersView extends Disposable {
  readonly #store: OrderStore;
  readonly #tree: OrdersTree;
  readonly #connections: Connections;
  readonly #view: vscode.TreeView<Node>;
  readonly #unresolved: UnresolvedRows;

  constructor(store: OrderStore, tree: OrdersTree, connections: Connections, unresolved: UnresolvedRows) {
    super();
    this.#unresolved = unresolved;
    this.#view = this._register(
      vscode.window.createTreeView('truework.orders', {
        treeDataProvider: tree,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.#store = store;
    this.#tree = tree;
    this.#connections = connections;
    const render = () => {
      this.#render();
    };
    store.on('list', render);
    store.on('order', render);
    this._register({ dispose: () => store.off('list', render).off('order', render) });
    const watch = () => {
      store.setVisible(this.#view.visible && vscode.window.state.focused);
    };
    this._register(this.#view.onDidChangeVisibility(watch));
    this._register(vscode.window.onDidChangeWindowState(watch));
    this._register(connections.onDidChange(render));
    this._register(unresolved.onDidChange(render));
    watch();
    render();
  }

  get selection(): readonly Node[] {
    return this.#view.selection;
  }

  /** Loads the orders again, with progress in the view. A displayed failure stays until that succeeds. */
  async refresh(): Promise<void> {
    await withProgress({ location: { viewId: 'truework.orders' } }, () => this.#store.refresh());
  }

  async reveal(orderId: string): Promise<void> {
    const node = await this.#tree.find(orderId);
    if (node) await this.#view.reveal(node, { select: true, focus: false, expand: true });
  }

  #render(): void {
    const { loaded } = this.#store;
    const { current } = this.#connections;
    const needAction = loaded.filter((order) => orderState(order) === 'action-required').length;
    const badge =
      needAction > 0
        ? {
            value: needAction,
            tooltip:
              needAction === 1
                ? vscode.l10n.t('1 order needs action')
                : vscode.l10n.t('{0} orders need action', needAction),
          }
        : undefined;
    describeView(this.#view, { description: current?.alias ?? '', badge, message: this.#message() });
  }

  /** Empty while the welcome text is shown, and while the first page is loading. */
  #message(): string {
    const { status, loaded, shown, total, searchKey, states } = this.#store;
    const { current } = this.#connections;
    const isUnresolved = this.#unresolved.entries().length > 0;
    // With rows in the view, no welcome text would say so.
    if (!current || (this.#connections.isGone(current) && !isUnresolved && loaded.length === 0)) return '';
    if (status.kind === 'failed') return explainInOneLine(status.error);
    if (status.kind !== 'ready' && status.kind !== 'stale') return '';
    const parts: string[] = [];
    if (isOutOfDate(status))
      parts.push(
        vscode.l10n.t(
          'These orders may be out of date since {0}. {1}',
          timeOfDay(status.since),
          explainInOneLine(status.error),
        ),
      );
    if (total === 0 && searchKey === undefined && isUnresolved) parts.push(vscode.l10n.t('No orders are listed yet.'));
    else if (total === 0 && searchKey === undefined)
      parts.push(vscode.l10n.t('No orders yet. Create one with the + button above.'));
    else if (total === 0) parts.push(vscode.l10n.t('No order has this search key.'));
    else if (states.size > 0)
      parts.push(vscode.l10n.t('{0} of {1} loaded orders shown, {2} in total', shown.length, loaded.length, total));
    else parts.push(vscode.l10n.t('{0} of {1} orders', loaded.length, total));
    const filters = [
      ...(searchKey === undefined ? [] : [vscode.l10n.t('search key "{0}"', searchKey)]),
      ...[...states].map(stateName),
    ];
    if (filters.length > 0) parts.push(vscode.l10n.t('filtered by {0}', filters.join(', ')));
    return parts.join(' · ');
  }
}
