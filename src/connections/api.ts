/** Creates clients. Loaded with the first request, because it brings the HTTP client along. */
import * as vscode from 'vscode';
import { RateBudget } from '../truework/http/budget.ts';
import { TrueworkClient, type ClientOptions, type Exchange, type TrueworkApi } from '../truework/client.ts';
import { FetchTransport } from '../truework/http/fetch-transport.ts';
import { API_ORIGINS, type SecretKey } from '../truework/keys.ts';
import { LocalOrigin } from '../truework/origin.ts';
import type { ProxySettings } from '../truework/http/proxy.ts';
import type { Transport } from '../truework/http/transport.ts';
import { UndiciTransport } from '../truework/http/undici-transport.ts';
import type { Log } from '../ui/log.ts';
import type { Connection } from './connection.ts';
import type { LocalAddress } from './local-sandbox.ts';

/** Truework counts requests by account and by IP address, so everything in this window shares one budget. */
const budget = new RateBudget();

/** @param local where the local sandbox listens, for its own connection only */
export function createApi(
  connection: Connection,
  local: LocalAddress | undefined,
  key: () => Promise<SecretKey | undefined>,
  log: Log,
): TrueworkApi {
  const destination = local
    ? {
        origin: LocalOrigin.of(local.url, local.key),
        transport: new UndiciTransport({ proxy: { proxySupport: 'off' } }),
      }
    : { origin: API_ORIGINS[connection.environment], transport: configuredTransport() };
  return new TrueworkClient({ ...destination, ...shared(log), key });
}

/**
 * Sends one request with a key, which need not be stored, to the key's own host.
 * @returns the error, or undefined if it worked
 */
export async function probeKey(key: SecretKey, log: Log, signal: AbortSignal): Promise<unknown> {
  const origin = API_ORIGINS[key.environment];
  const api = new TrueworkClient({ origin, transport: configuredTransport(), ...shared(log), key });
  try {
    await api.listOrders({ limit: 1 }, { signal });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await api.close();
  }
}

function shared(log: Log): Pick<ClientOptions, 'budget' | 'observe'> {
  return {
    budget,
    observe: (exchange) => {
      log.info(describeExchange(exchange));
    },
  };
}

/** One line, without the query: a search key may identify a person. */
function describeExchange({ method, path, status, failure, durationMs, attempt }: Exchange): string {
  const result = status ?? (failure ? [failure.kind, failure.code].filter(Boolean).join(' ') : 'failed');
  return `${method} ${path} ${result} ${Math.round(durationMs)} ms${attempt > 1 ? `, attempt ${attempt}` : ''}`;
}

/** Follows the user's settings: `truework.transport` has application scope, so that a workspace cannot change it. */
function configuredTransport(): Transport {
  if (vscode.workspace.getConfiguration('truework').get('transport') === 'editor')
    return new FetchTransport({ fetch: globalThis.fetch });
  const http = vscode.workspace.getConfiguration('http');
  return new UndiciTransport({
    systemCertificates: http.get('systemCertificates', true),
    proxy: {
      ...definedSettings({
        proxySupport: http.get<NonNullable<ProxySettings['proxySupport']>>('proxySupport'),
        proxyUrl: http.get<string>('proxy'),
        proxyAuthorization: http.get<string | null>('proxyAuthorization') ?? undefined,
        noProxy: http.get<string[]>('noProxy'),
      }),
      env: process.env,
    },
  });
}

function definedSettings(values: { readonly [K in keyof ProxySettings]: ProxySettings[K] | undefined }): ProxySettings {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
