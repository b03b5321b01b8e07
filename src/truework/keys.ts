/**
 * The grammar of Truework API keys.
 *
 * Prefixes: https://www.truework.com/docs/api-reference/authentication. Bodies: the documentation promises URL-safe
 * text of at least 32 random bytes (43 characters or more); actual keys have 40 lowercase hexadecimal characters. Both
 * are accepted.
 */

export type Environment = 'production' | 'sandbox';

export const SECRET_PREFIX = 'tw_sk_';
export const PUBLISHABLE_PREFIX = 'tw_pk_';
/** Follows either prefix in sandbox keys. */
export const SANDBOX_MARK = 'test_';

/** Length of a hexadecimal body, and minimum length of a URL-safe body. */
export const HEX_BODY_LENGTH = 40;
export const URL_SAFE_BODY_LENGTH = 43;

const HEX_BODY = new RegExp(`^[0-9a-f]{${HEX_BODY_LENGTH}}$`);
const URL_SAFE_BODY = new RegExp(`^[A-Za-z0-9_-]{${URL_SAFE_BODY_LENGTH},}$`);

export function isKeyBody(body: string): boolean {
  return HEX_BODY.test(body) || URL_SAFE_BODY.test(body);
}

type KeyProblem = 'empty' | 'publishable' | 'no-prefix' | 'no-body' | 'too-short' | 'bad-character' | 'white-space';

export type KeyReading =
  | { readonly ok: true; readonly environment: Environment }
  | { readonly ok: false; readonly problem: KeyProblem; readonly environment?: Environment };

/**
 * Checks whether a text is a secret key.
 *
 * A production body may begin with `test_` by chance. The length decides: if the text after `test_` is not a body, but
 * `test_` and that text together are one, it is a production key.
 */
export function readSecretKey(text: string): KeyReading {
  if (text === '') return { ok: false, problem: 'empty' };
  if (/\s/.test(text)) return { ok: false, problem: 'white-space' };
  if (text.startsWith(PUBLISHABLE_PREFIX)) return { ok: false, problem: 'publishable' };
  if (!text.startsWith(SECRET_PREFIX)) return { ok: false, problem: 'no-prefix' };
  const rest = text.slice(SECRET_PREFIX.length);
  if (rest.startsWith(SANDBOX_MARK)) {
    const body = rest.slice(SANDBOX_MARK.length);
    if (isKeyBody(body)) return { ok: true, environment: 'sandbox' };
    if (isKeyBody(rest)) return { ok: true, environment: 'production' };
    return { ok: false, problem: problemOf(body), environment: 'sandbox' };
  }
  if (isKeyBody(rest)) return { ok: true, environment: 'production' };
  return { ok: false, problem: problemOf(rest), environment: 'production' };
}

function problemOf(body: string): KeyProblem {
  if (body === '') return 'no-body';
  return /^[A-Za-z0-9_-]*$/.test(body) ? 'too-short' : 'bad-character';
}

/** The only hosts that keys are sent to. The prefix of a key decides, never a setting. */
export const API_ORIGINS: Readonly<Record<Environment, string>> = {
  production: 'https://api.truework.com',
  sandbox: 'https://api.truework-sandbox.com',
};

/** Masks a key except for its prefix and its last four characters, and any other text completely. */
export function maskKey(text: string): string {
  const reading = readSecretKey(text);
  if (!reading.ok) return '••••';
  const prefix = reading.environment === 'sandbox' ? SECRET_PREFIX + SANDBOX_MARK : SECRET_PREFIX;
  return `${prefix}…${text.slice(-4)}`;
}

/**
 * A secret key that prints itself masked wherever it is converted to text: template strings, JSON, `util.inspect`.
 * Only {@link SecretKey.reveal} returns the key itself.
 */
export class SecretKey {
  readonly #text: string;
  readonly environment: Environment;

  private constructor(text: string, environment: Environment) {
    this.#text = text;
    this.environment = environment;
  }

  /** @returns undefined if the text is not a complete secret key */
  static from(text: string): SecretKey | undefined {
    const reading = readSecretKey(text);
    return reading.ok ? new SecretKey(text, reading.environment) : undefined;
  }

  reveal(): string {
    return this.#text;
  }

  equals(other: SecretKey): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return maskKey(this.#text);
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
