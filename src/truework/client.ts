/**
 * The Truework API, version 2023-10-30. Every response is checked against its schema: fields that the schema does not
 * list are kept, and a field that is missing or of another type is one clear error. Source:
 * https://www.truework.com/docs/api-reference/versions/2023-10-30.
 */
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { abortable } from './abortable.ts';
import { API_VERSION } from './facts.ts';
import type { RateBudget } from './http/budget.ts';
import { TrueworkError, kindOfStatus, readErrorBody } from './errors.ts';
import type { SecretKey } from './keys.ts';
import { checkKeyHost, originText, type LocalOrigin } from './origin.ts';
import { sameOrigin } from './pagination.ts';
import { withoutSecret } from './redact.ts';
import { retryAfterMs, backoffMs, RETRIES, type Retries } from './http/retry.ts';
import type { RequestSync } from './schemas/enums.ts';
import { CanceledOrder, Order, OrderEventList, OrderList } from './schemas/order.ts';
import { Report } from './schemas/report.ts';
import {
  CancelOrderRequest,
  EmployerSearchOrderRequest,
  ReverificationRequest,
  TargetEmployerOrderRequest,
  TrueworkDirectOrderRequest,
} from './schemas/requests.ts';
import { momentOf, ServerClock, systemClocks, type Clocks } from './server-clock.ts';
import type { Transport, TransportResponse } from './http/transport.ts';

interface CallOptions {
  readonly signal?: AbortSignal;
}

interface ReportOptions extends CallOptions {
  /** Adds unverified data: what the applicant and the verifier stated, and documents that were not read. */
  readonly includeReportAnnotations?: boolean;
  readonly includeIncomeAnalytics?: boolean;
}

interface ReverifyOptions extends CallOptions {
  /**
   * `sync` returns the finished order, and is possible only if the first verification was synchronous too; `async` is
   * Truework's default.
   */
  readonly sync?: RequestSync;
}

/** Paging counts rows: `offset` 25 leaves out the first 25. Truework's own default for `limit` is 25. */
interface PageQuery {
  readonly limit?: number;
  readonly offset?: number;
}

export interface OrderQuery extends PageQuery {
  /** Only orders that were created with exactly this search key. */
  readonly searchKey?: string;
}

/** What a caller of {@link TrueworkClient} uses. */
export type TrueworkApi = Pick<TrueworkClient, keyof TrueworkClient>;

/** One HTTP exchange, for a log: neither query nor headers nor bodies. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly durationMs: number;
  readonly status?: number;
  /** Size of the response body. */
  readonly bytes?: number;
  /** Why there was no response. */
  readonly failure?: TrueworkError;
}

export interface ClientOptions {
  /** One of `API_ORIGINS`, or the local sandbox of this process. */
  readonly origin: string | LocalOrigin;
  /** Read for every request, so that the client does not hold it. */
  readonly key: SecretKey | (() => Promise<SecretKey | undefined>);
  /** Closed together with the client. */
  readonly transport: Transport;
  /** Shared by all clients of the process. */
  readonly budget?: RateBudget;
  readonly observe?: (exchange: Exchange) => void;
  readonly retries?: Partial<Retries>;
  readonly clocks?: Clocks;
}

const JSON_TYPE = 'application/json';
const PDF_TYPE = 'application/pdf';
const MEBIBYTE = 1 << 20;
const MAX_JSON_BYTES = 20 * MEBIBYTE;
const MAX_PDF_BYTES = 50 * MEBIBYTE;
/** How long a synchronous operation may take to begin its response. */
const SYNCHRONOUS_TIMEOUT_MS = 180_000;
const DEFAULT_PAUSE_MS = 1000;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Without the query. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly maxBytes?: number;
  readonly synchronous?: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface ReceivedResponse extends Pick<TransportResponse, 'body' | 'header'> {
  /** Removes the key from a text of the response: servers and gateways echo what they were sent. */
  clean(text: string): string;
}

/**
 * All operations of the API. Each throws only `TrueworkError`. Requests that only read are retried when the connection
 * breaks or Truework is busy; creating, canceling and reverifying are sent once.
 */
export class TrueworkClient {
  readonly #options: ClientOptions;
  readonly #origin: string;
  readonly #retries: Retries;
  readonly #closed = new AbortController();
  readonly #clocks: Clocks;
  readonly #serverClock: ServerClock;

