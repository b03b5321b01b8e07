/** Searches in the background for orders whose response was lost, until each is found or the user stops the search. */
import { EventEmitter } from 'node:events';
import type { Clock } from '../../truework/http/budget.ts';
import type { TrueworkApi } from '../../truework/client.ts';
import { searchOrders, type SearchCursor } from '../../truework/correlate.ts';
import { isTrueworkError } from '../../truework/error-shape.ts';
import type { UnresolvedOrder, UnresolvedOrders } from './unresolved-orders.ts';

export type SearchApi = Pick<TrueworkApi, 'listOrders' | 'orderPages'>;

export interface OrderSearchDeps {
  readonly ledger: UnresolvedOrders;
  /** @returns undefined if there is no such connection at the moment */
  readonly apiOf: (connectionId: string) => Promise<SearchApi | undefined>;
  readonly clock: Clock;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly log: (message: string, error: unknown) => void;
}

/** Pauses between the first searches in milliseconds. Truework commits most late orders within seconds. */
const FIRST_PAUSES = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 120_000, 300_000];
const PAUSE = 600_000;
/** The number of searches in about a day, after which they become hourly. */
const MAX_FREQUENT = FIRST_PAUSES.length + 144;
const RARE_PAUSE = 3_600_000;
/** The random share of each pause, so that windows do not search in step. */
const JITTER = 0.2;

interface SearchEvents {
  /**
   * A search of this connection ended, whatever it found. `stuck`: there will be no further search until something
   * changes.
   */
  searched: [connectionId: string, stuck: boolean];
}

/** The searches of one connection. One search covers all of its lost orders. */
interface SearchLoop {
  searches: number;
  timer: unknown;
  running: boolean;
  /** How often a search was requested: a request while one is running starts another one. */
  requests: number;
  readonly cursors: Map<string | undefined, SearchCursor>;
}

export class OrderSearch extends EventEmitter<SearchEvents> {
  readonly #deps: OrderSearchDeps;
  readonly #loops = new Map<string, SearchLoop>();
  readonly #disposed = new AbortController();

  constructor(deps: OrderSearchDeps) {
    super();
    this.#deps = deps;
  }

  /**
   * Searches for every lost order now, and from then on as if it had just been lost: a window was opened, a key
   * changed, or the user refreshed.
   */
  searchNow(): void {
    for (const id of new Set(this.#deps.ledger.lost().map(({ connectionId }) => connectionId))) this.start(id);
  }

  /** Searches for the lost orders of a connection: now, and then less and less often. */
  start(connectionId: string): void {
    if (this.#disposed.signal.aborted) return;
    const loop = this.#loops.get(connectionId) ?? {
      searches: 0,
      timer: undefined,
      running: false,
      requests: 0,
      cursors: new Map<string | undefined, SearchCursor>(),
    };
    this.#loops.set(connectionId, loop);
    loop.searches = 0;
    loop.requests += 1;
    if (!loop.running) this.#schedule(connectionId, loop, 0);
  }

  dispose(): void {
    this.#disposed.abort();
    for (const { timer } of this.#loops.values()) this.#deps.clock.clearTimeout(timer);
    this.#loops.clear();
    this.removeAllListeners();
  }

  #schedule(connectionId: string, loop: SearchLoop, pause: number): void {
    this.#deps.clock.clearTimeout(loop.timer);
    loop.timer = this.#deps.clock.setTimeout(() => {
      void this.#run(connectionId, loop);
    }, pause);
  }

  async #run(connectionId: string, loop: SearchLoop): Promise<void> {
    loop.running = true;
    const { requests } = loop;
    let stuck = false;
    let retryAfterMs = 0;
    try {
      const api = await this.#deps.apiOf(connectionId);
      if (api) await this.#search(connectionId, api, loop);
      stuck = api === undefined;
    } catch (error) {
      if (this.#disposed.signal.aborted) return;
      this.#deps.log('The search for orders whose response was lost failed', error);
      if (isTrueworkError(error)) {
        // Another search with the same key would fail in the same way; a new key or a refresh starts one.
        stuck = error.kind === 'unauthorized' || error.kind === 'no-key' || error.kind === 'wrong-host';
        retryAfterMs = error.retryAfterMs ?? 0;
      }
    } finally {
      loop.running = false;
    }
    if (this.#disposed.signal.aborted) return;
    const again = loop.requests !== requests;
    if (!again) loop.searches += 1;
    if (this.#deps.ledger.lost(connectionId).length === 0) this.#loops.delete(connectionId);
    else if (again) this.#schedule(connectionId, loop, retryAfterMs);
    else if (!stuck) this.#schedule(connectionId, loop, Math.max(this.#pause(loop.searches), retryAfterMs));
    this.emit('searched', connectionId, stuck);
  }

  async #search(connectionId: string, api: SearchApi, { cursors }: SearchLoop): Promise<void> {
    const { ledger } = this.#deps;
    const lost = () => ledger.lost(connectionId);
    for (const searchKey of new Set(lost().map((entry) => entry.searchKey))) {
      const left = (): readonly UnresolvedOrder[] => lost().filter((entry) => entry.searchKey === searchKey);
      const cursor = cursors.get(searchKey) ?? { row: 0 };
      cursors.set(searchKey, cursor);
      const writing: Promise<void>[] = [];
      await searchOrders(
        api,
        searchKey === undefined ? {} : { searchKey },
        (orders) => {
          writing.push(ledger.observe(connectionId, orders));
          return left().length === 0;
        },
        cursor,
        this.#disposed.signal,
      );
      await Promise.all(writing);
    }
  }

  #pause(searches: number): number {
    const pause = FIRST_PAUSES[searches] ?? (searches < MAX_FREQUENT ? PAUSE : RARE_PAUSE);
    return pause * (1 + JITTER * (this.#deps.random() * 2 - 1));
  }
}
