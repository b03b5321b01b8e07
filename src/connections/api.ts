/** Makes clients; loaded with the first request, since it brings the HTTP client along. */
import * as vscode from 'vscode';
import { RateBudget } from '../truework/http/budget.ts';
import { createClient, type Exchange, type TrueworkApi } from '../truework/client.ts';
import { fetchTransport } from '../truework/http/fetch-transport.ts';
import { API_ORIGINS, type SecretKey } from '../truework/keys.ts';
import { localOrigin, type LocalOrigin } from '../truework/origin.ts';
import type { ProxySettings } from '../truework/http/proxy.ts';
import type { Transport } from '../truework/http/transport.ts';
import { undiciTransport } from '../truework/http/undici-transport.ts';
import type { Log } from '../ui/log.ts';
import type { Connection } from './connection.ts';
import type { LocalAddress } from './local-sandbox.ts';

/** Truework counts requests by account and by IP address: everything in this window shares one budget. */
const budget = new RateBudget();

/** @param local where the local sandbox listens, for its own connection only */
export function createApi(
  connection: Connection,
  local: LocalAddress | undefined,
  key: () => Promise<SecretKey | undefined>,
  log: Log,
): TrueworkApi {
  return local
    ? client(localOrigin(local.url, local.key), key, undiciTransport({ proxy: { proxySupport: 'off' } }), log)
    : client(API_ORIGINS[connection.environment], key, configuredTransport(), log);
}

/** One request with a key that need not be stored anywhere, to its own host. @returns what went wrong, or undefined. */
export async function probeKey(key: SecretKey, log: Log, signal: AbortSignal): Promise<unknown> {
  const api = client(API_ORIGINS[key.environment], () => Promise.resolve(key), configuredTransport(), log);
  try {
    await api.listOrders({ limit: 1 }, { signal });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await api.close();
  }
}

function client(
  origin: string | LocalOrigin,
  key: () => Promise<SecretKey | undefined>,
  transport: Transport,
  log: Log,
): TrueworkApi {
  return createClient({
    origin,
    key,
    transport,
    budget,
    observe: (exchange) => {
      log.debug(describe(exchange));
    },
  });
}

function describe({ method, path, status, failure, durationMs, attempt }: Exchange): string {
  const result = status ?? (failure ? [failure.kind, failure.code].filter(Boolean).join(' ') : 'failed');
  return `${method} ${path} ${result} ${Math.round(durationMs)} ms${attempt > 1 ? `, attempt ${attempt}` : ''}`;
}

/** As the person has set it up: `truework.transport` has application scope, a workspace has no say in it. */
function configuredTransport(): Transport {
  if (vscode.workspace.getConfiguration('truework').get('transport') === 'editor')
    return fetchTransport({ fetch: globalThis.fetch });
  const http = vscode.workspace.getConfiguration('http');
  return undiciTransport({
    systemCertificates: http.get('systemCertificates', true),
    proxy: {
      ...settings({
        proxySupport: http.get<NonNullable<ProxySettings['proxySupport']>>('proxySupport'),
        proxyUrl: http.get<string>('proxy'),
        proxyAuthorization: http.get<string | null>('proxyAuthorization') ?? undefined,
        noProxy: http.get<string[]>('noProxy'),
      }),
      env: process.env,
    },
  });
}

/** Leaves out what is not set. */
function settings(values: { readonly [K in keyof ProxySettings]: ProxySettings[K] | undefined }): ProxySettings {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
