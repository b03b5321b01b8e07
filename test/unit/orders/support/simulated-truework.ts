/**
 * A simulated Truework, network and window for the path of an order: no time passes, and everything can be repeated
 * from its seed.
 */
import type { Clock } from '../../../../src/truework/http/budget.ts';
import { TrueworkClient, type TrueworkApi } from '../../../../src/truework/client.ts';
import { TrueworkError } from '../../../../src/truework/errors.ts';
import { API_ORIGINS } from '../../../../src/truework/keys.ts';
import type { Order } from '../../../../src/truework/schemas/order.ts';
import type { Clocks } from '../../../../src/truework/server-clock.ts';
import type { Transport, TransportRequest, TransportResponse } from '../../../../src/truework/http/transport.ts';
import { CORRELATION_KEY } from '../../../../src/truework/correlate.ts';
import type { Storage } from '../../../../src/orders/sending/storage.ts';
import { aPage, aVerification, anOrder } from '../../../support/builders/orders.ts';
import { makeKey } from '../../truework/support/clients.ts';

const START = Date.parse('2026-01-02T03:04:05.678Z');

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that advances only when a test says so. */
export class SimulatedTime implements Clock, Clocks {
  #now = 0;
  /** How far this machine's clock is from the true time. */
  wallOffset = 0;
  readonly #timers = new Map<object, Timer>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return START + this.#now + this.wallOffset;
  }

  /** The true time, which is the server's. */
  server(): number {
    return START + this.#now;
  }

  setTimeout(run: () => void, ms: number): object {
    const timer = {};
    this.#timers.set(timer, { at: this.#now + Math.max(0, ms), run });
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as object);
  }

  /** Lets time pass, and everything happen that is due in it, in order. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const [next] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!next) break;
      const [key, { at, run }] = next;
      this.#timers.delete(key);
      this.#now = Math.max(this.#now, at);
      run();
    }
    this.#now = Math.max(this.#now, end);
    await settle();
  }
}

/** Until all promises that can settle have. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What becomes of one request that creates an order. */
export type Plan =
  | { readonly kind: 'answered'; readonly after: number }
  /**
   * The response is lost `after` milliseconds; the order is created `commit` milliseconds after the request came, or
   * never.
   */
  | {
      readonly kind: 'lost';
      readonly after: number;
      readonly how: 'reset' | 'timeout' | 500 | 502 | 504 | 'body' | 'page';
      readonly commit: number | undefined;
    }
  | { readonly kind: 'refused'; readonly after: number; readonly status: 400 | 401 | 403 | 429 | 451 }
  | { readonly kind: 'unreachable' };

/** What becomes of requests that read. */
export type Outage =
  | { readonly kind: 'unreachable' }
  /** Nothing comes back until the request times out. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'status'; readonly status: 401 | 429 | 500 | 503 };

/** One request that was to create an order. */
export interface Attempt {
  /** What the order is marked with; a reverification is not. */
  readonly correlation: string | undefined;
  readonly parentOrderId: string | undefined;
  readonly searchKey: string | undefined;
  committed: Order | undefined;
}

export type ListOrder = 'newest-first' | 'oldest-first' | 'by-id';

/** One account at Truework. */
export class SimulatedTruework {
  /** By the id that the order was sent with. */
  readonly attempts = new Map<string, Attempt>();
  readonly orders: Order[] = [];
  outage: Outage | undefined;
  /** By the same id. */
  readonly plans = new Map<string, Plan>();
  reads = 0;
  readonly #time: SimulatedTime;
  readonly #listOrder: ListOrder;
  readonly #name: string;
  #serial = 0;

  constructor(time: SimulatedTime, name: string, listOrder: ListOrder) {
    this.#time = time;
    this.#name = name;
    this.#listOrder = listOrder;
  }

  /** A client as a new window makes it. */
  client(): TrueworkApi {
    return new TrueworkClient({
      origin: API_ORIGINS.sandbox,
      key: makeKey(this.#name.length),
      clocks: this.#time,
      retries: { max: 0 },
      transport: this.#transport(),
    });
  }

  /** Adds an order that was created elsewhere. */
  seed(part: Partial<Order>, ageMs = 0): Order {
    const order = this.#make(
      { correlation: undefined, parentOrderId: undefined, searchKey: undefined, committed: undefined },
      part,
      ageMs,
    );
    this.orders.push(order);
    return order;
  }

  #transport(): Transport {
    return {
      send: (request) => (request.method === 'GET' ? this.#read(request) : this.#create(request)),
      close: () => Promise.resolve(),
    };
  }

