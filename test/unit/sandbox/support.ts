import { request as httpRequest } from 'node:http';
import { startSandbox, type RunningSandbox, type SandboxOptions } from '../../../src/sandbox/start-sandbox.ts';
import type { Order, VerificationRequest } from '../../../src/truework/schemas/order.ts';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A sandbox whose clock stands still until the test moves it, and a way to ask it. */
export interface Bench {
  readonly sandbox: RunningSandbox;
  readonly ask: <T = unknown>(path: string, ask?: Ask) => Promise<Answer<T>>;
  /** Creates an order and fails unless that works. */
  readonly order: (
    kind: 'target-employer' | 'employer-search' | 'truework-direct',
    body: object,
    query?: string,
  ) => Promise<Order>;
  readonly get: (order: Order) => Promise<Order>;
}

/** 2024-05-06T07:08:09.000Z */
export const NOON = Date.UTC(2024, 4, 6, 7, 8, 9);

export async function withSandbox(options: SandboxOptions, use: (bench: Bench) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ rateLimit: 0, clock: () => NOON, ...options });
  try {
    await use(benchOf(sandbox));
  } finally {
    await sandbox.stop();
  }
}

export function benchOf(sandbox: RunningSandbox): Bench {
  const ask = async <T>(path: string, { method = 'GET', body, text, headers }: Ask = {}): Promise<Answer<T>> => {
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(sandbox.url + path, {
      method,
      headers: {
        authorization: `Bearer ${sandbox.apiKey}`,
        ...(content !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content !== undefined && { body: content }),
    });
    const answer = await response.text();
    const isJson = answer !== '' && response.headers.get('content-type') === 'application/json';
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      body: (isJson ? JSON.parse(answer) : undefined) as T,
    };
  };
  return {
    sandbox,
    ask,
    order: async (kind, body, query = '') => {
      const answer = await ask<Order>(`/orders/${kind}${query}`, { method: 'POST', body });
      if (answer.status !== 201) throw new Error(`The order was refused: ${answer.text}`);
      return answer.body;
    },
    get: async (order) => (await ask<Order>(`/orders/${order.id}`)).body,
  };
}

/** A request with headers that fetch does not let through. @returns status and body */
export async function rawRequest(
  sandbox: RunningSandbox,
  options: { method?: string; path?: string; headers?: Record<string, string> },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: sandbox.port, path: '/orders', ...options, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      },
    );
    request.on('error', reject);
    request.end();
  });
}

export const grounds = {
  permissible_purpose: 'credit-application',
  use_case: 'mortgage',
  type: 'employment-income',
} as const;

export function applicant(ssn: string) {
  return {
    first_name: 'Sam',
    last_name: 'Submitted',
    social_security_number: ssn,
    date_of_birth: '1990-02-03',
    contact_email: 'sam@example.com',
  };
}

export function targetEmployer(ssn = '000-00-0000', more: object = {}) {
  return { ...grounds, target: { ...applicant(ssn), company: { name: 'Acme Corporation' } }, ...more };
}

export function employerSearch(ssn = '000-00-0000', more: object = {}) {
  return { ...grounds, target: applicant(ssn), ...more };
}

export function direct(...ssns: string[]) {
  return {
    targets: ssns.map((ssn) => ({
      ...grounds,
      ...applicant(ssn),
      companies: [{ name: 'Acme Corporation', action: 'verify' }],
    })),
  };
}

export function only(order: Order): VerificationRequest {
  const [verification, ...others] = order.verification_requests ?? [];
  if (!verification || others.length > 0) throw new Error('Expected one verification request.');
  return verification;
}

export const states = (order: Order): string[] =>
  (order.verification_requests ?? []).map((verification) => verification.state.canonical_value);
