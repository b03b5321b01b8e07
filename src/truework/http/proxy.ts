/** Chooses the proxy, from VS Code's `http.*` settings first and from the environment second. */
import { TrueworkError } from '../errors.ts';

export interface ProxySettings {
  /** `http.proxySupport`; only `off` matters here: no proxy, regardless of other settings. */
  readonly proxySupport?: 'off' | 'on' | 'override' | 'fallback';
  /** `http.proxy` */
  readonly proxyUrl?: string;
  /** `http.proxyAuthorization`: the value of the Proxy-Authorization header. */
  readonly proxyAuthorization?: string;
  /** `http.noProxy`: hosts that do not use the proxy. */
  readonly noProxy?: readonly string[];
  /** Contains `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface ProxyChoice {
  /** Without user name and password. */
  readonly url: string;
  /** Value of the Proxy-Authorization header. */
  readonly authorization?: string;
  /** Hosts that do not use the proxy, separated by commas. */
  readonly noProxy: string;
}

/**
 * @returns undefined for a direct connection.
 * @throws TrueworkError `proxy` if the address is not that of an HTTP proxy
 */
export function chooseProxy(settings: ProxySettings): ProxyChoice | undefined {
  const { proxySupport, proxyUrl, proxyAuthorization, noProxy = [], env = {} } = settings;
  if (proxySupport === 'off') return undefined;
  const address =
    proxyUrl?.trim() || env['https_proxy'] || env['HTTPS_PROXY'] || env['http_proxy'] || env['HTTP_PROXY'];
  if (!address) return undefined;
  const url = URL.parse(address.includes('://') ? address : `http://${address}`);
  if (!url) throw new TrueworkError('proxy', { code: 'ERR_INVALID_URL' });
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TrueworkError('proxy', { code: 'ERR_PROXY_PROTOCOL' });
  const authorization = proxyAuthorization ?? basic(url);
  return {
    url: url.origin,
    ...(authorization !== undefined && { authorization }),
    noProxy: noProxy.length > 0 ? noProxy.join(',') : (env['no_proxy'] ?? env['NO_PROXY'] ?? ''),
  };
}

function basic({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
