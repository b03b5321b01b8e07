import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OrderList } from '../../../src/truework/schemas/order.ts';
import { OrderList as OrderListSchema } from '../../../src/truework/schemas/order.ts';
import { problemsOf } from './strict.ts';
import { employerSearch, targetEmployer, withSandbox } from './support.ts';

describe('Faults on demand', () => {
  it('answer with the chosen status, as often as chosen and only for the chosen operation', async () => {
    await withSandbox({}, async ({ sandbox, ask }) => {
      sandbox.addFault({ kind: 'status', status: 503, operation: 'get-all-orders', times: 2, retryAfter: 7 });
      assert.equal((await ask('/tenant-properties')).status, 200);
      const answer = await ask('/orders');
      assert.deepEqual(
        [answer.status, answer.headers.get('retry-after'), answer.body],
        [503, '7', { error: { message: 'Service unavailable.' } }],
      );
      assert.equal((await ask('/orders')).status, 503);
      assert.equal((await ask('/orders')).status, 200);
      for (const status of [401, 403, 404, 429, 451, 500, 501, 502, 504, 418]) {
        sandbox.addFault({ kind: 'status', status });
        assert.equal((await ask('/orders')).status, status);
      }
      sandbox.addFault({ kind: 'status', status: 502, html: true });
      assert.equal((await ask('/orders')).headers.get('content-type'), 'text/html');
    });
  });

  it('reset the connection before or after the work is done', async () => {
    await withSandbox({}, async ({ sandbox, ask }) => {
      const create = { method: 'POST', body: targetEmployer() };
      sandbox.addFault({ kind: 'status' });
      assert.equal((await ask('/orders/target-employer', create)).status, 500);
      assert.equal(sandbox.orderCount, 0);
      sandbox.addFault({ kind: 'status', after: true });
      assert.equal((await ask('/orders/target-employer', create)).status, 500);
      assert.equal(sandbox.orderCount, 1);
      sandbox.addFault({ kind: 'reset-before' });
      await assert.rejects(ask('/orders/target-employer', create));
      assert.equal(sandbox.orderCount, 1);
      sandbox.addFault({ kind: 'reset-after' });
      await assert.rejects(ask('/orders/target-employer', create));
      assert.equal(sandbox.orderCount, 2);
      sandbox.addFault({ kind: 'truncate' });
      await assert.rejects(ask('/orders/target-employer', create));
      assert.equal(sandbox.orderCount, 3);
      assert.equal((await ask('/orders')).status, 200, 'the sandbox has survived');
    });
  });

  it('let the work finish exactly once after the client has disconnected', async () => {
    await withSandbox({}, async ({ sandbox, ask }) => {
      const create = { method: 'POST', body: targetEmployer() };
      const created = async (count: number) => {
        while (sandbox.orderCount < count) await ask('/tenant-properties');
      };
      sandbox.addFault({ kind: 'reset-before', workAfter: 40 });
      await assert.rejects(ask('/orders/target-employer', create));
      assert.equal(sandbox.orderCount, 0);
      await created(1);
      sandbox.addFault({ kind: 'status', status: 504, workAfter: 40 });
      assert.equal((await ask('/orders/target-employer', create)).status, 504);
      assert.equal(sandbox.orderCount, 1);
      await created(2);
      // One that is refused is refused late, too, and its body may be no JSON at all.
      sandbox.addFault({ kind: 'status', status: 504, workAfter: 0 });
      assert.equal((await ask('/orders/target-employer', { method: 'POST', body: {} })).status, 504);
      assert.equal((await ask('/orders/target-employer', create)).status, 201);
      assert.equal(sandbox.orderCount, 3);
      sandbox.addFault({ kind: 'reset-before', workAfter: 86_400_000 });
      await assert.rejects(ask('/orders/target-employer', create));
    });
  });

  it('delay a response, truncate it, or break its schema', async () => {
    await withSandbox({ seedOrders: 'demo' }, async ({ sandbox, ask }) => {
      sandbox.addFault({ kind: 'wrong-schema' });
      assert.notDeepEqual(problemsOf(OrderListSchema, (await ask('/orders')).body), []);
      sandbox.addFault({ kind: 'latency', milliseconds: 60, times: 0 });
      const started = performance.now();
      assert.equal((await ask<OrderList>('/orders')).status, 200);
      assert.ok(performance.now() - started >= 55);
      sandbox.clearFaults();
      assert.deepEqual(problemsOf(OrderListSchema, (await ask('/orders')).body), []);
    });
  });

  it('are rejected if they are invalid', async () => {
    await withSandbox({}, ({ sandbox }) => {
      assert.throws(() => sandbox.addFault({ kind: 'status', status: 200 }));
      assert.throws(() => sandbox.addFault({ kind: 'status', operation: 'get-one-oder' }), /get-one-order/);
      return Promise.resolve();
    });
  });
});