  async #read(request: TransportRequest): Promise<TransportResponse> {
    this.reads += 1;
    await this.#wait(80, request);
    const { outage } = this;
    if (outage?.kind === 'unreachable') throw new TrueworkError('network', { code: 'ENETUNREACH' });
    if (outage?.kind === 'silent') {
      await this.#wait(30_000, request);
      throw new TrueworkError('timeout');
    }
    if (outage)
      return this.#answer(
        outage.status,
        { error: { message: 'Not now.' } },
        outage.status === 429 ? { 'retry-after': '7' } : {},
      );
    const { searchParams } = request.url;
    const [limit, offset, searchKey] = [
      Number(searchParams.get('limit') ?? 25),
      Number(searchParams.get('offset') ?? 0),
      searchParams.get('search_key'),
    ];
    const found = this.#listed().filter((order) => searchKey === null || order.search_key === searchKey);
    const end = offset + limit;
    const next = new URL(request.url);
    next.searchParams.set('offset', String(end));
    return this.#answer(200, aPage(found.slice(offset, end), found.length, end < found.length ? next.href : null));
  }

  #listed(): readonly Order[] {
    switch (this.#listOrder) {
      case 'newest-first':
        return this.orders.toReversed();
      case 'oldest-first':
        return this.orders;
      case 'by-id':
        return this.orders.toSorted((a, b) => a.id.localeCompare(b.id));
    }
  }

  async #create(request: TransportRequest): Promise<TransportResponse> {
    const body = JSON.parse(request.body ?? '') as {
      metadata?: Record<string, string>;
      targets?: { metadata?: Record<string, string> }[];
      search_key?: string;
      report_id?: string;
    };
    const correlation = body.metadata?.[CORRELATION_KEY] ?? body.targets?.[0]?.metadata?.[CORRELATION_KEY];
    const [, parentOrderId, reverificationId = ''] = /^report-of-(.*)#(.*)$/.exec(body.report_id ?? '') ?? [];
    const id = correlation ?? reverificationId;
    const plan = this.plans.get(id);
    if (!plan || this.attempts.has(id)) throw new Error('A request was sent that nobody asked for, or twice.');
    if (plan.kind === 'unreachable') throw new TrueworkError('network', { code: 'ECONNREFUSED' });
    const attempt: Attempt = { correlation, parentOrderId, searchKey: body.search_key, committed: undefined };
    this.attempts.set(id, attempt);
    const commit = (): Order => {
      const order = (attempt.committed = this.#make(attempt));
      this.orders.push(order);
      return order;
    };
    if (plan.kind === 'lost' && plan.commit !== undefined) this.#time.setTimeout(commit, plan.commit);
    // The order already exists while the response is in flight.
    if (plan.kind === 'answered') this.#time.setTimeout(commit, plan.after / 2);
    await this.#wait(plan.after, request);
    switch (plan.kind) {
      case 'answered':
        return this.#answer(201, attempt.committed);
      case 'refused':
        return this.#answer(plan.status, { error: { message: 'No.' } });
      case 'lost':
        switch (plan.how) {
          case 'reset':
            throw new TrueworkError('network', { code: 'ECONNRESET', requestMayHaveBeenDone: true });
          case 'timeout':
            throw new TrueworkError('timeout', { code: 'UND_ERR_HEADERS_TIMEOUT', requestMayHaveBeenDone: true });
          case 'body':
            return this.#answer(201, { id: 7 });
          case 'page':
            return { status: 200, header: () => undefined, body: Buffer.from('<html>Sign in</html>') };
          default:
            return this.#answer(plan.how, { error: { message: 'Failed.' } });
        }
    }
  }

  #make({ correlation, parentOrderId, searchKey }: Attempt, part: Partial<Order> = {}, ageMs = 0): Order {
    this.#serial += 1;
    // IDs that do not reveal the order of creation.
    const id = `${this.#name}-${((this.#serial * 7919) % 10_007).toString(36)}`;
    const created = new Date(this.#time.server() - ageMs).toISOString().replace('Z', '000Z');
    return anOrder(id, 'processing', {
      search_key: searchKey ?? null,
      reverification: parentOrderId === undefined ? null : { parent_order_id: parentOrderId, targets: [] },
      verification_requests: [
        aVerification('processing', {
          id: `verification-of-${id}`,
          created,
          metadata: correlation === undefined ? null : { [CORRELATION_KEY]: correlation },
        }),
      ],
      ...part,
    });
  }

  #answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): TransportResponse {
    const date = new Date(this.#time.server()).toUTCString();
    return {
      status,
      header: (name) => (name === 'date' ? date : headers[name]),
      body: Buffer.from(JSON.stringify(body)),
    };
  }

  #wait(ms: number, { signal, method }: TransportRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        reject(new TrueworkError('canceled', { requestMayHaveBeenDone: method !== 'GET' }));
      };
      if (signal?.aborted) cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      this.#time.setTimeout(resolve, ms);
    });
  }
}

/** Storage that one window writes and the next one reads. A closed window writes nothing. */
export class SimulatedStorage {
  readonly #values = new Map<string, string>();
  #window = 0;

  /** For a new window; closes the one before. */
  open(): Storage {
    this.#window += 1;
    const window = this.#window;
    return {
      get: (key) => {
        const text = this.#values.get(key);
        return text === undefined ? undefined : (JSON.parse(text) as unknown);
      },
      update: (key, value) => {
        if (window === this.#window) {
          if (value === undefined) this.#values.delete(key);
          else this.#values.set(key, JSON.stringify(value));
        }
        return Promise.resolve();
      },
    };
  }

  /** All that is on disk. */
  get text(): string {
    return [...this.#values.values()].join('\n');
  }
}