  /** @throws TrueworkError `wrong-host` if no key may be sent to the origin */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clocks = options.clocks ?? systemClocks;
    this.#serverClock = new ServerClock(this.#clocks);
    this.#origin = originText(options.origin);
    this.#retries = { ...RETRIES, ...options.retries };
  }

  /** Verifies one applicant at one named employer. Returns at once; the verification continues. */
  createTargetEmployerOrder(body: TargetEmployerOrderRequest, { signal }: CallOptions = {}): Promise<Order> {
    return this.#post(Order, '/orders/target-employer', TargetEmployerOrderRequest, body, { signal });
  }

  /** Searches for the applicant's employers. Returns when the search has ended, which takes seconds or longer. */
  createEmployerSearchOrder(body: EmployerSearchOrderRequest, { signal }: CallOptions = {}): Promise<Order> {
    return this.#post(Order, '/orders/employer-search', EmployerSearchOrderRequest, body, {
      signal,
      synchronous: true,
    });
  }

  /** The applicant signs in to a payroll provider. Verification requests are added to the order later. */
  createTrueworkDirectOrder(body: TrueworkDirectOrderRequest, { signal }: CallOptions = {}): Promise<Order> {
    return this.#post(Order, '/orders/truework-direct', TrueworkDirectOrderRequest, body, { signal });
  }

  /** @throws TrueworkError `invalid-id` before anything is sent, `not-found` */
  getOrder(id: string, { signal }: CallOptions = {}): Promise<Order> {
    return this.#get(Order, () => `/orders/${idSegment(id)}`, { signal });
  }

  /** One page of orders. Truework does not document their order. */
  listOrders(query: OrderQuery = {}, { signal }: CallOptions = {}): Promise<OrderList> {
    const { limit, offset, searchKey } = query;
    return this.#get(OrderList, () => '/orders', { signal, query: { limit, offset, search_key: searchKey } });
  }

  /** Page after page; each is requested when the consumer asks for it. */
  async *orderPages(query: OrderQuery = {}, { signal }: CallOptions = {}): AsyncIterable<OrderList> {
    let page = await this.listOrders(query, { ...(signal && { signal }) });
    const seen = new Set<string>();
    for (;;) {
      yield page;
      if (page.next === null) return;
      const next = sameOrigin(page.next, this.#origin);
      // A list that leads back to an earlier page would never end.
      if (seen.has(next))
        throw new TrueworkError('unexpected-body', { path: 'next', expected: 'a page that has not come yet' });
      seen.add(next);
      const url = new URL(next, this.#origin);
      page = await this.#get(OrderList, () => url.pathname, { signal, query: Object.fromEntries(url.searchParams) });
    }
  }

  /** Cancels every verification request of the order that has not ended. Cannot be undone. */
  async cancelOrder(id: string, body: CancelOrderRequest, { signal }: CallOptions = {}): Promise<CanceledOrder> {
    const call: ApiCall = {
      method: 'PUT',
      path: `/orders/${idSegment(id)}/cancel`,
      body: checkedRequest(CancelOrderRequest, body),
      signal,
    };
    return readJson(CanceledOrder, await this.#send(call), call);
  }

  /** @throws TrueworkError `invalid-id` before anything is sent, `not-found` */
  getReport(
    id: string,
    { signal, includeIncomeAnalytics, includeReportAnnotations }: ReportOptions = {},
  ): Promise<Report> {
    return this.#get(Report, () => `/reports/${idSegment(id)}`, {
      signal,
      query: {
        include_income_analytics: includeIncomeAnalytics,
        include_report_annotations: includeReportAnnotations,
      },
    });
  }

  /** @throws TrueworkError `unexpected-body` if the response is not a PDF */
  async getReportPdf(id: string, { signal }: CallOptions = {}): Promise<Uint8Array> {
    const call: ApiCall = {
      method: 'GET',
      path: `/reports/${idSegment(id)}`,
      accept: PDF_TYPE,
      maxBytes: MAX_PDF_BYTES,
      signal,
    };
    const response = await this.#send(call);
    const { body } = response;
    const [type] = (response.header('content-type') ?? '').split(';');
    const isPdf =
      type?.trim().toLowerCase() === PDF_TYPE && Buffer.from(body.subarray(0, 5)).toString('latin1') === '%PDF-';
    if (!isPdf) throw new TrueworkError('unexpected-body', { path: '$', expected: 'a PDF' });
    return body;
  }

  getOrderEvents(id: string, { limit, offset }: PageQuery = {}, { signal }: CallOptions = {}): Promise<OrderEventList> {
    return this.#get(OrderEventList, () => `/orders/${idSegment(id)}/events`, { signal, query: { limit, offset } });
  }

  /** Verifies the content of a report again, in a new order. */
  reverify(body: ReverificationRequest, { signal, sync }: ReverifyOptions = {}): Promise<Order> {
    return this.#post(Order, '/orders/reverification', ReverificationRequest, body, {
      signal,
      synchronous: sync === 'sync',
      ...(sync && { headers: { 'request-sync': sync } }),
    });
  }

  /**
   * Truework's time in milliseconds since 1970; undefined until a request succeeded, and after this machine's clock was
   * set.
   */
  serverNow(): number | undefined {
    return this.#serverClock.now();
  }

  /** Ends requests in flight with `canceled`; later calls fail in the same way. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#options.transport.close();
  }

  async #get<T>(
    schema: v.GenericSchema<unknown, T>,
    path: () => string,
    rest: Omit<ApiCall, 'method' | 'path'>,
  ): Promise<T> {
    const call: ApiCall = { ...rest, method: 'GET', path: path() };
    return readJson(schema, await this.#send(call), call);
  }

  async #post<T, B>(
    schema: v.GenericSchema<unknown, T>,
    path: string,
    request: v.GenericSchema<B>,
    body: B,
    rest: Omit<ApiCall, 'method' | 'path' | 'body'>,
  ): Promise<T> {
    const call: ApiCall = { ...rest, method: 'POST', path, body: checkedRequest(request, body) };
    return readJson(schema, await this.#send(call), call);
  }

  /**
   * One call: several requests if it only reads and is retried.
   * @throws TrueworkError unless the response is a success
   */
  async #send(call: ApiCall): Promise<ReceivedResponse> {
    const signal = call.signal ? AbortSignal.any([call.signal, this.#closed.signal]) : this.#closed.signal;
    for (let attempt = 1; ; attempt += 1) {
      let error: TrueworkError;
      try {
        return await this.#attempt(call, attempt, signal);
      } catch (thrown) {
        if (!(thrown instanceof TrueworkError)) throw thrown;
        error = thrown;
      }
      const { max, maxWaitMs } = this.#retries;
      if (call.method !== 'GET' || attempt > max || !isTransient(error)) throw error;
      const wait = error.retryAfterMs ?? backoffMs(attempt, this.#retries);
      if (wait > maxWaitMs) throw error;
      await pause(wait, signal);
    }
  }

  async #attempt(call: ApiCall, attempt: number, signal: AbortSignal): Promise<ReceivedResponse> {
    const { budget, observe, transport } = this.#options;
    let ended: (() => void) | undefined;
    const key = await canceling(async () => {
      ended = await budget?.acquire(signal);
      return abortable(this.#key(), signal);
    }, signal);
    const started = performance.now();
    const sentAt = momentOf(this.#clocks);
    const report = (outcome: Pick<Exchange, 'status' | 'bytes' | 'failure'>) => {
      observe?.({ method: call.method, path: call.path, attempt, durationMs: performance.now() - started, ...outcome });
    };
    let response: TransportResponse;
    try {
      response = await transport.send({
        method: call.method,
        url: this.#url(call),
        headers: this.#headers(call, key),
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        maxBytes: call.maxBytes ?? MAX_JSON_BYTES,
        ...(call.synchronous && { headersTimeoutMs: SYNCHRONOUS_TIMEOUT_MS }),
        signal,
      });
    } catch (error) {
      if (error instanceof TrueworkError) report({ failure: error });
      throw error;
    } finally {
      ended?.();
    }
    report({ status: response.status, bytes: response.body.byteLength });
    const received: ReceivedResponse = {
      body: response.body,
      header: (name) => response.header(name),
      clean: (text) => withoutSecret(text, key.reveal()),
    };
    if (response.status >= 200 && response.status < 300) {
      // Only from successes: a gateway that responds in Truework's place has a clock of its own.
      this.#serverClock.update(response.header('date'), sentAt);
      return received;
    }
    const error = errorOf(call, response.status, received);
    if (error.kind === 'rate-limited')
      budget?.pause(Math.min(error.retryAfterMs ?? DEFAULT_PAUSE_MS, this.#retries.maxWaitMs));
    throw error;
  }

  async #key(): Promise<SecretKey> {
    const { key: source, origin } = this.#options;
    const key = typeof source === 'function' ? await source() : source;
    if (!key) throw new TrueworkError('no-key');
    checkKeyHost(key, origin);
    return key;
  }

  #url({ path, query = {} }: ApiCall): URL {
    const url = new URL(path, this.#origin);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    if (url.origin !== this.#origin) throw new TrueworkError('wrong-host');
    return url;
  }

  #headers(call: ApiCall, key: SecretKey): Record<string, string> {
    return {
      authorization: `Bearer ${key.reveal()}`,
      accept: `${call.accept ?? JSON_TYPE}; version=${API_VERSION}`,
      'user-agent': 'truework-vscode',
      ...(call.body !== undefined && { 'content-type': JSON_TYPE }),
      ...call.headers,
    };
  }
}

// eslint-disable-next-line no-control-regex -- matches control characters on purpose
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/** IDs are opaque, but documented not to exceed 255 characters; as a path segment, none may lead to another path. */
function idSegment(id: string): string {
  const isInvalid =
    typeof id !== 'string' ||
    id === '' ||
    id.length > 255 ||
    id === '.' ||
    id === '..' ||
    CONTROL_CHARACTER.test(id) ||
    !id.isWellFormed();
  if (isInvalid) throw new TrueworkError('invalid-id');
  return encodeURIComponent(id);
}

/** A request that its schema does not allow is not sent: the response could only be a 400. */
function checkedRequest<T>(schema: v.GenericSchema<T>, body: T): T {
  const read = v.safeParse(schema, body);
  if (read.success) return read.output;
  throw new TrueworkError('validation', {
    fields: read.issues.map((issue) => ({ path: pathOf(issue), message: `should be ${expectedBy(issue)}` })),
  });
}

function errorOf(call: ApiCall, status: number, response: ReceivedResponse): TrueworkError {
  const kind = kindOfStatus(status);
  const { detail, fields } = readErrorBody(parseJson(response.body));
  return new TrueworkError(kind, {
    status,
    detail: detail && response.clean(detail),
    fields: fields?.map(({ path, message }) => ({ path: response.clean(path), message: response.clean(message) })),
    retryAfterMs: retryAfterMs(response.header('retry-after')),
    requestMayHaveBeenDone: call.method !== 'GET' && (kind === 'redirect' || (kind === 'server' && status !== 501)),
  });
}

/** The connection broke or Truework is busy: another attempt may succeed. */
function isTransient({ kind, status }: TrueworkError): boolean {
  return kind === 'network' || kind === 'rate-limited' || status === 502 || status === 503 || status === 504;
}

const NOT_JSON = Symbol('not JSON');

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return NOT_JSON;
  }
}

