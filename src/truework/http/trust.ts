import { constants } from 'node:crypto';
import tls from 'node:tls';

/**
 * Applies to every connection, regardless of the environment: NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS reach
 * editors that are started from a shell, but only change defaults.
 */
export const STRICT = { rejectUnauthorized: true } as const;

const contexts = new Map<boolean, tls.SecureContext>();

/**
 * Trusts Node's CAs, those of `NODE_EXTRA_CA_CERTS` and, if `systemCertificates` is set, those of the operating system.
 * They are read once, on first use, because reading those of the operating system takes a while.
 */
export function trustedContext(systemCertificates: boolean): tls.SecureContext {
  let context = contexts.get(systemCertificates);
  if (context === undefined) {
    const stores = systemCertificates ? (['default', 'extra', 'system'] as const) : (['default', 'extra'] as const);
    contexts.set(
      systemCertificates,
      (context = tls.createSecureContext({
        ca: [...new Set(stores.flatMap((store) => tls.getCACertificates(store)))],
        minVersion: 'TLSv1.2',
        ciphers: constants.defaultCoreCipherList,
      })),
    );
  }
  return context;
}
