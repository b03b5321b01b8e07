import * as vscode from 'vscode';
import { sessionOrOffer, type ConnectionsFeature } from '../connections/index.ts';
import type { Documents } from '../documents/index.ts';
import { systemClock } from '../truework/http/budget.ts';
import type { Order } from '../truework/schemas/order.ts';
import { registerCommand } from '../ui/commands.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Log } from '../ui/log.ts';
import { rowsOf } from '../ui/rows.ts';
import { FailureLog } from './failure-log.ts';
import { notifyFinished } from './notifications.ts';
import { OrdersTree, type Grouping, type UnresolvedRows } from './orders-tree.ts';
import { OrdersView } from './orders-view.ts';
import { Drafts } from './sending/drafts.ts';
import { OrderSearch } from './sending/order-search.ts';
import { OrderSender } from './sending/order-sender.ts';
import { UnresolvedOrders, type UnresolvedOrder } from './sending/unresolved-orders.ts';
import { OrderStore } from './store.ts';
import { chooseReports, type ReportTarget } from './targets.ts';

const GROUPING = 'truework.grouping';

export interface OrdersDeps {
  readonly context: Pick<vscode.ExtensionContext, 'workspaceState'>;
  readonly connections: ConnectionsFeature;
  readonly documents: Documents;
  readonly log: Log;
}

/**
 * The Orders view and its commands. The search for orders whose response was lost runs even while the view is hidden.
 */
export class OrdersFeature extends Disposable {
  readonly store: OrderStore;
  readonly tree: OrdersTree;
  readonly #deps: OrdersDeps;
  readonly #view: OrdersView;
  readonly #unresolved: UnresolvedOrders;
  readonly #search: OrderSearch;

  constructor(deps: OrdersDeps) {
    super();
    this.#deps = deps;
    const { context, documents, log } = deps;
    const { connections, sessions, lock } = deps.connections;
    const { workspaceState } = context;
    const logError = (message: string, error: unknown) => {
      log.error(message, error);
    };
    const store = this._register(new OrderStore(sessions));
    const drafts = new Drafts(workspaceState, logError);
    const unresolved = new UnresolvedOrders(workspaceState, logError);
    this.store = store;
    this.#unresolved = unresolved;
    store.switchTo(connections.current?.id);
    this.#search = this._register(
      new OrderSearch({
        ledger: unresolved,
        apiOf: async (id) => {
          const connection = connections.find(id);
          return connection && (await sessions.of(connection)).api;
        },
        clock: systemClock,
        random: Math.random,
        log: logError,
      }),
    );
    const sender = new OrderSender({
      ledger: unresolved,
      search: this.#search,
      drafts,
      log: logError,
      onFound: (entry, order) => {
        void this.#onFound(entry, order);
      },
    });
    const unresolvedRows: UnresolvedRows = {
      entries: () => unresolved.lost(),
      connectionName: (entry) => this.#connectionName(entry),
      onDidChange: (listener) => {
        unresolved.on('change', listener);
        return { dispose: () => unresolved.off('change', listener) };
      },
    };
    this.tree = this._register(new OrdersTree(store, unresolvedRows));
    this.tree.grouping = readGrouping(workspaceState.get(GROUPING));
    const view = this._register(new OrdersView(store, this.tree, connections, unresolvedRows));
    this.#view = view;

    documents.serve('orders', async (connectionId, id) => (await sessions.byId(connectionId)).api.getOrder(id));
    documents.serve('events', async (connectionId, id) =>
      (await sessions.byId(connectionId)).api.getOrderEvents(id, { limit: 100 }),
    );

