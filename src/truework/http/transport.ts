/** One HTTP exchange, whoever carries it out. The client above knows Truework; a transport knows sockets, proxies and limits. */
import { Failure } from '../failure.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  /** Names in lower case. Holds the key: never put into an error or a log. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Larger answers are cut off with `too-large`. */
  readonly maxBytes: number;
  /** How long Truework may take to begin its answer, in milliseconds, where the transport's own limit is too short. */
  readonly headersTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  /** One header of the answer; `name` in lower case. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/**
 * Carries out exchanges, and never follows a redirect: the answer with status 3xx comes back, or `redirect` is thrown.
 * Throws only `TrueworkError`, of the kinds `network`, `tls`, `proxy`, `timeout`, `canceled`, `too-large`, `redirect`;
 * of a POST or PUT, `requestMayHaveBeenDone` is true once any of it may have been sent.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Ends all connections, those in use too. */
  close(): Promise<void>;
}

/** Limits of one exchange, in milliseconds. */
export interface Timeouts {
  /** Until the connection stands, proxy and TLS included. */
  readonly connect: number;
  /** From the request sent to the first line of the answer. */
  readonly headers: number;
  /** Between two pieces of the answer. */
  readonly body: number;
  /** From the first line of the answer to its end. */
  readonly wholeBody: number;
}

export const TIMEOUTS: Timeouts = { connect: 10_000, headers: 30_000, body: 30_000, wholeBody: 120_000 };

/** Adapts what only knows a plain exchange to a signal: settles as soon as the signal fires, whatever the work still does. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Reads an answer to its end. @throws Failure `too-large` as soon as it is known to be, without reading the rest */
export async function collect(
  pieces: AsyncIterable<Uint8Array>,
  announced: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  if (Number(announced) > maxBytes) throw new Failure('too-large');
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.byteLength;
    if (size > maxBytes) throw new Failure('too-large');
    read.push(piece);
  }
  return Buffer.concat(read, size);
}
