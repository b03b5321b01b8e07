/**
 * The Truework API, version 2023-10-30. Every answer is checked against its schema: what is not in the schema is kept,
 * what is missing or of another type is one clear error.
 * Source: https://www.truework.com/docs/api-reference/versions/2023-10-30.
 */
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
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
import { abortable, type Transport, type TransportResponse } from './http/transport.ts';

interface CallOptions {
  readonly signal?: AbortSignal;
}

interface AnnotationOptions extends CallOptions {
  /** Adds data that nobody verified: what applicant and verifier stated, and documents that were not read. */
  readonly includeReportAnnotations?: boolean;
}

interface ReportOptions extends AnnotationOptions {
  readonly includeIncomeAnalytics?: boolean;
}

/** `fields` names what the answer is to hold, e.g. `id,employee(status)`; the rest is left out. */
interface FieldsOption {
  readonly fields: string;
}

/** Paging counts rows: `offset` 25 leaves out the first 25. Truework's own default for `limit` is 25. */
interface PageQuery {
  readonly limit?: number;
  readonly offset?: number;
}

export interface OrderQuery extends PageQuery {
  /** Only orders that were created with exactly this search key. */
  readonly searchKey?: string;
  /** Only the order of this verification request. */
  readonly verificationId?: string;
  readonly includeReportAnnotations?: boolean;
}

/** An answer of which only chosen fields came. */
type Chosen<T> = T extends readonly (infer U)[]
  ? readonly Chosen<U>[]
  : T extends object
    ? { [K in keyof T]?: Chosen<T[K]> }
    : T;

/**
 * All operations of the API. Each throws only `TrueworkError`. Reading is repeated when the connection breaks or
 * Truework is busy; creating, canceling and reverifying are sent once and never again.
 */
export interface TrueworkApi {
  /** Verifies one applicant at one named employer. Answered at once; the verification goes on. */
  createTargetEmployerOrder(body: TargetEmployerOrderRequest, options?: CallOptions): Promise<Order>;
  /** Searches for the applicant's employers. Answered when the search is over, which takes seconds and more. */
  createEmployerSearchOrder(
    body: EmployerSearchOrderRequest,
    options?: ReportOptions & { readonly fields?: never },
  ): Promise<Order>;
  createEmployerSearchOrder(
    body: EmployerSearchOrderRequest,
    options: ReportOptions & FieldsOption,
  ): Promise<Chosen<Order>>;
  /** Has the applicant sign in to payroll. Verification requests appear on the order later. */
  createTrueworkDirectOrder(body: TrueworkDirectOrderRequest, options?: CallOptions): Promise<Order>;
  getOrder(id: string, options?: AnnotationOptions): Promise<Order>;
  listOrders(query?: OrderQuery, options?: CallOptions): Promise<OrderList>;
  /** Page after page, each asked for only when it is taken. */
  orderPages(query?: OrderQuery, options?: CallOptions): AsyncIterable<OrderList>;
  /** Cancels every verification request of the order that has not ended. Cannot be undone. */
  cancelOrder(id: string, body: CancelOrderRequest, options?: CallOptions): Promise<CanceledOrder>;
  getReport(id: string, options?: ReportOptions & { readonly fields?: never }): Promise<Report>;
  getReport(id: string, options: ReportOptions & FieldsOption): Promise<Chosen<Report>>;
  getReportPdf(id: string, options?: CallOptions): Promise<Uint8Array>;
  getOrderEvents(id: string, query?: PageQuery, options?: CallOptions): Promise<OrderEventList>;
  /**
   * Verifies again what a report says, in a new order. `sync` answers when that is over, and is possible only where the
   * first verification was synchronous too; `async` is Truework's default.
   */
  reverify(body: ReverificationRequest, options?: CallOptions & { readonly sync?: RequestSync }): Promise<Order>;
  /** Truework's time in milliseconds since 1970; undefined until a request succeeded, and after this machine's clock was set. */
  serverNow(): number | undefined;
  /** Ends what is in flight with `canceled`; nothing can be asked afterwards. */
  close(): Promise<void>;
}

/** What was exchanged, for a log: neither query nor headers nor bodies. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly durationMs: number;
  readonly status?: number;
  /** Size of the answer. */
  readonly bytes?: number;
  /** Why there was no answer. */
  readonly failure?: TrueworkError;
}

