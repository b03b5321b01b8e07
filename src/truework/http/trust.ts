import { constants } from 'node:crypto';
import tls from 'node:tls';

/**
 * What holds for every connection, whatever the environment says: NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS reach
 * editors that are started from a shell, and change nothing but defaults.
 */
export const STRICT = { rejectUnauthorized: true } as const;

const contexts = new Map<boolean, tls.SecureContext>();

/**
 * Trusts the authorities that Node brings, those of `NODE_EXTRA_CA_CERTS` and, unless that is not wanted, those of the
 * operating system. Read once, on first use: the operating system's take a while.
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
