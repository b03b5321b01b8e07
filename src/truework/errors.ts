/**
 * Everything that can go wrong between this machine and Truework: a closed list, so that the compiler finds missing
 * cases.
 */
import * as v from 'valibot';
import { API_VERSION } from './facts.ts';
import { redact } from './redact.ts';
import { ErrorBody } from './schemas/errors.ts';

/**
 * - `unauthorized` 401: the key is missing, mistyped, revoked or for the other environment
 * - `forbidden` 403: the key is valid, but has no permission for this
 * - `not-found` 404
 * - `validation` 400 or 422, or rejected before sending (then without `status`): see `detail` and `fields`
 * - `version` 406: the key is pinned to a newer API version than the requested one
 * - `frozen-ssn` 451: the applicant has frozen the social security number
 * - `rate-limited` 429: see `retryAfterMs`
 * - `rejected` any other 4xx
 * - `server` 5xx
 * - `redirect` 3xx: never followed, because the key would be sent along
 * - `network` no connection, or it was interrupted
 * - `tls` the certificate is not trusted, or the TLS handshake failed
 * - `proxy` the proxy rejected the request, requires other credentials, or cannot be reached
 * - `timeout` no response in time
 * - `canceled` by the caller, or because the client was closed
 * - `too-large` the response exceeds the size limit
 * - `unexpected-body` the response does not match the API's documentation: see `path` and `expected`
 * - `no-key` there is no key for this connection, or no longer
 * - `wrong-host` this key must not be sent to this host
 * - `invalid-id` the text cannot be the ID of an order or report
 */
export type TrueworkErrorKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'validation'
  | 'version'
  | 'frozen-ssn'
  | 'rate-limited'
  | 'rejected'
  | 'server'
  | 'redirect'
  | 'network'
  | 'tls'
  | 'proxy'
  | 'timeout'
  | 'canceled'
  | 'too-large'
  | 'unexpected-body'
  | 'no-key'
  | 'wrong-host'
  | 'invalid-id';

/** One invalid field of a request; `path` as in `target.company.name`, empty for the whole request. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

export interface TrueworkErrorFacts {
  /** HTTP status of Truework's response. */
  readonly status?: number | undefined;
  /** Truework's message, without keys and social security numbers; at most 500 characters. */
  readonly detail?: string | undefined;
  readonly fields?: readonly FieldProblem[] | undefined;
  /** How long to wait before the next request, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Where the response first differs from the API's documentation, as in `results[0].state`; `$` is the whole body. */
  readonly path?: string | undefined;
  /** The value that was expected at `path`. */
  readonly expected?: string | undefined;
  /**
   * The request changes something, and it is not known whether it was carried out: never simply send it again.
   * Search for the order first (`correlate.ts`).
   */
  readonly requestMayHaveBeenDone?: boolean | undefined;
  /** Code of the system error behind it, such as `ECONNREFUSED`. */
  readonly code?: string | undefined;
}

const MAX_DETAIL_LENGTH = 500;
const MAX_FIELDS = 50;
const MAX_FIELD_DEPTH = 8;

/**
 * The only error that the client throws. It contains only selected facts: never a header, a request body, a query or
 * the original error, because all of those may contain the key or personal data.
 */
export class TrueworkError extends Error {
  override readonly name = 'TrueworkError';
  readonly kind: TrueworkErrorKind;
  declare readonly status?: number;
  declare readonly detail?: string;
  declare readonly fields?: readonly FieldProblem[];
  declare readonly retryAfterMs?: number;
  declare readonly path?: string;
  declare readonly expected?: string;
  readonly requestMayHaveBeenDone: boolean;
  declare readonly code?: string;

  constructor(kind: TrueworkErrorKind, facts: TrueworkErrorFacts = {}) {
    const code = validCode(facts);
    super(messageFor(kind, facts), code === undefined ? undefined : { cause: { code } });
    this.kind = kind;
    this.requestMayHaveBeenDone = facts.requestMayHaveBeenDone ?? false;
    if (facts.status !== undefined) this.status = facts.status;
    if (facts.detail !== undefined && facts.detail !== '') this.detail = brief(facts.detail);
    if (facts.fields !== undefined && facts.fields.length > 0) {
      this.fields = facts.fields
        .slice(0, MAX_FIELDS)
        .map(({ path, message }) => ({ path: brief(path), message: brief(message) }));
    }
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
    if (facts.path !== undefined) this.path = brief(facts.path);
    if (facts.expected !== undefined) this.expected = brief(facts.expected);
    if (code !== undefined) this.code = code;
  }
}

