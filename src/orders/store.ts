import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../truework/http/budget.ts';
import type { TrueworkApi } from '../truework/client.ts';
import { isTrueworkError } from '../truework/error-shape.ts';
import type { Order, OrderList } from '../truework/schemas/order.ts';
import { isOrderFinished, orderState, type SummaryState } from '../truework/state.ts';
import {
  attemptAt,
  failureOf,
  INITIAL,
  isOutOfDate,
  nextLoadState,
  type LoadFailure,
  type LoadEvent,
  type LoadState,
} from './load-state.ts';
import { PollSchedule } from './poll-schedule.ts';
import { wallClock } from './wall-clock.ts';

/**
 * The part of a session that the store needs. Each client has a new object, so that late responses can be recognized.
 */
export interface StoreSession {
  readonly connection: { readonly id: string };
  readonly api: TrueworkApi;
}

export interface StoreSource {
  current(): Promise<StoreSession | undefined>;
  isCurrent(session: StoreSession): boolean;
}

export interface StoreOptions {
  readonly clock?: Clock;
  /** At least 0, below 1. */
  readonly random?: () => number;
}

/** The kind of an attempt: `load` reads list pages, `poll` checks unfinished orders. */
export type Attempt = 'load' | 'poll';

interface StoreEvents {
  /** Orders were added, removed or moved, or the status, filter or totals changed. */
  list: [];
  /** One order changed in place. */
  order: [id: string];
  /** An order that was created here has ended. */
  finished: [order: Order];
  /** An attempt failed; emitted for each one, even if the view does not show it yet. */
  failure: [failure: LoadFailure, attempt: Attempt];
  /** An attempt succeeded after others failed. */
  recovered: [failure: LoadFailure];
}

/** Rows per list request; Truework's own default. */
export const PAGE_SIZE = 25;

/** Up to this many unfinished orders are requested one by one; more are requested with their list pages. */
const MAX_SINGLE_REQUESTS = 4;

/** Timers stop while the machine sleeps, so none runs longer than this before the clock is read again. */
const MAX_TIMER_MS = 5_000;
/** If a timer is late by more than this, the machine slept. */
const SLEEP_MS = 10_000;

interface TrackedOrder {
  order: Order;
  /** Stamp of the request that returned `order`. */
  stamp: number;
  /**
   * Created here and not finished yet: emits `finished` when it is, and is polled even if the list does not contain it.
   */
  isAwaited: boolean;
  wasCreatedHere: boolean;
}

interface StampedList {
  readonly stamp: number;
  readonly list: OrderList;
}

/** One load or poll, with the state when it began. */
interface Task {
  readonly attempt: Attempt;
  readonly generation: number;
  readonly isAutomatic: boolean;
  session: StoreSession | undefined;
}

/** A response is no longer needed: the connection changed, or the view is no longer watched. */
class Superseded extends Error {}

/**
 * The loaded orders of the current connection, newest first, and the polling of those that are unfinished. Its only
 * owner: tree, badge, documents and notifications read from here.
 *
 * It sends automatic requests only while the view is watched ({@link setVisible}), and retries failed ones as
 * `load-state.ts` decides. Responses apply in the order in which their requests were sent, whenever they arrive.
 */
export class OrderStore extends EventEmitter<StoreEvents> {
  readonly #source: StoreSource;
  readonly #schedule: PollSchedule;
  readonly #clock: Clock;
  readonly #random: () => number;

  #connectionId: string | undefined;
  #state: LoadState = INITIAL;
  /** Every listed order, and those created here that no list page contains. */
  readonly #tracked = new Map<string, TrackedOrder>();
  #listed: readonly string[] = [];
  /** Stamp of the request that returned the list. */
  #listStamp = 0;
  /** The session that the loaded orders came from. */
  #session: StoreSession | undefined;
  /**
   * The number of orders according to Truework, and the orders created since that request, with the stamp of their
   * arrival.
   */
  #count = 0;
  readonly #uncounted = new Map<string, number>();
  #more = false;
  #searchKey: string | undefined;
  #states: ReadonlySet<SummaryState> = new Set();

  /** Incremented whenever the loaded orders are discarded: responses to earlier requests are dropped. */
  #generation = 0;
  #lastStamp = 0;
  #isVisible = false;
  #disposed = false;
  #timer: unknown;
  #pollAt: number | undefined;
  #polling: Task | undefined;
  /** The last load in the queue, and a refresh that has not begun and serves further refresh requests. */
  #loading: Promise<void> | undefined;
  #waitingRefresh: Promise<void> | undefined;