describe('The control route', () => {
  it('adds and clears faults, which never affect the route itself', async () => {
    await withSandbox({ controlRoute: true }, async ({ ask }) => {
      assert.equal(
        (await ask('/control/faults', { method: 'POST', body: { kind: 'status', status: 500, times: 0 } })).status,
        201,
      );
      assert.equal((await ask('/orders')).status, 500);
      assert.equal((await ask<{ results: unknown[] }>('/control/faults')).body.results.length, 1);
      assert.equal((await ask('/control/faults', { method: 'DELETE' })).status, 204);
      assert.equal((await ask('/orders')).status, 200);
      for (const body of [{ kind: 'fire' }, { kind: 'status', statis: 500 }, { kind: 'status', operation: 'x' }, {}]) {
        assert.equal((await ask('/control/faults', { method: 'POST', body })).status, 400, JSON.stringify(body));
      }
    });
  });

  it('registers webhooks', async () => {
    await withSandbox({ controlRoute: true }, async ({ sandbox, ask }) => {
      const made = await ask<{ id: number; token: string }>('/control/webhooks', {
        method: 'POST',
        body: { url: 'https://example.com/hook', events: ['order.completed'] },
      });
      assert.deepEqual([made.status, made.body.token], [201, sandbox.webhookToken]);
      assert.equal(
        (await ask('/control/webhooks', { method: 'POST', body: { url: 'http://example.com' } })).status,
        400,
      );
      assert.equal((await ask<{ results: unknown[] }>('/control/webhooks')).body.results.length, 1);
      assert.equal((await ask(`/control/webhooks/${made.body.id}`, { method: 'DELETE' })).status, 204);
      assert.equal((await ask(`/control/webhooks/${made.body.id}`, { method: 'DELETE' })).status, 404);
    });
  });

  it('moves time and states', async () => {
    await withSandbox({ controlRoute: true }, async ({ order, ask, get }) => {
      const created = await order('target-employer', targetEmployer());
      assert.equal((await ask('/control/advance', { method: 'POST', body: { seconds: 2 } })).status, 204);
      assert.equal((await get(created)).verification_requests?.[0]?.state.canonical_value, 'processing');
      const move = async (id: string, state: string): Promise<number> =>
        (await ask(`/control/orders/${id}/state`, { method: 'PUT', body: { state } })).status;
      for (const state of ['pending-approval', 'action-required', 'completed']) {
        assert.equal(await move(created.id, state), 200);
        assert.equal((await get(created)).verification_requests?.[0]?.state.canonical_value, state);
      }
      assert.equal((await get(created)).verification_requests?.[0]?.reports?.length, 1);
      await move(created.id, 'invalid');
      assert.equal(
        (await get(created)).verification_requests?.[0]?.state.canonical_value,
        'completed',
        'an end is an end',
      );
      const hopeless = await order('target-employer', targetEmployer('000-03-0000'));
      assert.equal(await move(hopeless.id, 'completed'), 400);
      assert.equal(await move('x', 'completed'), 404);
      assert.equal((await order('employer-search', employerSearch())).verification_requests?.length, 1);
    });
  });
});
