/** The command line of the sandbox program. */
import { parseArgs } from 'node:util';
import { DEFAULT_ASSUMPTIONS, readAssumptions } from './assumptions.ts';
import { DEFAULT_RATE_LIMIT, DEFAULT_SEED, type SandboxOptions } from './start-sandbox.ts';

const KEY_VARIABLE = 'TRUEWORK_SANDBOX_API_KEY';

export const HELP = `Usage: sandbox [options]

A local server that behaves like Truework's sandbox. It listens on 127.0.0.1 only and prints one line of JSON:
{"url":…,"apiKey":…,"publishableKey":…,"webhookToken":…}

  --port N             TCP port; 0 for any free port (default 0)
  --seed TEXT          the same seed and requests give the same IDs, applicants and numbers (default ${DEFAULT_SEED})
  --speed N            how many times faster than real time delays pass: an order completes about
                       ${DEFAULT_ASSUMPTIONS.pendingSeconds + DEFAULT_ASSUMPTIONS.instantSeconds} s after it was created, an outreach after ${DEFAULT_ASSUMPTIONS.outreachHours} hours; with --speed 86400 two days
                       take two seconds (default 1)
  --state FILE         keep orders and webhooks in this file between runs; a damaged file is renamed
                       and reported, never overwritten
  --orders WHAT        initial orders if there is no state yet: none, demo (one of every state and kind)
                       or a number (default none)
  --rate-limit N       requests per second before responses are 429; 0 for no limit (default ${DEFAULT_RATE_LIMIT})
  --webhook URL        send webhooks there, with the printed token in X-Truework-Token; URL#TOKEN sends a
                       token of its own; up to ten times
  --control            add the control route, for tests (see below)
  --assume NAME=VALUE  override an assumption where Truework's documentation is silent (see below)
  --help               print this page

Environment:
  ${KEY_VARIABLE}   use this sandbox key instead of a random one

The control route requires the same bearer key:
  POST   /control/faults                   {"kind":"latency","milliseconds":500}, {"kind":"status","status":503},
                                           {"kind":"reset-before"}, {"kind":"reset-after"}, {"kind":"truncate"},
                                           {"kind":"wrong-schema"}; each with "operation" (such as get-one-order),
                                           "times" (default 1, 0 for all); status with "retryAfter", "after", "html";
                                           reset-before and status with "workAfter": milliseconds after which the
                                           work is still done, such as an order that is created late
  GET    /control/faults                   the pending faults; DELETE clears them
  POST   /control/webhooks                 {"url":…,"events":[…],"token":…}; GET lists, DELETE /control/webhooks/ID removes
  POST   /control/advance                  {"seconds":3600} moves the clock forward
  PUT    /control/orders/ORDER_ID/state    {"state":"action-required"} for verifications that have not ended

Assumptions and their defaults:
${Object.entries(DEFAULT_ASSUMPTIONS)
  .map(([name, value]) => `  ${name}=${String(value)}`)
  .join('\n')}
`;

/**
 * @param environment provides the key, so that no list of processes shows it
 * @throws Error with a message for the user
 */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Omit<SandboxOptions, 'onNotice'> | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      seed: { type: 'string' },
      speed: { type: 'string' },
      state: { type: 'string' },
      orders: { type: 'string' },
      'rate-limit': { type: 'string' },
      webhook: { type: 'string', multiple: true },
      control: { type: 'boolean' },
      assume: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const apiKey = environment[KEY_VARIABLE];
  const port = number('--port', values.port ?? '0');
  if (!Number.isInteger(port) || port > 65_535) throw new Error('--port must be an integer from 0 to 65535.');
  return {
    port,
    ...(values.seed !== undefined && { seed: values.seed }),
    speed: number('--speed', values.speed ?? '1'),
    ...(values.state !== undefined && { stateFile: values.state }),
    seedOrders: readOrders(values.orders ?? 'none'),
    rateLimit: number('--rate-limit', values['rate-limit'] ?? String(DEFAULT_RATE_LIMIT)),
    webhooks: (values.webhook ?? []).map(readWebhook),
    controlRoute: values.control ?? false,
    assumptions: readAssumptions(values.assume ?? []),
    ...(apiKey && { apiKey }),
  };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`${name} must be a number, 0 or larger.`);
  return value;
}

function readOrders(text: string): 'demo' | number {
  if (text === 'demo') return 'demo';
  if (text === 'none') return 0;
  const count = Number(text);
  if (!/^\d{1,6}$/.test(text)) throw new Error('--orders must be none, demo, or a number up to 999999.');
  return count;
}

function readWebhook(text: string): { url: string; token?: string } {
  const [url = '', token] = text.split('#');
  return token === undefined ? { url } : { url, token };
}
