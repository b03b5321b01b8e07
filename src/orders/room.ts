import * as vscode from 'vscode';
import type { Connections, ConnectionsRoom, ProductionLock, Sessions } from '../connections/index.ts';
import { isTrueworkError } from '../truework/error-shape.ts';
import type { Order } from '../truework/schemas/order.ts';
import { systemClock } from '../truework/http/budget.ts';
import { orderState } from '../truework/state.ts';
import { Documents } from '../documents/documents.ts';
import { Owner } from '../ui/disposable.ts';
import type { Log } from '../ui/log.ts';
import type { Node } from './nodes/node.ts';
import { applicantName } from './nodes/order-node.ts';
import { stateName } from './nodes/states.ts';
import { OrdersTree, type Grouping, type UnresolvedRows } from './orders-tree.ts';
import { OrdersView } from './orders-view.ts';
import { Drafts } from './sending/drafts.ts';
import { OrderSearch } from './sending/order-search.ts';
import { OrderSender } from './sending/order-sender.ts';
import { UnresolvedOrders, type UnresolvedOrder } from './sending/unresolved-orders.ts';
import { OrderStore, type Attempt } from './store.ts';
import { pickReport, reportOf, type ReportTarget } from './targets.ts';
import { showInformation } from '../ui/show.ts';

const GROUPING = 'truework.grouping';

export interface OrdersRoomDeps {
  readonly shared: ConnectionsRoom;
  readonly documents: Documents;
  readonly log: Log;
  readonly workspaceState: vscode.Memento;
  readonly view: vscode.TreeView<Node>;
}

/** Everything behind the view "Orders" and its commands. */
export class OrdersRoom extends Owner {
  readonly connections: Connections;
  readonly sessions: Sessions;
  readonly lock: ProductionLock;
  readonly documents: Documents;
  readonly log: Log;
  readonly store: OrderStore;
  readonly tree: OrdersTree;
  readonly view: OrdersView;
  /** Orders of which it is not known whether they were created, the search for them, and what sends new ones. */
  readonly ledger: UnresolvedOrders;
  readonly search: OrderSearch;
  readonly sender: OrderSender;
  readonly drafts: Drafts;
  readonly #workspaceState: vscode.Memento;
  #connectionId: string | undefined;

