/** Classifies failed exchanges. */
import { TrueworkError, type TrueworkErrorKind } from './errors.ts';

/** Thrown where the reason is already known. It has no property `code`: after some codes, undici reconnects forever. */
export class Failure extends Error {
  readonly kind: TrueworkErrorKind;
  readonly systemCode: string | undefined;

  constructor(kind: TrueworkErrorKind, systemCode?: string) {
    super(kind);
    this.kind = kind;
    this.systemCode = systemCode;
  }
}

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ERR_TIMED_OUT',
  'ERR_CONNECTION_TIMED_OUT',
]);

/** OpenSSL's names for what is wrong with a certificate, Node's and Chromium's names for failed handshakes. */
const TLS =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_|ERR_CERT_|HOSTNAME_MISMATCH$|INVALID_|PATH_LENGTH_|EPROTO$|UND_ERR_PRX_TLS$)/;

const PROXY = /^(ERR_PROXY_|ERR_TUNNEL_|ERR_UNEXPECTED_PROXY)/;

/** With these codes, there was no connection. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_CONNECTION_REFUSED',
  'ERR_NAME_NOT_RESOLVED',
  'ERR_INTERNET_DISCONNECTED',
  'ERR_ADDRESS_UNREACHABLE',
]);

export interface FailureContext {
  readonly canceled: boolean;
  /**
   * Whether any part of a POST or PUT was sent. `perhaps`: the transport does not know when it was connected, so the
   * kind of the failure decides.
   */
  readonly sent: 'no' | 'perhaps' | 'yes';
}

/** TLS failures that may also occur after the handshake, with the request in flight. */
const AFTER_HANDSHAKE = /^(EPROTO$|ERR_SSL_(?!WRONG_VERSION_NUMBER|\w*HANDSHAKE))/;

/** Turns anything that an exchange threw into a `TrueworkError`, which contains only the code of the original error. */
export function toTrueworkError(thrown: unknown, { canceled, sent }: FailureContext): TrueworkError {
  if (thrown instanceof TrueworkError) return thrown;
  const { kind, code } = canceled ? { kind: 'canceled' as const, code: undefined } : classify(thrown);
  const wasNotSent =
    kind === 'proxy' ||
    (kind === 'tls' && !AFTER_HANDSHAKE.test(code ?? '')) ||
    (code !== undefined && NOT_CONNECTED.has(code));
  return new TrueworkError(kind, {
    code,
    requestMayHaveBeenDone: sent === 'yes' || (sent === 'perhaps' && !wasNotSent),
  });
}

function classify(thrown: unknown): { readonly kind: TrueworkErrorKind; readonly code: string | undefined } {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if (error instanceof Failure) return { kind: error.kind, code: error.systemCode };
    // The only failure without a code in `fetch`.
    if (error.message === 'unexpected redirect') return { kind: 'redirect', code: undefined };
    const code = systemCodeOf(error);
    if (code === undefined) continue;
    return { kind: kindOfCode(code), code };
  }
  return { kind: 'network', code: undefined };
}

function systemCodeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // Chromium's network stack, which carries the editor's fetch where `http.electronFetch` is on.
  return /\bnet::(ERR_[A-Z_]+)/.exec(error.message)?.[1];
}

function kindOfCode(code: string): TrueworkErrorKind {
  if (TIMEOUT_CODES.has(code)) return 'timeout';
  if (TLS.test(code)) return 'tls';
  // Aborted although the caller did not cancel: the proxy did not open a tunnel.
  if (PROXY.test(code) || code === 'UND_ERR_ABORTED') return 'proxy';
  return 'network';
}
