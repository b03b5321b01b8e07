/**
 * How fast the sandbox answers with ten thousand orders, over the loopback interface.
 * Run: node test/support/with-node.mjs test/bench/sandbox.ts
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, request } from 'undici';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import type { OrderList } from '../../src/truework/schemas/order.ts';

const ORDERS = 10_000;
const ROUNDS = 300;
const WARM_UP = 200;

const show = (what: string, value: string): void => {
  console.log(`${what.padEnd(48)}${value}`);
};
const ms = (value: number): string => `${value.toFixed(2)} ms`;

const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-bench-'));
const stateFile = path.join(folder, 'state.json');
const heapBefore = process.memoryUsage().heapUsed;
let started = performance.now();
const seeding = await startSandbox({ seedOrders: ORDERS, stateFile, rateLimit: 0 });
show(`start, making ${ORDERS} orders and their state file`, ms(performance.now() - started));
await seeding.stop();
show('state file', `${((await stat(stateFile)).size / 2 ** 20).toFixed(1)} MiB`);

started = performance.now();
const sandbox = await startSandbox({ stateFile, rateLimit: 0 });
show('start from that state file', ms(performance.now() - started));
show('heap in use since the beginning', `${((process.memoryUsage().heapUsed - heapBefore) / 2 ** 20).toFixed(0)} MiB`);

const dispatcher = new Agent({ connections: 1 });
const get = async (place: string): Promise<string> => {
  const { body, statusCode } = await request(sandbox.url + place, {
    dispatcher,
    headers: { authorization: `Bearer ${sandbox.apiKey}` },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${place}: ${statusCode} ${text}`);
  return text;
};
const page = JSON.parse(await get('/orders?offset=5000')) as OrderList;
const order = page.results.find((each) => each.verification_requests?.[0]?.reports);
const verification = order?.verification_requests?.[0];

const places: Record<string, string> = {
  'list, first page': '/orders',
  'list, page in the middle': '/orders?limit=25&offset=5000',
  'list, last page': `/orders?limit=25&offset=${ORDERS - 25}`,
  'get one order': `/orders/${order?.id ?? ''}`,
  'events of an order': `/orders/${order?.id ?? ''}/events`,
  report: `/reports/${verification?.reports?.[0]?.id ?? ''}?include_income_analytics=true`,
  'filter by search key': '/orders?search_key=seed-77',
  'filter by a search key nobody has': '/orders?search_key=nobody',
  'filter by verification': `/orders?verification_id=${verification?.id ?? ''}`,
};
for (const [what, place] of Object.entries(places)) {
  for (let round = 0; round < WARM_UP; round += 1) await get(place);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    started = performance.now();
    await get(place);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  show(what, `median ${ms(times[ROUNDS / 2] ?? 0)}   p95 ${ms(times[Math.floor(ROUNDS * 0.95)] ?? 0)}`);
}
await dispatcher.close();
await sandbox.stop();
await rm(folder, { recursive: true });
