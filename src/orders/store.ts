import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { TrueworkApi } from '../truework/client.ts';
import { isTrueworkError } from '../truework/error-shape.ts';
import type { Order, OrderList } from '../truework/schemas/order.ts';
import { isOrderFinished, orderState, type SummaryState } from '../truework/state.ts';
import { Pace } from './pace.ts';

/** What the store needs of a session; a new object for each client, so that late answers can be told apart. */
export interface StoreSession {
  readonly connection: { readonly id: string };
  readonly api: TrueworkApi;
}

export interface StoreSource {
  current(): Promise<StoreSession | undefined>;
  isCurrent(session: StoreSession): boolean;
}

export type StoreStatus =
  | { readonly kind: 'idle' }
  | { readonly kind: 'no-connection' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: unknown };

interface StoreEvents {
  /** Orders came, went or changed places, or the status, filter or totals changed. */
  list: [];
  /** One order changed in place. */
  order: [id: string];
  /** An order that was created here has ended. */
  finished: [order: Order];
}

/** Rows per list request; Truework's own default. */
export const PAGE_SIZE = 25;

/** Up to this many unfinished orders are asked for one by one; more are seen through the list pages they are on. */
const SINGLE_LOOKS = 4;

/**
 * The orders of the current connection as far as they were loaded, newest first, and the watch over those that are
 * unfinished. The one owner of both: tree, badge, documents and notices read from here.
 *
 * It looks only while someone watches ({@link setWatched}); a 401 stops looking until the connection changes or the
 * person refreshes; a 429 pauses for as long as Truework says.
 */
export class OrderStore extends EventEmitter<StoreEvents> {
  readonly #source: StoreSource;
  readonly #pace: Pace;

  #orders = new Map<string, Order>();
  #total = 0;
  #more = false;
  #status: StoreStatus = { kind: 'idle' };
  #searchKey: string | undefined;
  #states: ReadonlySet<SummaryState> = new Set();
  /** Counts up whenever what is loaded is thrown away: answers to earlier questions are dropped. */
  #generation = 0;

  readonly #createdHere = new Set<string>();
  #watched = false;
  #refused = false;
  #pausedUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #loading: Promise<void> | undefined;

  constructor(source: StoreSource, pace: Pace = new Pace()) {
    super();
    this.#source = source;
    this.#pace = pace;
  }

  get status(): StoreStatus {
    return this.#status;
  }

