/** Finds out what a failed exchange failed of. */
import { TrueworkError, type TrueworkErrorKind } from './errors.ts';

/**
 * What is thrown where the reason is known already. It has no property `code`: undici connects again without end after
 * some of them.
 */
export class Failure extends Error {
  readonly kind: TrueworkErrorKind;
  readonly systemCode: string | undefined;

  constructor(kind: TrueworkErrorKind, systemCode?: string) {
    super(kind);
    this.kind = kind;
    this.systemCode = systemCode;
  }
}

const TIMEOUTS: ReadonlySet<string> = new Set([
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

/** With these there never was a connection. */
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
   * Whether any of a POST or PUT has left. `perhaps`: the transport cannot tell when the connection stood, so that the kind
   * of the failure has to.
   */
  readonly sent: 'no' | 'perhaps' | 'yes';
}

/** TLS failures that may also come after the handshake, with the request under way. */
const AFTER_HANDSHAKE = /^(EPROTO$|ERR_SSL_(?!WRONG_VERSION_NUMBER|\w*HANDSHAKE))/;

/** The error for whatever an exchange was ended by. Of the thrown one only a code is kept. */
export function failureOf(thrown: unknown, { canceled, sent }: FailureContext): TrueworkError {
  if (thrown instanceof TrueworkError) return thrown;
  const { kind, code } = canceled ? { kind: 'canceled' as const, code: undefined } : classify(thrown);
  const neverLeft =
    kind === 'proxy' ||
    (kind === 'tls' && !AFTER_HANDSHAKE.test(code ?? '')) ||
    (code !== undefined && NOT_CONNECTED.has(code));
  return new TrueworkError(kind, {
    code,
    requestMayHaveBeenDone: sent === 'yes' || (sent === 'perhaps' && !neverLeft),
  });
}

function classify(thrown: unknown): { readonly kind: TrueworkErrorKind; readonly code: string | undefined } {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if (error instanceof Failure) return { kind: error.kind, code: error.systemCode };
    // The one thing that `fetch` does not give a code.
    if (error.message === 'unexpected redirect') return { kind: 'redirect', code: undefined };
    const code = codeOf(error);
    if (code === undefined) continue;
    return { kind: kindOfCode(code), code };
  }
  return { kind: 'network', code: undefined };
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // Chromium's network stack, which carries the editor's fetch where `http.electronFetch` is on.
  return /\bnet::(ERR_[A-Z_]+)/.exec(error.message)?.[1];
}

function kindOfCode(code: string): TrueworkErrorKind {
  if (TIMEOUTS.has(code)) return 'timeout';
  if (TLS.test(code)) return 'tls';
  // Nobody canceled, and still the request was: that is how a tunnel ends that a proxy did not open.
  if (PROXY.test(code) || code === 'UND_ERR_ABORTED') return 'proxy';
  return 'network';
}