  constructor(
    source: StoreSource,
    schedule: PollSchedule = new PollSchedule(),
    { clock = wallClock(), random = Math.random }: StoreOptions = {},
  ) {
    super();
    this.#source = source;
    this.#schedule = schedule;
    this.#clock = clock;
    this.#random = random;
  }

  /** The connection whose orders these are; undefined if there is none. */
  get connectionId(): string | undefined {
    return this.#connectionId;
  }

  get status(): LoadState {
    return this.#state;
  }

  /** Loaded orders, regardless of the state filter. */
  get loaded(): readonly Order[] {
    return this.#listed.flatMap((id) => this.#tracked.get(id)?.order ?? []);
  }

  /** Loaded orders that match the state filter. */
  get shown(): readonly Order[] {
    const orders = this.loaded;
    return this.#states.size === 0 ? orders : orders.filter((order) => this.#states.has(orderState(order)));
  }

  /** How many orders Truework has for the current search key. */
  get total(): number {
    return this.#count + this.#uncounted.size;
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
    return this.#tracked.get(id)?.order;
  }

  /** Discards everything, unless this is the connection already. */
  switchTo(connectionId: string | undefined): void {
    if (connectionId === this.#connectionId) return;
    this.#connectionId = connectionId;
    this.reset();
  }

  /** Discards everything: the key or the search key changed. */
  reset(): void {
    if (this.#disposed) return;
    this.#forget();
    this.#state = nextLoadState(this.#state, { kind: 'reset' }, this.#clock.now(), this.#random);
    this.emit('list');
    this.#scheduleTick();
  }

  /** Loads the first page if nothing was requested yet. */
  async ensureLoaded(): Promise<void> {
    // Without a connection there is nothing to load until one is chosen, which resets the store.
    if (this.#state.kind === 'idle') await this.refresh();
    else await this.#loading;
  }

  /** Loads all loaded pages again, at least the first. Never throws: {@link status} shows a failure. */
  refresh(): Promise<void> {
    return (this.#waitingRefresh ??= this.#load(false, (task) => this.#reload(task, this.#pageCount())));
  }

  async loadMore(): Promise<void> {
    if (!this.#more) return;
    await this.#load(false, async (task) => {
      const response = await this.#page(task, Math.floor(this.#listed.length / PAGE_SIZE));
      // Orders created elsewhere shift the list: the next page may no longer follow the loaded ones.
      const expected = this.#count + [...this.#uncounted.values()].filter((stamp) => stamp < response.stamp).length;
      const follows =
        response.stamp > this.#listStamp &&
        response.list.count === expected &&
        response.list.results.some(({ id }) => !this.#listed.includes(id));
      if (follows) this.#append(response);
      else await this.#reload(task, this.#pageCount() + 1);
    });
  }

  /** Shows only orders created with exactly this search key; Truework filters them. */
  async setSearchKey(searchKey: string | undefined): Promise<void> {
    if (searchKey === this.#searchKey) return;
    this.#searchKey = searchKey;
    this.reset();
    await this.refresh();
  }

  /**
   * Shows only orders in one of these states; empty for all. Filtered here, because Truework cannot filter by state.
   */
  setStates(states: ReadonlySet<SummaryState>): void {
    this.#states = states;
    this.emit('list');
  }

  /**
   * Numbers the requests: taken before one is sent, a stamp tells {@link update} and {@link created} how old the
   * response is.
   */
  stamp(): number {
    this.#lastStamp += 1;
    return this.#lastStamp;
  }

  /**
   * Adds an order that was just created here, and polls it.
   * @param stamp of the request that created it; without one, every other response about the order counts as newer
   */
  created(order: Order, stamp = 0): void {
    if (this.#disposed) return;
    const known = this.#tracked.get(order.id);
    if (known?.wasCreatedHere !== true) {
      if (known) Object.assign(known, { wasCreatedHere: true, isAwaited: true });
      else this.#add(order, stamp);
    }
    this.update(order, stamp);
    if (known) this.#emitIfFinished(known);
    this.acted();
  }

  /**
   * Applies a response about an order that may or may not be loaded.
   * @param stamp of the request that returned it; without one, it counts as the newest
   */
  update(order: Order, stamp = this.stamp()): void {
    const entry = this.#tracked.get(order.id);
    if (!entry || this.#disposed || !applyResponse(entry, order, stamp)) return;
    this.#schedule.changed();
    this.emit('order', order.id);
    this.#emitIfFinished(entry);
  }

  /** The user changed something: poll quickly for a while. */
  acted(): void {
    const now = this.#clock.now();
    this.#schedule.acted(now);
    this.#pollAt = Math.min(this.#pollAt ?? Infinity, now + this.#schedule.next(now));
    this.#scheduleTick();
  }

  /** Whether the user can see the orders: the view is visible and the window has the focus. */
  setVisible(visible: boolean): void {
    if (visible === this.#isVisible || this.#disposed) return;
    this.#isVisible = visible;
    if (visible) this.#transition({ kind: 'resumed' });
    this.#scheduleTick();
  }

  dispose(): void {
    this.#disposed = true;
    this.#forget();
    this.removeAllListeners();
  }

  #forget(): void {
    this.#generation += 1;
    this.#tracked.clear();
    this.#listed = [];
    this.#listStamp = 0;
    this.#session = undefined;
    this.#count = 0;
    this.#uncounted.clear();
    this.#more = false;
    this.#loading = undefined;
    this.#waitingRefresh = undefined;
    this.#polling = undefined;
    this.#pollAt = undefined;
    this.#clearTimer();
  }

  #add(order: Order, stamp: number): void {
    const entry: TrackedOrder = { order, stamp, isAwaited: true, wasCreatedHere: true };
    this.#tracked.set(order.id, entry);
    // An order that does not match the search key is polled, but neither listed nor counted.
    if (this.#searchKey === undefined || order.search_key === this.#searchKey) {
      this.#listed = [order.id, ...this.#listed];
      this.#uncounted.set(order.id, this.stamp());
      this.emit('list');
    }
    this.#emitIfFinished(entry);
  }

  #emitIfFinished(entry: TrackedOrder): void {
    if (!entry.isAwaited || !isOrderFinished(entry.order)) return;
    entry.isAwaited = false;
    this.emit('finished', entry.order);
  }

  #transition(event: LoadEvent): void {
    const before = this.#state;
    this.#state = nextLoadState(before, event, this.#clock.now(), this.#random);
    const isSilent =
      this.#state === before || this.#state.kind === 'idle' || (looksReady(before) && looksReady(this.#state));
    if (!isSilent) this.emit('list');
  }

  #fail(task: Task, error: unknown): void {
    this.#transition({ kind: 'failed', error, requested: !task.isAutomatic });
    const failure = failureOf(this.#state);
    if (failure) this.emit('failure', failure, task.attempt);
  }

  #succeed(): void {
    const failure = failureOf(this.#state);
    this.#transition({ kind: 'succeeded' });
    this.#planPoll();
    if (failure) this.emit('recovered', failure);
  }

  /** Waits for the response to one request. @throws Superseded if it is no longer needed, or must not be sent */
  async #request<T>(task: Task, send: () => Promise<T>): Promise<T> {
    // A poll also ends if a load failed meanwhile: the state decides when the next request is due.
    const isWanted =
      !task.isAutomatic || (this.#isVisible && (task.attempt === 'load' || this.#state.kind === 'ready'));
    if (!isWanted) throw new Superseded();
    try {
      return await send();
    } finally {
      this.#ensureCurrent(task);
    }
  }

  #ensureCurrent({ generation, session }: Task): void {
    if (generation !== this.#generation || (session && !this.#source.isCurrent(session))) throw new Superseded();
  }

  /** @returns undefined if there is no current connection */
  async #open(task: Task): Promise<StoreSession | undefined> {
    task.session = await this.#request(task, () => this.#source.current());
    this.#ensureCurrent(task);
    if (!task.session) this.#transition({ kind: 'no-connection' });
    else if (this.#session !== undefined && this.#session !== task.session) {
      // There was no event yet, but the loaded orders came from another connection or key.
      this.reset();
      throw new Superseded();
    }
    this.#session = task.session;
    return task.session;
  }

  async #page(task: Task, page: number): Promise<StampedList> {
    const stamp = this.stamp();
    const list = await this.#request(task, () =>
      sessionOf(task).api.listOrders({
        limit: PAGE_SIZE,
        offset: page * PAGE_SIZE,
        ...(this.#searchKey !== undefined && { searchKey: this.#searchKey }),
      }),
    );
    return { stamp, list };
  }

  /** Runs one load at a time; further ones wait for it. */
  async #load(isAutomatic: boolean, run: (task: Task) => Promise<void>): Promise<void> {
    if (this.#disposed) return;
    const task: Task = { attempt: 'load', generation: this.#generation, isAutomatic, session: undefined };
    const before = this.#loading;
    const loading = (async () => {
      await before;
      if (task.generation !== this.#generation) return;
      this.#waitingRefresh = undefined;
      await this.#attemptLoad(task, run);
    })();
    this.#loading = loading;
    await loading;
    if (this.#loading === loading) this.#loading = undefined;
    this.#scheduleTick();
  }

  async #attemptLoad(task: Task, run: (task: Task) => Promise<void>): Promise<void> {
    this.#transition({ kind: 'started', requested: !task.isAutomatic });
    try {
      if (!(await this.#open(task))) return;
      await run(task);
      this.#succeed();
    } catch (error) {
      if (!(error instanceof Superseded)) this.#fail(task, error);
      else if (task.generation === this.#generation) this.#transition({ kind: 'dropped' });
    }
  }

  /** How many pages the loaded orders fill, rounded, so that newly created orders do not add a page each time. */
  #pageCount(): number {
    return Math.max(1, Math.round(this.#listed.length / PAGE_SIZE));
  }

  async #reload(task: Task, pages: number): Promise<void> {
    const lists: StampedList[] = [];
    for (let page = 0; page < pages; page += 1) {
      const response = await this.#page(task, page);
      lists.push(response);
      if (response.list.next === null) break;
    }
    this.#replace(lists);
  }

  #append({ stamp, list }: StampedList): void {
    this.#listStamp = stamp;
    const changed = this.#mergeAll([{ stamp, list }]);
    this.#listed = [...new Set([...this.#listed, ...list.results.map(({ id }) => id)])];
    for (const [id, arrival] of this.#uncounted) if (arrival < stamp) this.#uncounted.delete(id);
    this.#count = list.count;
    this.#more = list.next !== null;
    this.emit('list');
    this.#emitChange(changed);
  }

  /** Replaces the loaded orders with newly loaded pages, and emits only what changed. */
  #replace(lists: readonly StampedList[]): void {
    const [first] = lists;
    const last = lists.at(-1);
    // A refresh and a poll may both load the list: the older response is obsolete.
    if (!first || !last || first.stamp < this.#listStamp) return;
    this.#listStamp = first.stamp;
    const before = { listed: this.#listed, total: this.total };
    const changed = this.#mergeAll(lists);
    const ids = new Set(lists.flatMap(({ list }) => list.results.map(({ id }) => id)));
    // Orders created after the first page was requested are neither on a page nor counted.
    for (const [id, arrival] of this.#uncounted) if (ids.has(id) || arrival < first.stamp) this.#uncounted.delete(id);
    this.#listed = [...[...this.#uncounted.keys()].reverse(), ...ids];
    this.#count = first.list.count;
    this.#more = last.list.next !== null;
    const listed = new Set(this.#listed);
    for (const [id, { isAwaited }] of this.#tracked) if (!listed.has(id) && !isAwaited) this.#tracked.delete(id);
    if (before.total !== this.total || !isDeepStrictEqual(before.listed, this.#listed)) this.emit('list');
    this.#emitChange(changed);
  }

  /** Applies each order of these pages. @returns those that were known and have changed */
  #mergeAll(lists: readonly StampedList[]): readonly TrackedOrder[] {
    const changed = new Set<TrackedOrder>();
    for (const { stamp, list } of lists) {
      for (const order of list.results) {
        const entry = this.#tracked.get(order.id);
        if (!entry) this.#tracked.set(order.id, { order, stamp, isAwaited: false, wasCreatedHere: false });
        else if (applyResponse(entry, order, stamp)) changed.add(entry);
      }
    }
    return [...changed];
  }

  #emitChange(changed: readonly TrackedOrder[]): void {
    if (changed.length > 0) this.#schedule.changed();
    for (const entry of changed) {
      this.emit('order', entry.order.id);
      this.#emitIfFinished(entry);
    }
  }

  #planPoll(): void {
    const now = this.#clock.now();
    this.#pollAt = now + this.#schedule.next(now);
  }

  /** When the next automatic request is due; undefined while there is no reason for one. */
  #dueAt(): number | undefined {
    if (!this.#isVisible || this.#disposed || this.#loading || this.#polling) return undefined;
    if (this.#state.kind !== 'ready') return attemptAt(this.#state);
    return this.#unfinished().length === 0 && this.#uncounted.size === 0 ? undefined : this.#pollAt;
  }

  #scheduleTick(): void {
    this.#clearTimer();
    const dueAt = this.#dueAt();
    if (dueAt === undefined) return;
    const now = this.#clock.now();
    const wait = Math.min(Math.max(0, dueAt - now), MAX_TIMER_MS);
    this.#timer = this.#clock.setTimeout(() => {
      this.#tick(now + wait);
    }, wait);
  }

  #clearTimer(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tick(expectedAt: number): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    if (now > expectedAt + SLEEP_MS) this.#transition({ kind: 'resumed' });
    const dueAt = this.#dueAt();
    if (dueAt === undefined || now < dueAt) this.#scheduleTick();
    else if (this.#state.kind === 'ready') void this.#poll();
    else void this.#load(true, (task) => this.#reload(task, this.#pageCount()));
  }

  #unfinished(): readonly TrackedOrder[] {
    return [...this.#tracked.values()].filter(({ order }) => !isOrderFinished(order));
  }

  /** Checks every unfinished order once, and the list if orders were created since it was loaded. */
  async #poll(): Promise<void> {
    const task: Task = { attempt: 'poll', generation: this.#generation, isAutomatic: true, session: undefined };
    this.#polling = task;
    try {
      if (await this.#open(task)) await this.#pollUnfinished(task);
    } catch (error) {
      if (!(error instanceof Superseded)) this.#fail(task, error);
    }
    if (task.generation !== this.#generation) return;
    this.#polling = undefined;
    this.#planPoll();
    this.#scheduleTick();
  }

  /** @throws what one of the requests threw; an error about a single order only after the others were checked */
  async #pollUnfinished(task: Task): Promise<void> {
    const listed = new Set(this.#listed);
    const unfinished = this.#unfinished();
    const inList = unfinished.filter(({ order }) => listed.has(order.id));
    // Orders that are on no page take turns.
    const single = unfinished
      .filter(({ order }) => !listed.has(order.id))
      .sort((a, b) => a.stamp - b.stamp)
      .slice(0, MAX_SINGLE_REQUESTS);
    if (this.#uncounted.size > 0) await this.#reload(task, this.#pageCount());
    else if (inList.length > MAX_SINGLE_REQUESTS) await this.#pollPages(task, inList);
    else single.push(...inList);
    const errors: unknown[] = [];
    for (const {
      order: { id },
    } of single) {
      try {
        const stamp = this.stamp();
        this.update(await this.#request(task, () => sessionOf(task).api.getOrder(id)), stamp);
      } catch (error) {
        // Hiding the view ends the poll, but what it has found out counts.
        const isHidden = error instanceof Superseded && task.generation === this.#generation && !this.#isVisible;
        if (isHidden) break;
        if (!isAboutOneOrder(error)) throw error;
        if (error.kind === 'not-found' && !this.#listed.includes(id)) this.#tracked.delete(id);
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  async #pollPages(task: Task, entries: readonly TrackedOrder[]): Promise<void> {
    const places = new Map(this.#listed.map((id, index) => [id, index]));
    const pages = new Set(entries.map(({ order }) => Math.floor((places.get(order.id) ?? 0) / PAGE_SIZE)));
    const missing = new Set(entries.map(({ order }) => order.id));
    for (const page of pages) {
      const { stamp, list } = await this.#page(task, page);
      for (const order of list.results) {
        missing.delete(order.id);
        this.update(order, stamp);
      }
    }
    // Orders created elsewhere shifted these to other pages.
    if (missing.size > 0) await this.#reload(task, this.#pageCount());
  }
}

/** Applies a response unless that of a newer request is known. @returns whether that changed the order */
function applyResponse(entry: TrackedOrder, order: Order, stamp: number): boolean {
  if (stamp < entry.stamp) return false;
  entry.stamp = stamp;
  if (isDeepStrictEqual(entry.order, order)) return false;
  entry.order = order;
  return true;
}

/** The view looks the same in all of these states. */
function looksReady(state: LoadState): boolean {
  return state.kind === 'ready' || (state.kind === 'stale' && !isOutOfDate(state));
}

function sessionOf({ session }: Task): StoreSession {
  if (!session) throw new Superseded();
  return session;
}

/** Errors that concern one order only: requests for others may succeed. */
const ORDER_ERRORS: ReadonlySet<string> = new Set([
  'not-found',
  'forbidden',
  'validation',
  'frozen-ssn',
  'rejected',
  'unexpected-body',
  'too-large',
  'invalid-id',
]);

function isAboutOneOrder(error: unknown): error is Error & { readonly kind: string } {
  return isTrueworkError(error) && ORDER_ERRORS.has(error.kind);
}
