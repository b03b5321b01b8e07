import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { collectGarbage, Remains, Started, staysFlat } from '../../support/leftovers.ts';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { benchOf, employerSearch, NOON, only, targetEmployer } from './support.ts';

const MINUTE = 60_000;

/** Asks again and again: what ends by itself ends soon. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await isSo())) {
    if (Date.now() > end) assert.fail(`Not within 15 s: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

/** An endpoint that fails while `isDown` says so, and counts what it accepts. */
async function endpoint(
  isDown: () => boolean,
): Promise<{ readonly url: string; readonly accepted: () => number; readonly close: () => Promise<void> }> {
  let accepted = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = isDown() ? 503 : 200;
    if (!isDown()) accepted += 1;
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    accepted: () => accepted,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

describe('The local sandbox over 8 hours', () => {
  it('keeps only its orders, and nothing after it has stopped', async () => {
    const started = new Started(/\/src\/sandbox\//);
    const remains = new Remains();
    let hours = 0;
    const hook = await endpoint(() => hours % 4 === 1);
    try {
      await (async () => {
        const sandbox = remains.watch(
          'sandbox',
          await startSandbox({ rateLimit: 0, clock: () => NOON, speed: 60, webhooks: [{ url: hook.url }] }),
        );
        try {
          const { ask, order } = benchOf(sandbox);
          const orders: Order[] = [];
          for (let n = 0; n < 10; n += 1)
            orders.push(
              await order('target-employer', targetEmployer('000-00-0000')),
              await order('employer-search', employerSearch('000-00-0000')),
            );
          await staysFlat(async () => {
            for (const end = hours + 4; hours < end; hours += 1) {
              for (let minute = 0; minute < 60; minute += 1) {
                const asked = orders[minute % orders.length];
                assert.ok(asked);
                for (const path of [
                  '/orders?limit=5',
                  `/orders/${asked.id}`,
                  `/orders/${asked.id}/events`,
                  '/orders/unknown',
                ])
                  await ask(path);
                sandbox.advance(MINUTE);
                await sandbox.settle();
              }
            }
          });
          assert.ok(hours >= 8);
          const [first] = orders;
          assert.ok(first);
          assert.equal(only((await ask<Order>(`/orders/${first.id}`)).body).state.canonical_value, 'completed');
          assert.ok(hook.accepted() >= orders.length);
        } finally {
          await sandbox.stop();
        }
      })();
      await until(
        'nothing is left',
        async () => (await remains.names()).length === 0 && started.alive.length === 0,
      ).catch(async () => {
        assert.fail([...(await remains.names()), ...started.alive].join('; '));
      });
    } finally {
      started.stop();
      await hook.close();
    }
  });

  it('waits for no client once it has stopped', async () => {
    const started = new Started(/\/src\/sandbox\//);
    const sandbox = await startSandbox({ rateLimit: 0 });
    try {
      sandbox.addFault({ kind: 'latency', milliseconds: 600_000 });
      const asked = fetch(`${sandbox.url}/orders`, { headers: { authorization: `Bearer ${sandbox.apiKey}` } });
      asked.catch(() => undefined);
      await until('the answer waits', () => started.alive.some((what) => what.startsWith('setTimeout')));
      await sandbox.stop();
      await assert.rejects(asked);
      await collectGarbage();
      await until('no timer is left', () => started.alive.length === 0);
    } finally {
      await sandbox.stop();
      started.stop();
    }
  });
});
