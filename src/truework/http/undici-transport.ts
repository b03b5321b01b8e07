import type { Dispatcher, Pool } from 'undici';
import { abortable } from '../abortable.ts';
import { Failure, toTrueworkError, type FailureContext } from '../failure.ts';
import { chooseProxy, type ProxySettings } from './proxy.ts';
import {
  collect,
  TIMEOUTS,
  type Timeouts,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
import { STRICT, trustedContext } from './trust.ts';

export interface UndiciTransportOptions {
  readonly proxy?: ProxySettings;
  /** `http.systemCertificates`: whether the operating system's CAs are trusted; true by default. */
  readonly systemCertificates?: boolean;
  readonly timeouts?: Partial<Timeouts>;
  /** Maximum number of connections at a time. */
  readonly connections?: number;
}

const CONNECTIONS = 6;

/** Exchanges over undici: with keep-alive, through the configured proxy, trusting the CAs that the machine trusts. */
export class UndiciTransport implements Transport {
  readonly #options: UndiciTransportOptions;
  readonly #timeouts: Timeouts;
  /** By protocol: only TLS needs to find out which CAs the machine trusts. */
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();
  #closed = false;

  constructor(options: UndiciTransportOptions = {}) {
    this.#options = options;
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const { method, url, maxBytes, headersTimeoutMs = this.#timeouts.headers } = request;
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    const late = new AbortController();
    const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal;
    let deadline: NodeJS.Timeout | undefined;
    let sent: FailureContext['sent'] = 'no';
    // undici reads the body only once it is connected, which shows whether any of it can have arrived.
    const leave = function* (bytes: Uint8Array) {
      sent = 'yes';
      yield bytes;
    };
    try {
      if (this.#closed) throw new Failure('canceled');
      const dispatcher = await abortable(this.#dispatcher(url.protocol), signal);
      const answer = await abortable(
        dispatcher.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers:
            body === undefined
              ? { ...request.headers }
              : { ...request.headers, 'content-length': String(body.byteLength) },
          // The types do not mention that undici accepts iterables.
          body: body === undefined ? null : (leave(body) as unknown as Uint8Array),
          headersTimeout: headersTimeoutMs,
          bodyTimeout: this.#timeouts.body,
          signal,
        }),
        signal,
      );
      deadline = setTimeout(() => {
        late.abort(new Failure('timeout'));
      }, this.#timeouts.wholeBody);
      const header = (name: string) => {
        const value = answer.headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      };
      return {
        status: answer.statusCode,
        header,
        body: await collect(answer.body, header('content-length'), maxBytes),
      };
    } catch (error) {
      throw toTrueworkError(late.signal.aborted ? late.signal.reason : error, {
        canceled: request.signal?.aborted ?? false,
        sent,
      });
    } finally {
      clearTimeout(deadline);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const dispatchers = await Promise.allSettled(this.#dispatchers.values());
    await Promise.all(dispatchers.flatMap((made) => (made.status === 'fulfilled' ? [made.value.destroy()] : [])));
  }

  #dispatcher(protocol: string): Promise<Dispatcher> {
    const existing = this.#dispatchers.get(protocol);
    if (existing) return existing;
    const made = this.#connect(protocol);
    this.#dispatchers.set(protocol, made);
    return made;
  }

  async #connect(protocol: string): Promise<Dispatcher> {
    const proxy = chooseProxy(this.#options.proxy ?? {});
    const { EnvHttpProxyAgent, Pool } = await import('./undici.ts');
    const { connect: timeout } = this.#timeouts;
    const tls =
      protocol === 'https:'
        ? { ...STRICT, secureContext: trustedContext(this.#options.systemCertificates ?? true), timeout }
        : { timeout };
    return new EnvHttpProxyAgent({
      httpProxy: '',
      httpsProxy: proxy?.url ?? '',
      noProxy: proxy?.noProxy ?? '',
      ...(proxy?.authorization !== undefined && { token: proxy.authorization }),
      connections: this.#options.connections ?? CONNECTIONS,
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
      clientFactory: (origin, options) => throughProxy(new Pool(origin, { ...options, headersTimeout: timeout })),
    });
  }
}

/** Distinguishes failures of the proxy from failures behind it. */
function throughProxy(pool: Pool): Pool {
  const connect: (options: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> = pool.connect.bind(pool);
  const tunnel: typeof connect = async (options) => {
    const answer = await connect(options).catch((error: unknown) => {
      const { kind, code } = toTrueworkError(error, { canceled: false, sent: 'no' });
      throw new Failure(kind === 'tls' ? 'tls' : 'proxy', code);
    });
    if (answer.statusCode === 200) return answer;
    answer.socket.on('error', () => undefined).destroy();
    throw new Failure('proxy', `HTTP_${answer.statusCode}`);
  };
  return Object.assign(pool, { connect: tunnel });
}
