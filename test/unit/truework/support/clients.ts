/** Clients for tests, with short waits. */
import { after } from 'node:test';
import { TrueworkClient, type ClientOptions, type TrueworkApi } from '../../../../src/truework/client.ts';
import { TrueworkError } from '../../../../src/truework/errors.ts';
import { FetchTransport } from '../../../../src/truework/http/fetch-transport.ts';
import { SecretKey } from '../../../../src/truework/keys.ts';
import { LocalOrigin } from '../../../../src/truework/origin.ts';
import type { Timeouts, Transport } from '../../../../src/truework/http/transport.ts';
import { UndiciTransport } from '../../../../src/truework/http/undici-transport.ts';

/** A key of the right form, from a number; built here so that no file contains one. */
export function makeKey(seed: number, environment: 'sandbox' | 'production' = 'sandbox'): SecretKey {
  const body = Array.from({ length: 40 }, (_, at) => ((seed * 7 + at * at * 5 + at) % 16).toString(16)).join('');
  const key = SecretKey.from(['tw', 'sk', ...(environment === 'sandbox' ? ['test'] : []), body].join('_'));
  if (!key) throw new Error('The test made a key that is none.');
  return key;
}

export const KEY = makeKey(1);

const quick: Timeouts = { connect: 2000, headers: 2000, body: 2000, wholeBody: 4000 };

export const transports: Readonly<Record<'undici' | 'fetch', (timeouts?: Partial<Timeouts>) => Transport>> = {
  undici: (timeouts) => new UndiciTransport({ timeouts: { ...quick, ...timeouts } }),
  fetch: (timeouts) => new FetchTransport({ fetch: globalThis.fetch, timeouts: { ...quick, ...timeouts } }),
};

export function clientFor(url: string, options: Partial<ClientOptions> = {}): TrueworkApi {
  const transport = options.transport ?? transports.undici();
  const api = new TrueworkClient({
    origin: LocalOrigin.of(url, KEY),
    key: KEY,
    retries: { firstWaitMs: 1 },
    ...options,
    transport,
  });
  after(() => api.close());
  return api;
}

/** The error that something ends with. */
export async function failing(work: Promise<unknown>): Promise<TrueworkError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof TrueworkError) return error;
    throw new Error('It failed with something that is no TrueworkError.', { cause: error });
  }
  throw new Error('It was expected to fail, and did not.');
}

export const body = {
  targetEmployer: {
    permissible_purpose: 'credit-application',
    type: 'employment-income',
    use_case: 'mortgage',
    target: {
      company: { name: 'Acme Inc' },
      first_name: 'Jane',
      last_name: 'Doe',
      social_security_number: '000-00-0000',
    },
  },
  employerSearch: {
    permissible_purpose: 'credit-application',
    type: 'employment-income',
    use_case: 'mortgage',
    target: {
      date_of_birth: '1990-01-01',
      first_name: 'Jane',
      last_name: 'Doe',
      social_security_number: '000-00-0000',
    },
  },
  trueworkDirect: {
    targets: [
      {
        contact_email: 'jane@example.com',
        date_of_birth: '1990-01-01',
        first_name: 'Jane',
        last_name: 'Doe',
        social_security_number: '000-00-0000',
        permissible_purpose: 'credit-application',
        type: 'employment-income',
        use_case: 'mortgage',
      },
    ],
  },
} as const satisfies Record<string, unknown>;
