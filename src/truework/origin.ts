/** Which host a key may be sent to. The key's prefix decides; nothing that a workspace can set matters. */
import { TrueworkError } from './errors.ts';
import { API_ORIGINS, type SecretKey } from './keys.ts';

/** The local sandbox of this process: its address together with the only key that may be sent there. */
export class LocalOrigin {
  readonly #key: SecretKey;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;

  private constructor(origin: string, key: SecretKey) {
    this.origin = origin;
    this.#key = key;
  }

  /**
   * @throws TrueworkError `wrong-host` unless the URL is exactly `http://127.0.0.1:<port>` and the key is a sandbox key
   */
  static of(url: string, key: SecretKey): LocalOrigin {
    const [, port] = /^http:\/\/127\.0\.0\.1:([1-9]\d{0,4})\/?$/.exec(url) ?? [];
    if (port === undefined || Number(port) > 65_535 || key.environment !== 'sandbox')
      throw new TrueworkError('wrong-host');
    return new LocalOrigin(`http://127.0.0.1:${port}`, key);
  }

  accepts(key: SecretKey): boolean {
    return this.#key.equals(key);
  }

  /** True only for what {@link LocalOrigin.of} created, not for other objects of the same shape. */
  static is(value: unknown): value is LocalOrigin {
    return typeof value === 'object' && value !== null && #key in value;
  }
}

/** @returns the origin as text. @throws TrueworkError `wrong-host` if no key may be sent to it */
export function originText(origin: string | LocalOrigin): string {
  if (LocalOrigin.is(origin)) return origin.origin;
  if (!Object.values(API_ORIGINS).includes(origin)) throw new TrueworkError('wrong-host');
  return origin;
}

/** @throws TrueworkError `wrong-host` if this key may not be sent to this origin */
export function checkKeyHost(key: SecretKey, origin: string | LocalOrigin): void {
  const fits = LocalOrigin.is(origin) ? origin.accepts(key) : API_ORIGINS[key.environment] === origin;
  if (!fits) throw new TrueworkError('wrong-host');
}
