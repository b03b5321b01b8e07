/** Through which proxy requests go: what VS Code's `http.*` settings and the environment say, settings first. */
import { TrueworkError } from '../errors.ts';

export interface ProxySettings {
  /** `http.proxySupport`; only `off` makes a difference here: no proxy, whatever else is set. */
  readonly proxySupport?: 'off' | 'on' | 'override' | 'fallback';
  /** `http.proxy` */
  readonly proxyUrl?: string;
  /** `http.proxyAuthorization`: the value of the Proxy-Authorization header. */
  readonly proxyAuthorization?: string;
  /** `http.noProxy`: hosts that are reached without the proxy. */
  readonly noProxy?: readonly string[];
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are looked up. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface ProxyChoice {
  /** Without user name and password. */
  readonly url: string;
  /** Value of the Proxy-Authorization header. */
  readonly authorization?: string;
  /** Hosts that are reached without it, separated by commas. */
  readonly noProxy: string;
}

/** @returns undefined for a direct connection. @throws TrueworkError `proxy` when the address makes no HTTP proxy */
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
  return `Basic ${Buffer.from(`${plain(username)}:${plain(password)}`).toString('base64')}`;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
