/** What other features may have done with a key; loaded when it is asked for. */
import type { SecretKey } from '../truework/keys.ts';
import type { Log } from '../ui/log.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

/**
 * Asks for a name, tries the key and stores it. @returns undefined when the person gave up
 * @param options tried: whether the key was tried a moment ago, and is to be kept whatever came of it
 */
export async function storeKey(
  connections: Connections,
  log: Log,
  key: SecretKey,
  options: { readonly tried?: boolean } = {},
): Promise<Connection | undefined> {
  return (await import('./commands/add-api-key.ts')).addApiKey(connections, log, key, options);
}

/** One request with a key, to its own host and nowhere else. @returns what went wrong, or undefined */
export async function probeKey(key: SecretKey, log: Log, signal: AbortSignal): Promise<unknown> {
  return (await import('./api.ts')).probeKey(key, log, signal);
}
