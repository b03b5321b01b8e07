import { Failure, toTrueworkError } from '../failure.ts';
import {
  collect,
  TIMEOUTS,
  type Timeouts,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

export interface FetchTransportOptions {
  /** The editor's own `fetch`, which supports proxies that undici does not: PAC scripts, Kerberos, SOCKS. */
  readonly fetch: typeof fetch;
  readonly timeouts?: Partial<Timeouts>;
}

/** Set to `0`, Node accepts any certificate, and no option of `fetch` prevents it: then nothing is sent. */
const REJECT_UNAUTHORIZED = 'NODE_TLS_REJECT_UNAUTHORIZED';

/** Exchanges over a `fetch` that brings its own proxy and certificates. */
export class FetchTransport implements Transport {
  readonly #fetch: typeof fetch;
  readonly #timeouts: Timeouts;
  readonly #closed = new AbortController();

  constructor({ fetch, timeouts }: FetchTransportOptions) {
    this.#fetch = fetch;
    this.#timeouts = { ...TIMEOUTS, ...timeouts };
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const { method, url, headers, body, maxBytes, headersTimeoutMs = this.#timeouts.headers } = request;
    const late = new AbortController();
    const giveUp = () => {
      late.abort(new Failure('timeout'));
    };
    const signal = AbortSignal.any([late.signal, this.#closed.signal, ...(request.signal ? [request.signal] : [])]);
    let timer = setTimeout(giveUp, this.#timeouts.connect + headersTimeoutMs);
    let idle: NodeJS.Timeout | undefined;
    let leaving = false;
    try {
      signal.throwIfAborted();
      if (url.protocol === 'https:' && process.env[REJECT_UNAUTHORIZED] === '0')
        throw new Failure('tls', REJECT_UNAUTHORIZED);
      leaving = true;
      const answer = await this.#fetch(url, {
        method,
        headers,
        redirect: 'error',
        signal,
        ...(body !== undefined && { body }),
      });
      clearTimeout(timer);
      timer = setTimeout(giveUp, this.#timeouts.wholeBody);
      idle = setTimeout(giveUp, this.#timeouts.body);
      const chunks = observed(answer.body ?? [], () => idle?.refresh());
      return {
        status: answer.status,
        header: (name) => answer.headers.get(name) ?? undefined,
        body: await collect(chunks, answer.headers.get('content-length') ?? undefined, maxBytes),
      };
    } catch (error) {
      const canceled = (request.signal?.aborted ?? false) || this.#closed.signal.aborted;
      throw toTrueworkError(late.signal.aborted ? late.signal.reason : error, {
        canceled,
        sent: leaving && method !== 'GET' ? 'perhaps' : 'no',
      });
    } finally {
      clearTimeout(timer);
      clearTimeout(idle);
    }
  }

  close(): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }
}

async function* observed(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onChunk();
    yield chunk;
  }
}
