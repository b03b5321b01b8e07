/** One HTTP exchange. The client knows Truework's API; a transport knows sockets, proxies and limits. */
import { Failure } from '../failure.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  /** Names in lower case. They contain the key: never put them into an error or a log. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Larger responses fail with `too-large`. */
  readonly maxBytes: number;
  /** How long Truework may take to begin its response, in milliseconds, if the transport's own limit is too short. */
  readonly headersTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  /** One header of the response; `name` in lower case. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/**
 * Carries out exchanges, and never follows a redirect: it returns a response with status 3xx or throws `redirect`.
 * Throws only `TrueworkError`, of the kinds `network`, `tls`, `proxy`, `timeout`, `canceled`, `too-large`, `redirect`;
 * for a POST or PUT, `requestMayHaveBeenDone` is true once any part of it may have been sent.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Closes all connections, including those in use. */
  close(): Promise<void>;
}

/** Limits of one exchange, in milliseconds. */
export interface Timeouts {
  /** Until connected, including proxy and TLS. */
  readonly connect: number;
  /** From the request to the first line of the response. */
  readonly headers: number;
  /** Between two chunks of the response. */
  readonly body: number;
  /** From the first line of the response to its end. */
  readonly wholeBody: number;
}

export const TIMEOUTS: Timeouts = { connect: 10_000, headers: 30_000, body: 30_000, wholeBody: 120_000 };

/** Reads a response to its end. @throws Failure `too-large` as soon as that is known, without reading the rest */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  contentLength: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  if (Number(contentLength) > maxBytes) throw new Failure('too-large');
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Failure('too-large');
    read.push(chunk);
  }
  return Buffer.concat(read, size);
}
