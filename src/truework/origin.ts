/** Which host a key may go to. The key's own prefix decides; nothing that a workspace can set has a say. */
import { TrueworkError } from './errors.ts';
import { API_ORIGINS, type SecretKey } from './keys.ts';

/** The local sandbox of this process: its address together with the one key that may go there. */
export class LocalOrigin {
  readonly #key: SecretKey;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;

  private constructor(origin: string, key: SecretKey) {
    this.origin = origin;
    this.#key = key;
  }

  /** @throws TrueworkError `wrong-host` unless the URL is `http://127.0.0.1:<port>` to the letter and the key is a sandbox key. */
  static of(url: string, key: SecretKey): LocalOrigin {
    const [, port] = /^http:\/\/127\.0\.0\.1:([1-9]\d{0,4})\/?$/.exec(url) ?? [];
    if (port === undefined || Number(port) > 65_535 || key.environment !== 'sandbox')
      throw new TrueworkError('wrong-host');
    return new LocalOrigin(`http://127.0.0.1:${port}`, key);
  }

  accepts(key: SecretKey): boolean {
    return this.#key.equals(key);
  }

  /** True only for what {@link LocalOrigin.of} made: an object of the same shape is none. */
  static is(value: unknown): value is LocalOrigin {
    return typeof value === 'object' && value !== null && #key in value;
  }
}

/** Made where the local sandbox is started, from the address and the key it has just been given. */
export function localOrigin(url: string, key: SecretKey): LocalOrigin {
  return LocalOrigin.of(url, key);
}

/** An origin as text, after the check that requests may go there at all. @throws TrueworkError `wrong-host` */
export function originText(origin: string | LocalOrigin): string {
  if (LocalOrigin.is(origin)) return origin.origin;
  if (!Object.values(API_ORIGINS).includes(origin)) throw new TrueworkError('wrong-host');
  return origin;
}

/** @throws TrueworkError `wrong-host` when this key is not for this origin. */
export function checkKeyHost(key: SecretKey, origin: string | LocalOrigin): void {
  const fits = LocalOrigin.is(origin) ? origin.accepts(key) : API_ORIGINS[key.environment] === origin;
  if (!fits) throw new TrueworkError('wrong-host');
}
