/** Makes clients; loaded with the first request, since it brings the HTTP client along. */
import * as vscode from 'vscode';
import { RateBudget } from '../truework/budget.ts';
import { createClient, type TrueworkApi } from '../truework/client.ts';
import { API_ORIGINS, type SecretKey } from '../truework/keys.ts';
import { localOrigin } from '../truework/origin.ts';
import { createTransport, fetchTransport, type Transport } from '../truework/transport.ts';
import type { Log } from '../ui/log.ts';
import type { Connection } from './connection.ts';
import type { LocalAddress } from './localSandbox.ts';

/** Truework counts requests by account and by IP address: everything in this window shares one budget. */
const budget = new RateBudget();

export function createApi(connection: Connection, local: LocalAddress | undefined, key: () => Promise<SecretKey | undefined>, log: Log): TrueworkApi {
  return createClient({
    origin: local ? localOrigin(local.url, local.key) : API_ORIGINS[connection.environment],
    key,
    transport: transport(),
    budget,
    observe: ({ method, path, status, ms }) => { log.debug(`${method} ${path} ${status ?? 'failed'} ${Math.round(ms)} ms`); },
  });
}

/** One request with a key that is stored nowhere yet. @returns what went wrong, or undefined. */
export async function probeKey(key: SecretKey, log: Log, signal: AbortSignal): Promise<unknown> {
  const api = createApi({ id: '', alias: '', environment: key.environment }, undefined, () => Promise.resolve(key), log);
  try {
    await api.listOrders({ limit: 1 }, { signal });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await api.close();
  }
}