  /** Loaded orders, whatever the state filter says. */
  get loaded(): readonly Order[] {
    return [...this.#orders.values()];
  }

  /** Loaded orders that the state filter lets through. */
  get shown(): readonly Order[] {
    const orders = this.loaded;
    return this.#states.size === 0 ? orders : orders.filter((order) => this.#states.has(orderState(order)));
  }

  /** How many orders Truework has for the search key in force. */
  get total(): number {
    return this.#total;
  }

  get hasMore(): boolean {
    return this.#more;
  }

  get searchKey(): string | undefined {
    return this.#searchKey;
  }

  get states(): ReadonlySet<SummaryState> {
    return this.#states;
  }

  get(id: string): Order | undefined {
    return this.#orders.get(id);
  }

  /** Forgets everything: the connection changed. */
  reset(): void {
    this.#generation += 1;
    this.#orders = new Map();
    this.#total = 0;
    this.#more = false;
    this.#loading = undefined;
    this.#refused = false;
    this.#pausedUntil = 0;
    this.#createdHere.clear();
    clearTimeout(this.#timer);
    this.#status = { kind: 'idle' };
    this.emit('list');
  }

  /** Loads the first page if nothing was loaded yet. */
  async ensureLoaded(): Promise<void> {
    if (this.#status.kind === 'idle' || this.#status.kind === 'no-connection') await this.refresh();
    else await this.#loading;
  }

  /** Loads as many pages again as were loaded, at least the first. Never throws: failure shows in {@link status}. */
  async refresh(): Promise<void> {
    this.#refused = false;
    const pages = Math.max(1, Math.ceil(this.#orders.size / PAGE_SIZE));
    await this.#load(async (session, keep) => {
      const lists: OrderList[] = [];
      for (let page = 0; page < pages; page += 1) {
        const list = await this.#list(session, page);
        if (!keep()) return;
        lists.push(list);
        if (list.next === null) break;
      }
      this.#replace(lists);
    });
  }

  async loadMore(): Promise<void> {
    if (!this.#more) return;
    await this.#load(async (session, keep) => {
      const list = await this.#list(session, Math.floor(this.#orders.size / PAGE_SIZE));
      if (!keep()) return;
      for (const order of list.results) this.#orders.set(order.id, order);
      this.#total = list.count;
      this.#more = list.next !== null;
      this.emit('list');
    });
  }

  /** Only orders created with exactly this search key; asked of Truework. */
  async setSearchKey(searchKey: string | undefined): Promise<void> {
    if (searchKey === this.#searchKey) return;
    this.#searchKey = searchKey;
    this.reset();
    await this.refresh();
  }

  /** Only orders in one of these states; empty for all. Sorted out here, since Truework cannot filter by state. */
  setStates(states: ReadonlySet<SummaryState>): void {
    this.#states = states;
    this.emit('list');
  }

  /** Takes in an order that was just created here, and watches it. */
  created(order: Order): void {
    this.#createdHere.add(order.id);
    this.#orders = new Map([[order.id, order], ...this.#orders]);
    this.#total += 1;
    this.emit('list');
    if (isOrderFinished(order)) this.#finish(order);
    this.acted();
  }

  /** Takes in a newer answer about an order that may or may not be loaded. */
  update(order: Order): void {
    const before = this.#orders.get(order.id);
    if (!before || isDeepStrictEqual(before, order)) return;
    this.#orders.set(order.id, order);
    this.#pace.changed();
    this.emit('order', order.id);
    if (isOrderFinished(order)) this.#finish(order);
  }

  /** Asks for one order and takes the answer in. @throws TrueworkError */
  async look(id: string): Promise<Order | undefined> {
    const session = await this.#source.current();
    if (!session) return undefined;
    const generation = this.#generation;
    const order = await session.api.getOrder(id);
    if (generation === this.#generation && this.#source.isCurrent(session)) this.update(order);
    return order;
  }

  /** The person just changed something: look quickly for a while. */
  acted(): void {
    this.#pace.acted(Date.now());
    this.#schedule();
  }

  /** Whether anybody looks at the orders: the view is visible and the window has the focus. */
  setWatched(watched: boolean): void {
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#schedule();
  }

  dispose(): void {
    this.#generation += 1;
    clearTimeout(this.#timer);
    this.removeAllListeners();
  }

  #list(session: StoreSession, page: number): Promise<OrderList> {
    return session.api.listOrders({
      limit: PAGE_SIZE,
      offset: page * PAGE_SIZE,
      ...(this.#searchKey !== undefined && { searchKey: this.#searchKey }),
    });
  }

  /** Runs one load at a time; what comes in meanwhile waits for it. */
  async #load(run: (session: StoreSession, keep: () => boolean) => Promise<void>): Promise<void> {
    const generation = this.#generation;
    const before = this.#loading;
    const loading = (async () => {
      await before;
      if (generation !== this.#generation) return;
      if (this.#status.kind !== 'ready') this.#setStatus({ kind: 'loading' });
      try {
        const session = await this.#source.current();
        if (generation !== this.#generation) return;
        if (!session) {
          this.#setStatus({ kind: 'no-connection' });
          return;
        }
        const keep = () => generation === this.#generation && this.#source.isCurrent(session);
        await run(session, keep);
        if (keep()) this.#setStatus({ kind: 'ready' });
      } catch (error) {
        if (generation !== this.#generation) return;
        this.#noteFailure(error);
        this.#setStatus({ kind: 'failed', error });
      }
    })();
    this.#loading = loading;
    await loading;
    if (this.#loading === loading) this.#loading = undefined;
    this.#schedule();
  }

  #setStatus(status: StoreStatus): void {
    const quiet = status.kind === this.#status.kind && status.kind === 'ready';
    this.#status = status;
    if (!quiet) this.emit('list');
  }

  /** Puts freshly loaded pages in place of all that was loaded, and says no more than what changed. */
  #replace(lists: readonly OrderList[]): void {
    const before = this.#orders;
    const beforeTotal = this.#total;
    this.#orders = new Map(lists.flatMap(({ results }) => results.map((order) => [order.id, order])));
    const last = lists.at(-1);
    this.#total = last?.count ?? 0;
    this.#more = last !== undefined && last.next !== null;
    const sameList = beforeTotal === this.#total && isDeepStrictEqual([...before.keys()], [...this.#orders.keys()]);
    if (!sameList) this.emit('list');
    for (const [id, order] of this.#orders) {
      const old = before.get(id);
      if (old && isDeepStrictEqual(old, order)) {
        this.#orders.set(id, old);
        continue;
      }
      if (sameList) this.emit('order', id);
      if (old) this.#pace.changed();
      if (isOrderFinished(order)) this.#finish(order);
    }
  }

  #finish(order: Order): void {
    if (this.#createdHere.delete(order.id)) this.emit('finished', order);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#watched || this.#refused || this.#status.kind !== 'ready' || this.#unfinished().length === 0) return;
    const now = Date.now();
    const wait = Math.max(this.#pace.next(now), this.#pausedUntil - now);
    this.#timer = setTimeout(() => { void this.#watch(); }, wait);
    this.#timer.unref();
  }

  #unfinished(): readonly Order[] {
    return this.loaded.filter((order) => !isOrderFinished(order));
  }

  /** One look at everything unfinished. */
  async #watch(): Promise<void> {
    const generation = this.#generation;
    try {
      const session = await this.#source.current();
      if (!session) return;
      const keep = () => generation === this.#generation && this.#watched && this.#source.isCurrent(session);
      const unfinished = this.#unfinished();
      if (unfinished.length <= SINGLE_LOOKS) {
        for (const { id } of unfinished) {
          if (!keep()) return;
          const order = await session.api.getOrder(id);
          if (keep()) this.update(order);
        }
      } else {
        for (const page of this.#pagesOf(unfinished)) {
          if (!keep()) return;
          const list = await this.#list(session, page);
          if (keep()) for (const order of list.results) this.update(order);
        }
      }
    } catch (error) {
      this.#noteFailure(error);
      if (this.#refused && generation === this.#generation) this.#setStatus({ kind: 'failed', error });
    } finally {
      if (generation === this.#generation) this.#schedule();
    }
  }

  #pagesOf(orders: readonly Order[]): readonly number[] {
    const places = new Map([...this.#orders.keys()].map((id, index) => [id, index]));
    return [...new Set(orders.map(({ id }) => Math.floor((places.get(id) ?? 0) / PAGE_SIZE)))];
  }

  #noteFailure(error: unknown): void {
    if (!isTrueworkError(error)) return;
    if (error.kind === 'unauthorized') this.#refused = true;
    if (error.kind === 'rate-limited') this.#pausedUntil = Date.now() + (error.retryAfterMs ?? 10_000);
  }
}