    const sending = { connections, sessions, lock, store, view, sender };
    const command = (id: string, handler: (rows: readonly unknown[]) => unknown) =>
      this._register(registerCommand(log, id, (...args) => handler(rowsOf(args, view.selection))));
    command('truework.createOrder', async () =>
      (await import('./commands/create-order.ts')).createOrder({ ...sending, documents, ledger: unresolved, drafts }),
    );
    command('truework.cancelOrder', async (rows) =>
      (await import('./commands/cancel-order.ts')).cancelOrder({ sessions, lock, store, log }, rows),
    );
    command('truework.reverifyReport', async (rows) =>
      (await import('./commands/reverify-report.ts')).reverifyReport(sending, rows),
    );
    command('truework.openOrder', async (rows) =>
      (await import('./commands/open-order.ts')).openOrder({ sessions, store, documents }, 'orders', rows),
    );
    command('truework.openOrderEvents', async (rows) =>
      (await import('./commands/open-order.ts')).openOrder({ sessions, store, documents }, 'events', rows),
    );
    command('truework.copyId', async (rows) => (await import('./commands/copy-id.ts')).copyId(store, rows));
    command('truework.stopSearchingForOrder', async (rows) =>
      (await import('./commands/stop-searching.ts')).stopSearching(unresolved, rows),
    );
    command('truework.filterOrders', async () => (await import('./commands/filter-orders.ts')).filterOrders(store));
    command('truework.clearOrdersFilter', async () => (await import('./commands/filter-orders.ts')).clearFilter(store));
    command('truework.refreshOrders', () => this.#refresh());
    command('truework.loadMoreOrders', () => store.loadMore());
    command('truework.groupOrdersByState', () => this.#group('state'));
    command('truework.groupOrdersByDay', () => this.#group('day'));
    command('truework.ungroupOrders', () => this.#group('none'));

    this.#followConnections();
    this.#followStore();
    this.#setUnresolvedContext();
    unresolved.on('change', () => {
      this.#setUnresolvedContext();
    });
    this.#search.searchNow();
  }

  /** The reports of a command's row or selection, or else one that the user picks. */
  async chooseReports(args: readonly unknown[], title: string): Promise<readonly ReportTarget[]> {
    const session = await sessionOrOffer(this.#deps.connections.sessions);
    if (!session) return [];
    const none = vscode.l10n.t('No loaded order has a report yet.');
    return chooseReports(this.store, session.connection.id, rowsOf(args, this.#view.selection), { title, none });
  }

  #followConnections(): void {
    const { connections, sessions } = this.#deps.connections;
    this._register(
      connections.onDidChange(() => {
        void this.#unresolved.dropVolatile((id) => connections.find(id) !== undefined);
        this.#search.searchNow();
        this.store.switchTo(connections.current?.id);
      }),
    );
    this._register(
      sessions.onDidReset((id) => {
        this.#search.start(id);
        if (id === this.store.connectionId) this.store.reset();
      }),
    );
  }

  #followStore(): void {
    const { store } = this;
    const { documents, log } = this.#deps;
    store.on('list', () => {
      if (store.connectionId !== undefined) void this.#unresolved.observe(store.connectionId, store.loaded);
      const isFiltered = store.states.size > 0 || store.searchKey !== undefined;
      void vscode.commands.executeCommand('setContext', 'truework.ordersFiltered', isFiltered);
    });
    store.on('order', (id) => {
      const order = store.get(id);
      if (order && store.connectionId !== undefined) documents.changed(store.connectionId, 'orders', id, order);
    });
    store.on('finished', (order) => {
      if (store.connectionId !== undefined) void notifyFinished(order, store.connectionId);
    });
    const failures = new FailureLog(log);
    store.on('failure', (failure, attempt) => {
      failures.failed(failure, attempt);
    });
    store.on('recovered', (failure) => {
      failures.recovered(failure);
    });
  }

  /** Loads the orders again, and searches immediately for those whose response was lost. */
  async #refresh(): Promise<void> {
    this.#search.searchNow();
    await this.#view.refresh();
  }

  /** Groups the rows, and remembers that for this workspace. */
  async #group(grouping: Grouping): Promise<void> {
    this.tree.grouping = grouping;
    await this.#deps.context.workspaceState.update(GROUPING, grouping);
  }

  async #onFound(entry: UnresolvedOrder, order: Order): Promise<void> {
    // The list it was found in may be one that the store is still processing.
    await Promise.resolve();
    if (entry.connectionId === this.#deps.connections.connections.current?.id) this.store.created(order);
    await (await import('./commands/send-order.ts')).showCreated(entry, order, this.#connectionName(entry));
  }

  #setUnresolvedContext(): void {
    const hasUnresolved = this.#unresolved.lost().length > 0;
    void vscode.commands.executeCommand('setContext', 'truework.unresolvedOrders', hasUnresolved);
  }

  #connectionName({ connectionId, connectionName }: UnresolvedOrder): string {
    return this.#deps.connections.connections.find(connectionId)?.alias ?? connectionName;
  }
}

function readGrouping(value: unknown): Grouping {
  return value === 'state' || value === 'day' ? value : 'none';
}
