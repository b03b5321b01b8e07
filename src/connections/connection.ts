import type { Environment } from '../truework/keys.ts';

/** A key under a name that the user chose. The key itself stays in the vault. */
export interface Connection {
  /** Random; identifies the secret in SecretStorage and the connection in document URIs. */
  readonly id: string;
  readonly alias: string;
  readonly environment: Environment;
  /** The local sandbox of this window: its key lives in memory and ends with the sandbox. */
  readonly local?: true;
}

export function isConnection(value: unknown): value is Connection {
  if (typeof value !== 'object' || value === null) return false;
  const { id, alias, environment } = value as Partial<Record<keyof Connection, unknown>>;
  return (
    typeof id === 'string' && typeof alias === 'string' && (environment === 'production' || environment === 'sandbox')
  );
}
