import type * as vscode from 'vscode';
import type { ConnectionsRoom } from '../connections/index.ts';
import type { Commands } from '../ui/commands.ts';
import type { Documents } from '../documents/documents.ts';
import { Lazy } from '../ui/lazy.ts';
import { Owner } from '../ui/disposable.ts';
import type { Log } from '../ui/log.ts';
import type { Node } from './nodes/node.ts';
import type { OrdersRoom } from './room.ts';
import { hasUnresolvedOrders } from './sending/storage.ts';
import type { ReportTarget } from './targets.ts';

export interface OrdersDeps {
  readonly commands: Commands;
  readonly connections: Lazy<ConnectionsRoom>;
  readonly documents: Documents;
  readonly log: Log;
  readonly workspaceState: vscode.Memento;
  readonly view: vscode.TreeView<Node>;
}

/** What others may ask of the orders. */
export interface OrdersFeature extends vscode.Disposable {
  /** The rows of the view. */
  tree(): Promise<vscode.TreeDataProvider<Node>>;
  /** The report a command was called on, or one that the person picks. */
  chooseReport(args: readonly unknown[], title: string): Promise<ReportTarget | undefined>;
  /** Goes on looking for orders whose responses were lost before the window was loaded, even while the view is hidden. */
  resume(): Promise<void>;
}

/** Adds the commands; the room behind them and the view is loaded when the view shows or a command is called. */
export function registerOrders(deps: OrdersDeps): OrdersFeature {
  return new Orders(deps);
}

class Orders extends Owner implements OrdersFeature {
  readonly #room: Lazy<OrdersRoom>;
  readonly #workspaceState: vscode.Memento;

  constructor({ commands, connections, documents, log, workspaceState, view }: OrdersDeps) {
    super();
    this.#workspaceState = workspaceState;
    this.#room = this.own(
      new Lazy(async () => {
        const [{ OrdersRoom }, shared] = await Promise.all([import('./room.ts'), connections.get()]);
        return new OrdersRoom({ shared, documents, log, workspaceState, view });
      }),
    );
    documents.serve('orders', async (connectionId, id) =>
      (await (await connections.get()).sessions.byId(connectionId)).api.getOrder(id),
    );
    documents.serve('events', async (connectionId, id) =>
      (await (await connections.get()).sessions.byId(connectionId)).api.getOrderEvents(id, { limit: 100 }),
    );

    const add = (id: string, run: (room: OrdersRoom, args: readonly unknown[]) => unknown) => {
      commands.add(id, async (...args) => {
        await run(await this.#room.get(), args);
      });
    };
    add('truework.createOrder', async (room) => (await import('./commands/create-order.ts')).createOrder(room));
    add('truework.cancelOrder', async (room, args) =>
      (await import('./commands/cancel-order.ts')).cancelOrder(room, args),
    );
    add('truework.reverifyReport', async (room, args) =>
      (await import('./commands/reverify-report.ts')).reverifyReport(room, args),
    );
    add('truework.openOrder', async (room, args) =>
      (await import('./commands/open-order.ts')).openOrder(room, 'orders', args),
    );
    add('truework.openOrderEvents', async (room, args) =>
      (await import('./commands/open-order.ts')).openOrder(room, 'events', args),
    );
    add('truework.copyId', async (_room, args) =>
      (await import('./commands/copy-id.ts')).copyId(args.length > 0 ? args : [view.selection[0], view.selection]),
    );
    add('truework.refreshOrders', (room) => room.refresh());
    add('truework.stopLookingForOrder', async ({ ledger }, args) =>
      (await import('./commands/stop-looking.ts')).stopLooking(ledger, args),
    );
    add('truework.loadMoreOrders', ({ store }) => store.loadMore());
    add('truework.filterOrders', async ({ store }) =>
      (await import('./commands/filter-orders.ts')).filterOrders(store),
    );
    add('truework.clearOrdersFilter', async ({ store }) =>
      (await import('./commands/filter-orders.ts')).clearFilter(store),
    );
    add('truework.groupOrdersByState', (room) => room.group('state'));
    add('truework.groupOrdersByDay', (room) => room.group('day'));
    add('truework.ungroupOrders', (room) => room.group('none'));
  }

  async tree(): Promise<vscode.TreeDataProvider<Node>> {
    return (await this.#room.get()).tree;
  }

  async resume(): Promise<void> {
    if (hasUnresolvedOrders(this.#workspaceState)) await this.#room.get();
  }

  async chooseReport(args: readonly unknown[], title: string): Promise<ReportTarget | undefined> {
    return (await this.#room.get()).chooseReport(args, title);
  }
}
