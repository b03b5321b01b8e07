/** A machine whose time advances only when a test says so, and a Truework account. */
import type { Clock } from '../../../../src/truework/http/budget.ts';
import type { TrueworkApi } from '../../../../src/truework/client.ts';
import { TrueworkError, type TrueworkErrorFacts, type TrueworkErrorKind } from '../../../../src/truework/errors.ts';
import type { Order, OrderList } from '../../../../src/truework/schemas/order.ts';
import { isOrderFinished } from '../../../../src/truework/state.ts';
import { anOrder, aPage } from '../../../support/builders/orders.ts';

/** Lets everything that waits for promises only go on. */
const settled = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

export class SimulatedClock implements Clock {
  /** How long the machine was awake; timers go by this. */
  #awake = 0;
  #asleep = 0;
  #next = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#awake + this.#asleep;
  }

  get timers(): number {
    return this.#timers.size;
  }

  setTimeout(run: () => void, ms: number): number {
    this.#next += 1;
    this.#timers.set(this.#next, { at: this.#awake + ms, run });
    return this.#next;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** @returns a promise that settles so many milliseconds later */
  delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimeout(resolve, ms);
    });
  }

  async advance(ms: number): Promise<void> {
    const until = this.#awake + ms;
    await settled();
    for (;;) {
      let due: [number, { readonly at: number; readonly run: () => void }] | undefined;
      for (const timer of this.#timers) if (timer[1].at <= until && (!due || timer[1].at < due[1].at)) due = timer;
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#awake = Math.max(this.#awake, due[1].at);
      due[1].run();
      await settled();
    }
    this.#awake = until;
  }

  /** The machine sleeps: time passes, and no timer notices. */
  sleep(ms: number): void {
    this.#asleep += ms;
  }
}

/** How an account responds: with an error of some kind, or with its orders. */
export type Health = { readonly error: TrueworkErrorKind; readonly facts?: TrueworkErrorFacts } | 'ok';

export interface Request {
  readonly text: string;
  readonly at: number;
}

/** Requests are carried out when they are sent; the responses arrive later, in any order. */
export class SimulatedAccount {
  readonly name: string;
  readonly #clock: SimulatedClock;
  /** Newest first. */
  orders: Order[] = [];
  health: Health = 'ok';
  /** Orders whose single responses are malformed. */
  readonly broken = new Set<string>();
  /** How long the next response takes, in milliseconds. */
  latency: () => number = () => 0;
  readonly requests: Request[] = [];
  inFlight = 0;
  #created = 0;

  constructor(name: string, clock: SimulatedClock) {
    this.name = name;
    this.#clock = clock;
  }

  readonly api = {
    listOrders: ({ limit = 25, offset = 0, searchKey = undefined as string | undefined } = {}) =>
      this.#answer(`list ${offset}`, () => this.list(limit, offset, searchKey)),
    getOrder: (id: string) =>
      this.#answer(`get ${id}`, () => {
        if (this.broken.has(id)) throw new TrueworkError('unexpected-body', { path: '$', expected: 'an object' });
        const order = this.orders.find((candidate) => candidate.id === id);
        if (!order) throw new TrueworkError('not-found', { status: 404 });
        return order;
      }),
  } as unknown as TrueworkApi;

  /** Called when a request is sent; the returned function is called when the response arrives. */
  onRequest: (request: Request) => (error: unknown) => void = () => () => undefined;

  list(limit: number, offset: number, searchKey?: string): OrderList {
    const found = this.matching(searchKey);
    const next =
      offset + limit < found.length ? `https://api.truework-sandbox.com/orders?offset=${offset + limit}` : null;
    return aPage(found.slice(offset, offset + limit), found.length, next);
  }

  matching(searchKey: string | undefined): Order[] {
    return this.orders.filter(({ search_key: key }) => searchKey === undefined || key === searchKey);
  }

  create(state: string, searchKey: string | null = null): Order {
    this.#created += 1;
    const order = anOrder(`${this.name}-${this.#created}`, state, { search_key: searchKey, loan_id: '0' });
    this.orders = [order, ...this.orders];
    return order;
  }

  /** Puts one unfinished order into another state. Its loan ID counts its changes. */
  change(which: number, state: string): void {
    const open = this.orders.filter((order) => !isOrderFinished(order));
    const order = open[which % Math.max(1, open.length)];
    if (!order) return;
    const changed = anOrder(order.id, state, { search_key: order.search_key, loan_id: String(revision(order) + 1) });
    this.orders = this.orders.map((candidate) => (candidate === order ? changed : candidate));
  }

  async #answer<T>(text: string, run: () => T): Promise<T> {
    const request = { text, at: this.#clock.now() };
    this.requests.push(request);
    const onAnswer = this.onRequest(request);
    this.inFlight += 1;
    let error: unknown;
    try {
      const result = this.#carryOut(run);
      const latency = this.latency();
      if (latency > 0) await this.#clock.delay(latency);
      else await Promise.resolve();
      if ('error' in result) error = result.error;
      else return result.value;
    } finally {
      this.inFlight -= 1;
      onAnswer(error);
    }
    throw error as Error;
  }

  #carryOut<T>(run: () => T): { readonly value: T } | { readonly error: unknown } {
    if (this.health !== 'ok') return { error: new TrueworkError(this.health.error, this.health.facts) };
    try {
      return { value: run() };
    } catch (error) {
      return { error };
    }
  }
}

/** How often an order has changed at Truework. */
export function revision({ loan_id: changes }: Order): number {
  return Number(changes ?? 0);
}

/** A pseudo-random number generator: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