function readJson<T>(schema: v.GenericSchema<unknown, T>, response: ReceivedResponse, call: ApiCall): T {
  const requestMayHaveBeenDone = call.method !== 'GET';
  const body = parseJson(response.body);
  if (body === NOT_JSON)
    throw new TrueworkError('unexpected-body', { path: '$', expected: 'JSON', requestMayHaveBeenDone });
  const read = v.safeParse(schema, body);
  if (read.success) return read.output;
  const [first] = read.issues;
  throw new TrueworkError('unexpected-body', {
    path: response.clean(pathOf(first)),
    expected: expectedBy(first),
    requestMayHaveBeenDone,
  });
}

/** Where an issue is, as in `results[0].state`; `$` for the whole body. */
function pathOf(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).reduce((text, { key }) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
  return path === '' ? '$' : path;
}

/** In words, from the schema alone: the issue's own message repeats the value, which may be an applicant's pay. */
function expectedBy(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === null) return issue.type.replaceAll('_', ' ');
  if (issue.input === undefined) return 'there';
  return issue.expected === 'Object' ? 'an object' : issue.expected === 'Array' ? 'a list' : issue.expected;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await canceling(() => setTimeout(ms, undefined, { signal }), signal);
}

/** Once the signal has fired, a wait ends with `canceled`, whatever it threw. */
async function canceling<T>(wait: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    throw signal.aborted ? new TrueworkError('canceled') : error;
  }
}