export interface ClientOptions {
  /** One of `API_ORIGINS`, or the local sandbox of this process. */
  readonly origin: string | LocalOrigin;
  /** Read anew for every request, so that it is held nowhere. */
  readonly key: SecretKey | (() => Promise<SecretKey | undefined>);
  /** Closed together with the client. */
  readonly transport: Transport;
  /** Shared by all clients of the process. */
  readonly budget?: RateBudget;
  readonly observe?: (exchange: Exchange) => void;
  readonly retries?: Partial<Retries>;
  /** How long the synchronous operations may take to begin their answer, in milliseconds. */
  readonly synchronousTimeoutMs?: number;
  /** Sent as the User-Agent header. */
  readonly userAgent?: string;
  readonly clocks?: Clocks;
}

/** @throws TrueworkError `wrong-host` when the origin is none that keys go to */
export function createClient(options: ClientOptions): TrueworkApi {
  return new Client(options);
}

const JSON_TYPE = 'application/json';
const PDF_TYPE = 'application/pdf';
const MEBIBYTE = 1 << 20;
const MAX_JSON_BYTES = 20 * MEBIBYTE;
const MAX_PDF_BYTES = 50 * MEBIBYTE;
const SYNCHRONOUS_TIMEOUT_MS = 180_000;
const DEFAULT_PAUSE_MS = 1000;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Call {
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

interface Answer extends Pick<TransportResponse, 'body' | 'header'> {
  /** Takes the key out of a text that the answer holds: servers and gateways echo what they were sent. */
  clean(text: string): string;
}

class Client implements TrueworkApi {
  readonly #options: ClientOptions;
  readonly #origin: string;
  readonly #retries: Retries;
  readonly #closed = new AbortController();
  readonly #clocks: Clocks;
  readonly #serverClock: ServerClock;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clocks = options.clocks ?? systemClocks;
    this.#serverClock = new ServerClock(this.#clocks);
    this.#origin = originText(options.origin);
    this.#retries = { ...RETRIES, ...options.retries };
  }

  createTargetEmployerOrder(body: TargetEmployerOrderRequest, { signal }: CallOptions = {}): Promise<Order> {
    return this.#post(Order, '/orders/target-employer', TargetEmployerOrderRequest, body, { signal });
  }

  createEmployerSearchOrder(
    body: EmployerSearchOrderRequest,
    options?: ReportOptions & { readonly fields?: never },
  ): Promise<Order>;
  createEmployerSearchOrder(
    body: EmployerSearchOrderRequest,
    options: ReportOptions & FieldsOption,
  ): Promise<Chosen<Order>>;
  async createEmployerSearchOrder(
    body: EmployerSearchOrderRequest,
    options: ReportOptions & Partial<FieldsOption> = {},
  ): Promise<Chosen<Order>> {
    return this.#post(Order, '/orders/employer-search', EmployerSearchOrderRequest, body, {
      signal: options.signal,
      synchronous: true,
      query: reportQuery(options),
    });
  }

  createTrueworkDirectOrder(body: TrueworkDirectOrderRequest, { signal }: CallOptions = {}): Promise<Order> {
    return this.#post(Order, '/orders/truework-direct', TrueworkDirectOrderRequest, body, { signal });
  }

  getOrder(id: string, { signal, includeReportAnnotations }: AnnotationOptions = {}): Promise<Order> {
    return this.#get(Order, () => `/orders/${idSegment(id)}`, {
      signal,
      query: { include_report_annotations: includeReportAnnotations },
    });
  }

  listOrders(query: OrderQuery = {}, { signal }: CallOptions = {}): Promise<OrderList> {
    return this.#get(OrderList, () => '/orders', { signal, query: orderQuery(query) });
  }

  async *orderPages(query: OrderQuery = {}, { signal }: CallOptions = {}): AsyncGenerator<OrderList, void, undefined> {
    let page = await this.listOrders(query, { ...(signal && { signal }) });
    const seen = new Set<string>();
    for (;;) {
      yield page;
      if (page.next === null) return;
      const next = sameOrigin(page.next, this.#origin);
      // A list that leads back to a page it has shown would never end.
      if (seen.has(next))
        throw new TrueworkError('unexpected-body', { path: 'next', expected: 'a page that has not come yet' });
      seen.add(next);
      const url = new URL(next, this.#origin);
      page = await this.#get(OrderList, () => url.pathname, { signal, query: Object.fromEntries(url.searchParams) });
    }
  }

  async cancelOrder(id: string, body: CancelOrderRequest, { signal }: CallOptions = {}): Promise<CanceledOrder> {
    const call: Call = {
      method: 'PUT',
      path: `/orders/${idSegment(id)}/cancel`,
      body: checkedRequest(CancelOrderRequest, body),
      signal,
    };
    return readJson(CanceledOrder, await this.#send(call), call);
  }

  getReport(id: string, options?: ReportOptions & { readonly fields?: never }): Promise<Report>;
  getReport(id: string, options: ReportOptions & FieldsOption): Promise<Chosen<Report>>;
  getReport(id: string, options: ReportOptions & Partial<FieldsOption> = {}): Promise<Chosen<Report>> {
    return this.#get(Report, () => `/reports/${idSegment(id)}`, {
      signal: options.signal,
      query: reportQuery(options),
    });
  }

  async getReportPdf(id: string, { signal }: CallOptions = {}): Promise<Uint8Array> {
    const call: Call = {
      method: 'GET',
      path: `/reports/${idSegment(id)}`,
      accept: PDF_TYPE,
      maxBytes: MAX_PDF_BYTES,
      signal,
    };
    const answer = await this.#send(call);
    const { body } = answer;
    const [type] = (answer.header('content-type') ?? '').split(';');
    const isPdf =
      type?.trim().toLowerCase() === PDF_TYPE && Buffer.from(body.subarray(0, 5)).toString('latin1') === '%PDF-';
    if (!isPdf) throw new TrueworkError('unexpected-body', { path: '$', expected: 'a PDF' });
    return body;
  }

  getOrderEvents(id: string, { limit, offset }: PageQuery = {}, { signal }: CallOptions = {}): Promise<OrderEventList> {
    return this.#get(OrderEventList, () => `/orders/${idSegment(id)}/events`, { signal, query: { limit, offset } });
  }

  reverify(
    body: ReverificationRequest,
    { signal, sync }: CallOptions & { readonly sync?: RequestSync } = {},
  ): Promise<Order> {
    return this.#post(Order, '/orders/reverification', ReverificationRequest, body, {
      signal,
      synchronous: sync === 'sync',
      ...(sync && { headers: { 'request-sync': sync } }),
    });
  }

  serverNow(): number | undefined {
    return this.#serverClock.now();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#options.transport.close();
  }

  async #get<T>(
    schema: v.GenericSchema<unknown, T>,
    path: () => string,
    rest: Omit<Call, 'method' | 'path'>,
  ): Promise<T> {
    const call: Call = { ...rest, method: 'GET', path: path() };
    return readJson(schema, await this.#send(call), call);
  }

  async #post<T, B>(
    schema: v.GenericSchema<unknown, T>,
    path: string,
    request: v.GenericSchema<B>,
    body: B,
    rest: Omit<Call, 'method' | 'path' | 'body'>,
  ): Promise<T> {
    const call: Call = { ...rest, method: 'POST', path, body: checkedRequest(request, body) };
    return readJson(schema, await this.#send(call), call);
  }

  /** One call, which for reading may be several requests. @throws TrueworkError for every answer that is no success */
  async #send(call: Call): Promise<Answer> {
    const signal = call.signal ? AbortSignal.any([call.signal, this.#closed.signal]) : this.#closed.signal;
    for (let attempt = 1; ; attempt += 1) {
      let error: TrueworkError;
      try {
        return await this.#attempt(call, attempt, signal);
      } catch (thrown) {
        if (!(thrown instanceof TrueworkError)) throw thrown;
        error = thrown;
      }
      const { max: most, maxWaitMs: longestWaitMs } = this.#retries;
      if (call.method !== 'GET' || attempt > most || !isPassing(error)) throw error;
      const wait = error.retryAfterMs ?? backoffMs(attempt, this.#retries);
      if (wait > longestWaitMs) throw error;
      await pause(wait, signal);
    }
  }

  async #attempt(call: Call, attempt: number, signal: AbortSignal): Promise<Answer> {
    const { budget, observe, transport } = this.#options;
    let ended: (() => void) | undefined;
    const key = await canceling(async () => {
      ended = await budget?.acquire(signal);
      return abortable(this.#key(), signal);
    }, signal);
    const started = performance.now();
    const sentAt = momentOf(this.#clocks);
    const told = (outcome: Pick<Exchange, 'status' | 'bytes' | 'failure'>) => {
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
        ...(call.synchronous && { headersTimeoutMs: this.#options.synchronousTimeoutMs ?? SYNCHRONOUS_TIMEOUT_MS }),
        signal,
      });
    } catch (error) {
      if (error instanceof TrueworkError) told({ failure: error });
      throw error;
    } finally {
      ended?.();
    }
    told({ status: response.status, bytes: response.body.byteLength });
    const answer: Answer = {
      body: response.body,
      header: (name) => response.header(name),
      clean: (text) => withoutSecret(text, key.reveal()),
    };
    if (response.status >= 200 && response.status < 300) {
      // Of successes only: a gateway that answers in Truework's place has a clock of its own.
      this.#serverClock.update(response.header('date'), sentAt);
      return answer;
    }
    const error = errorOfAnswer(call, response.status, answer);
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

  #url({ path, query = {} }: Call): URL {
    const url = new URL(path, this.#origin);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    if (url.origin !== this.#origin) throw new TrueworkError('wrong-host');
    return url;
  }

  #headers(call: Call, key: SecretKey): Record<string, string> {
    return {
      authorization: `Bearer ${key.reveal()}`,
      accept: `${call.accept ?? JSON_TYPE}; version=${API_VERSION}`,
      'user-agent': this.#options.userAgent ?? 'truework-vscode',
      ...(call.body !== undefined && { 'content-type': JSON_TYPE }),
      ...call.headers,
    };
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/** IDs are opaque, but documented not to exceed 255 characters; as a path segment none may mean another path. */
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

function orderQuery({ limit, offset, searchKey, verificationId, includeReportAnnotations }: OrderQuery): Query {
  return {
    limit,
    offset,
    search_key: searchKey,
    verification_id: verificationId,
    include_report_annotations: includeReportAnnotations,
  };
}

function reportQuery({
  fields,
  includeIncomeAnalytics,
  includeReportAnnotations,
}: ReportOptions & Partial<FieldsOption>): Query {
  return {
    fields,
    include_income_analytics: includeIncomeAnalytics,
    include_report_annotations: includeReportAnnotations,
  };
}

/** A request that its schema does not allow is not sent: the answer could only be a 400. */
function checkedRequest<T>(schema: v.GenericSchema<T>, body: T): T {
  const read = v.safeParse(schema, body);
  if (read.success) return read.output;
  throw new TrueworkError('validation', {
    fields: read.issues.map((issue) => ({ path: pathOf(issue), message: `should be ${expectedBy(issue)}` })),
  });
}

function errorOfAnswer(call: Call, status: number, answer: Answer): TrueworkError {
  const kind = kindOfStatus(status);
  const { detail, fields } = readErrorBody(parseJson(answer.body));
  return new TrueworkError(kind, {
    status,
    detail: detail && answer.clean(detail),
    fields: fields?.map(({ path, message }) => ({ path: answer.clean(path), message: answer.clean(message) })),
    retryAfterMs: retryAfterMs(answer.header('retry-after')),
    requestMayHaveBeenDone: call.method !== 'GET' && (kind === 'redirect' || (kind === 'server' && status !== 501)),
  });
}

/** A connection that broke, or Truework being busy: another try may do. */
function isPassing({ kind, status }: TrueworkError): boolean {
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

function readJson<T>(schema: v.GenericSchema<unknown, T>, answer: Answer, call: Call): T {
  const requestMayHaveBeenDone = call.method !== 'GET';
  const body = parseJson(answer.body);
  if (body === NOT_JSON)
    throw new TrueworkError('unexpected-body', { path: '$', expected: 'JSON', requestMayHaveBeenDone });
  const read = v.safeParse(schema, body);
  if (read.success) return read.output;
  // Where only some fields were asked for, the others may be missing.
  const wrong =
    call.query?.['fields'] === undefined ? read.issues : read.issues.filter(({ input }) => input !== undefined);
  const [first] = wrong;
  if (!first) return body as T;
  throw new TrueworkError('unexpected-body', {
    path: answer.clean(pathOf(first)),
    expected: expectedBy(first),
    requestMayHaveBeenDone,
  });
}

/** Where an issue is, as in `results[0].state`; `$` for the whole. */
function pathOf(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).reduce((text, { key }) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
  return path === '' ? '$' : path;
}

/** In words, from the schema alone: the issue's own message repeats the value, which may be somebody's pay. */
function expectedBy(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === null) return issue.type.replaceAll('_', ' ');
  if (issue.input === undefined) return 'there';
  return issue.expected === 'Object' ? 'an object' : issue.expected === 'Array' ? 'a list' : issue.expected;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await canceling(() => setTimeout(ms, undefined, { signal }), signal);
}

/** Whatever a wait ends with once the signal has fired means the same. */
async function canceling<T>(wait: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    throw signal.aborted ? new TrueworkError('canceled') : error;
  }
}
