import tls from 'node:tls';

let context: tls.SecureContext | undefined;

/**
 * Trusts the authorities that Node brings, those of the operating system, and those of `NODE_EXTRA_CA_CERTS`. Read once,
 * on first use: the operating system's take a while.
 */
export function trustedContext(): tls.SecureContext {
  context ??= tls.createSecureContext({
    ca: [...new Set((['default', 'system', 'extra'] as const).flatMap((store) => tls.getCACertificates(store)))],
  });
  return context;
}
