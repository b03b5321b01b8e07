import * as vscode from 'vscode';
import type { Connections, ProductionLock, Sessions } from '../connections/index.ts';
import type { Order } from '../truework/schemas/order.ts';
import type { Commands } from '../ui/commands.ts';
import { Documents } from '../ui/documents.ts';
import { Owner } from '../ui/lifecycle.ts';
import type { Log } from '../ui/log.ts';
import { applicantName } from './nodes/orderNode.ts';
import { stateName } from './nodes/states.ts';
import { OrdersTree, type Grouping } from './ordersTree.ts';
import { OrdersView } from './ordersView.ts';
import { OrderStore } from './store.ts';
import { orderState } from '../truework/state.ts';
import { idOf, pickReport, reportOf, rowsOf, type ReportTarget } from './targets.ts';

const GROUPING = 'truework.grouping';

export interface OrdersDeps {
  readonly commands: Commands;
  readonly connections: Connections;
  readonly sessions: Sessions;
  readonly lock: ProductionLock;
  readonly documents: Documents;
  readonly log: Log;
  readonly workspaceState: vscode.Memento;
}

/** What other features may ask of the orders. */
export interface OrdersFeature extends vscode.Disposable {
  /** The report a command was called on, or one that the person picks. */
  chooseReport(args: readonly unknown[], title: string): Promise<ReportTarget | undefined>;
}

export function registerOrders(deps: OrdersDeps): OrdersFeature {
  return new Orders(deps);
}

class Orders extends Owner implements OrdersFeature {
  readonly #deps: OrdersDeps;
  readonly #store: OrderStore;
  #connectionId: string | undefined;

  constructor(deps: OrdersDeps) {
    super();
    this.#deps = deps;
    const { connections, sessions, documents, workspaceState } = deps;
    this.#store = this.own(new OrderStore(sessions));
    this.#connectionId = connections.current?.id;
    this.#addCommands();
    const tree = this.own(new OrdersTree(this.#store, () => connections.current?.id));
    tree.grouping = readGrouping(workspaceState.get(GROUPING));
    const view = this.own(new OrdersView(this.#store, tree, connections));
    this.#addViewCommands(tree, view);

    this.own(connections.onDidChange(() => {
      if (connections.current?.id === this.#connectionId) return;
      this.#connectionId = connections.current?.id;
      this.#store.reset();
    }));
    this.own(sessions.onDidReset((id) => { if (id === this.#connectionId) this.#store.reset(); }));
    this.#store.on('list', () => { void vscode.commands.executeCommand('setContext', 'truework.ordersFiltered', this.#store.states.size > 0 || this.#store.searchKey !== undefined); });
    this.#store.on('finished', (order) => { void this.#notice(order); });
    this.#store.on('order', (id) => {
      const order = this.#store.get(id);
      if (order && this.#connectionId !== undefined) documents.changed(this.#connectionId, 'orders', id, order);
    });

    documents.serve('orders', async (connectionId, id) => (await sessions.byId(connectionId)).api.getOrder(id));
    documents.serve('events', async (connectionId, id) => (await sessions.byId(connectionId)).api.getOrderEvents(id, { limit: 100 }));
  }

  async chooseReport(args: readonly unknown[], title: string): Promise<ReportTarget | undefined> {
    const given = reportOf(args);
    if (given) return given;
    const { current } = this.#deps.connections;
    if (!current) {
      await (await import('./commands/createOrder.ts')).offerConnection();
      return undefined;
    }
    return pickReport(this.#store, current.id, title, false, vscode.l10n.t('None of the loaded orders has a report yet.'));
  }

  #addCommands(): void {
    const { commands, sessions, lock, log } = this.#deps;
    const store = this.#store;
    commands.add('truework.cancelOrder', async (...args) => (await import('./commands/cancelOrder.ts')).cancelOrder({ sessions, lock, store, log }, args));
    commands.add('truework.openOrder', async (...args) => (await import('./commands/openOrder.ts')).openOrder(sessions, store, 'orders', args));
    commands.add('truework.openOrderEvents', async (...args) => (await import('./commands/openOrder.ts')).openOrder(sessions, store, 'events', args));
    commands.add('truework.refreshOrders', () => store.refresh());
    commands.add('truework.loadMoreOrders', () => store.loadMore());
    commands.add('truework.filterOrders', async () => (await import('./commands/filterOrders.ts')).filterOrders(store));
    commands.add('truework.clearOrdersFilter', async () => (await import('./commands/filterOrders.ts')).clearFilter(store));
  }

  #addViewCommands(tree: OrdersTree, view: OrdersView): void {
    const { commands, connections, sessions, lock, documents, workspaceState } = this.#deps;
    const store = this.#store;
    commands.add('truework.createOrder', async () => (await import('./commands/createOrder.ts')).createOrder({ connections, sessions, lock, documents, store, view }));
    commands.add('truework.reverifyReport', async (...args) => (await import('./commands/reverifyReport.ts')).reverifyReport({ sessions, lock, store, view }, args));
    commands.add('truework.copyId', async (...args) => {
      const rows = args.length > 0 ? rowsOf(args) : view.selection;
      const ids = rows.map(idOf).filter((id) => id !== undefined);
      if (ids.length === 0) {
        await vscode.window.showInformationMessage(vscode.l10n.t('Select an order, verification request or report in the Orders view first.'));
        return;
      }
      await vscode.env.clipboard.writeText(ids.join('\n'));
      vscode.window.setStatusBarMessage(ids.length === 1 ? vscode.l10n.t('ID copied') : vscode.l10n.t('{0} IDs copied', ids.length), 3000);
    });
    const group = async (grouping: Grouping) => {
      tree.grouping = grouping;
      await workspaceState.update(GROUPING, grouping);
    };
    commands.add('truework.groupOrdersByState', () => group('state'));
    commands.add('truework.groupOrdersByDay', () => group('day'));
    commands.add('truework.ungroupOrders', () => group('none'));
  }

  async #notice(order: Order): Promise<void> {
    const settings = vscode.workspace.getConfiguration('truework.orders');
    const connectionId = this.#connectionId;
    if (settings.get<boolean>('notifyWhenFinished') === false || connectionId === undefined) return;
    const open = vscode.l10n.t('Open Order');
    const never = vscode.l10n.t('Don\'t Show Again');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('Order for {0}: {1}', applicantName(order), stateName(orderState(order))), open, never,
    );
    if (answer === open) await vscode.window.showTextDocument(Documents.uri(connectionId, 'orders', order.id), { preview: true });
    if (answer === never) await settings.update('notifyWhenFinished', false, vscode.ConfigurationTarget.Global);
  }
}

function readGrouping(value: unknown): Grouping {
  return value === 'state' || value === 'day' ? value : 'none';
}