/** Codes are identifiers; any other text may contain anything. */
function validCode({ code }: TrueworkErrorFacts): string | undefined {
  return code !== undefined && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : undefined;
}

function brief(text: string): string {
  const clean = redact(text.slice(0, 2 * MAX_DETAIL_LENGTH));
  return clean.length <= MAX_DETAIL_LENGTH ? clean : `${clean.slice(0, MAX_DETAIL_LENGTH - 1)}…`;
}

/** Plain English for logs and command lines; the editor has its own localized messages. */
function messageFor(kind: TrueworkErrorKind, facts: TrueworkErrorFacts): string {
  switch (kind) {
    case 'unauthorized':
      return 'Truework does not accept the API key.';
    case 'forbidden':
      return 'The API key does not have permission to do this.';
    case 'not-found':
      return 'Truework does not know this ID, or the key has no access to it.';
    case 'validation':
      return 'The request has invalid fields.';
    case 'version':
      return `Truework does not support API version ${API_VERSION} for this key.`;
    case 'frozen-ssn':
      return 'The applicant has frozen this social security number.';
    case 'rate-limited':
      return 'Truework received too many requests in a short time.';
    case 'rejected':
      return `Truework rejected the request with status ${facts.status ?? 'unknown'}.`;
    case 'server':
      return `Truework failed to respond, with status ${facts.status ?? 'unknown'}.`;
    case 'redirect':
      return 'The response redirects to another address. Redirects are never followed with an API key.';
    case 'network':
      return 'Could not connect to Truework, or the connection was interrupted.';
    case 'tls':
      return 'Could not establish a trusted TLS connection to Truework.';
    case 'proxy':
      return 'The proxy rejected the request.';
    case 'timeout':
      return 'Truework did not respond in time.';
    case 'canceled':
      return 'The request was canceled.';
    case 'too-large':
      return 'The response is too large.';
    case 'unexpected-body':
      return facts.path === undefined
        ? "The response does not match the API's documentation."
        : `The response does not match the API's documentation: ${brief(facts.path)} should be ${brief(facts.expected ?? 'something else')}.`;
    case 'no-key':
      return 'There is no API key for this connection.';
    case 'wrong-host':
      return 'This API key must not be sent to this host.';
    case 'invalid-id':
      return 'This is not a valid order ID or report ID.';
  }
}

/** What an error response with this status means. */
export function kindOfStatus(status: number): TrueworkErrorKind {
  switch (status) {
    case 400:
    case 422:
      return 'validation';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 406:
      return 'version';
    case 429:
      return 'rate-limited';
    case 451:
      return 'frozen-ssn';
    default:
      if (status >= 500) return 'server';
      return status < 400 ? 'redirect' : 'rejected';
  }
}

/** Truework's message and field problems from an error body; empty for any other body, such as a gateway's. */
export function readErrorBody(body: unknown): Pick<TrueworkErrorFacts, 'detail' | 'fields'> {
  const read = v.safeParse(ErrorBody, body);
  if (!read.success) return {};
  const { message, invalid_fields: invalid } = read.output.error;
  return { detail: message, fields: fieldProblems(invalid) };
}

/** `{target: {ssn: ["This field is required."]}}` becomes `target.ssn`: "This field is required." */
function fieldProblems(invalid: unknown, path = '', depth = 0): readonly FieldProblem[] {
  if (typeof invalid === 'string') return [{ path, message: invalid }];
  if (typeof invalid !== 'object' || invalid === null || depth > MAX_FIELD_DEPTH) return [];
  const list = Array.isArray(invalid);
  return Object.entries(invalid).flatMap(([key, value]: [string, unknown]) => {
    if (list) return fieldProblems(value, typeof value === 'string' ? path : `${path}[${key}]`, depth + 1);
    return fieldProblems(value, path === '' ? key : `${path}.${key}`, depth + 1);
  });
}