  constructor({ shared: { connections, sessions, lock }, documents, log, workspaceState, view }: OrdersRoomDeps) {
    super();
    this.connections = connections;
    this.sessions = sessions;
    this.lock = lock;
    this.documents = documents;
    this.log = log;
    this.#workspaceState = workspaceState;
    this.store = this.own(new OrderStore(sessions));
    this.#connectionId = connections.current?.id;
    const logError = (message: string, error: unknown) => {
      log.error(message, error);
    };
    this.drafts = new Drafts(workspaceState, logError);
    this.ledger = new UnresolvedOrders(workspaceState, logError);
    this.search = this.own(
      new OrderSearch({
        ledger: this.ledger,
        apiOf: async (id) => {
          const connection = connections.find(id);
          return connection && (await sessions.of(connection)).api;
        },
        clock: systemClock,
        random: Math.random,
        log: logError,
      }),
    );
    this.sender = new OrderSender({
      ledger: this.ledger,
      search: this.search,
      drafts: this.drafts,
      log: logError,
      onFound: (entry, order) => {
        void this.#found(entry, order);
      },
    });
    const unresolved: UnresolvedRows = {
      entries: () => this.ledger.lost(),
      connectionName: (entry) => this.#connectionName(entry),
      onDidChange: (listener) => {
        this.ledger.on('change', listener);
        return { dispose: () => this.ledger.off('change', listener) };
      },
    };
    this.tree = this.own(new OrdersTree(this.store, () => connections.current?.id, unresolved));
    this.tree.grouping = readGrouping(workspaceState.get(GROUPING));
    this.view = this.own(new OrdersView(view, this.store, this.tree, connections, unresolved));

    this.own(
      connections.onDidChange(() => {
        void this.ledger.dropVolatile((id) => connections.find(id) !== undefined);
        this.search.searchNow();
        if (connections.current?.id === this.#connectionId) return;
        this.#connectionId = connections.current?.id;
        this.store.reset();
      }),
    );
    this.own(
      sessions.onDidReset((id) => {
        this.search.start(id);
        if (id === this.#connectionId) this.store.reset();
      }),
    );
    this.store.on('list', () => {
      if (this.#connectionId !== undefined) void this.ledger.observe(this.#connectionId, this.store.loaded);
    });
    const setContext = () => {
      void vscode.commands.executeCommand('setContext', 'truework.unresolvedOrders', this.ledger.lost().length > 0);
    };
    this.ledger.on('change', setContext);
    setContext();
    this.search.searchNow();
    this.store.on('list', () => {
      void vscode.commands.executeCommand(
        'setContext',
        'truework.ordersFiltered',
        this.store.states.size > 0 || this.store.searchKey !== undefined,
      );
    });
    this.store.on('finished', (order) => {
      void this.#notice(order);
    });
    this.store.on('failure', ({ error, attempts }, attempt) => {
      this.#logFailure(error, attempts, attempt);
    });
    this.store.on('recovered', ({ attempts }) => {
      log.info(`The orders are up to date again after ${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'}`);
    });
    this.store.on('order', (id) => {
      const order = this.store.get(id);
      if (order && this.#connectionId !== undefined) documents.changed(this.#connectionId, 'orders', id, order);
    });
  }

  /** Loads the orders again, and looks at once for those whose responses were lost. */
  async refresh(): Promise<void> {
    this.search.searchNow();
    await this.view.refresh();
  }

  /** The report a command was called on, or one that the person picks. */
  async chooseReport(args: readonly unknown[], title: string): Promise<ReportTarget | undefined> {
    const given = reportOf(args);
    if (given) return given;
    const { current } = this.connections;
    if (!current) {
      await (await import('./commands/create-order.ts')).offerConnection();
      return undefined;
    }
    return pickReport(
      this.store,
      current.id,
      title,
      () => true,
      vscode.l10n.t('None of the loaded orders has a report yet.'),
    );
  }

  /** Groups the rows, in this workspace from now on. */
  async group(grouping: Grouping): Promise<void> {
    this.tree.grouping = grouping;
    await this.#workspaceState.update(GROUPING, grouping);
  }

  async #found(entry: UnresolvedOrder, order: Order): Promise<void> {
    // It may have been found in a list that the store is still taking in.
    await Promise.resolve();
    if (entry.connectionId === this.connections.current?.id) this.store.created(order);
    await (await import('./commands/send-order.ts')).showCreated(entry, order, this.#connectionName(entry));
  }

  #connectionName({ connectionId, connectionName }: UnresolvedOrder): string {
    return this.connections.find(connectionId)?.alias ?? connectionName;
  }

  /** Truework's errors are sentences of ours; others are faults of the code, where the stack helps. */
  #logFailure(error: unknown, attempts: number, attempt: Attempt): void {
    const failed = attempt === 'load' ? 'Loading the orders failed' : 'Looking for changes of the orders failed';
    if (isTrueworkError(error)) this.log.warn(`${failed} (attempt ${attempts}): ${error.message}`);
    else this.log.error(`${failed} (attempt ${attempts})`, error);
  }

  async #notice(order: Order): Promise<void> {
    const settings = vscode.workspace.getConfiguration('truework.orders');
    const connectionId = this.#connectionId;
    if (settings.get<boolean>('notifyWhenFinished') === false || connectionId === undefined) return;
    const open = vscode.l10n.t('Open Order');
    const never = vscode.l10n.t("Don't Show Again");
    const answer = await showInformation(
      vscode.l10n.t('Order for {0}: {1}', applicantName(order), stateName(orderState(order))),
      open,
      never,
    );
    if (answer === open)
      await vscode.commands.executeCommand('vscode.open', Documents.uri(connectionId, 'orders', order.id), {
        preview: true,
      });
    if (answer === never) await settings.update('notifyWhenFinished', false, vscode.ConfigurationTarget.Global);
  }
}

function readGrouping(value: unknown): Grouping {
  return value === 'state' || value === 'day' ? value : 'none';
}
