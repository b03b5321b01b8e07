import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cancelOrders } from '../../../src/orders/sending/cancel-orders.ts';
import type { TrueworkApi } from '../../../src/truework/client.ts';
import { TrueworkError } from '../../../src/truework/errors.ts';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { anOrder, aVerification } from '../../support/builders/orders.ts';

type Answers = Readonly<Record<string, { readonly cancel?: TrueworkError; readonly get?: Order | TrueworkError }>>;

/** A fake Truework that cancels or fails as configured, and returns configured orders afterwards. */
function apiOf(answers: Answers) {
  const requests: string[] = [];
  const api: Pick<TrueworkApi, 'cancelOrder' | 'getOrder'> = {
    cancelOrder: (id) => {
      requests.push(`cancel ${id}`);
      const error = answers[id]?.cancel;
      return error ? Promise.reject(error) : Promise.resolve({ id, loan_id: null, verification_requests: null });
    },
    getOrder: (id) => {
      requests.push(`get ${id}`);
      const answer = answers[id]?.get ?? anOrder(id, 'canceled');
      return answer instanceof TrueworkError ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return { api, requests };
}

const lost = new TrueworkError('network', { code: 'ECONNRESET', requestMayHaveBeenDone: true });
const orders = ['a', 'b', 'c'].map((id) => anOrder(id, 'processing'));
const request = { cancellation_reason: 'immediate' } as const;

async function cancel(answers: Answers, some: readonly Order[] = orders) {
  const { api, requests } = apiOf(answers);
  const shown: string[] = [];
  const results = await cancelOrders(api, some, request, {
    onOrder: ({ id }) => {
      shown.push(id);
    },
    lookUpAfterMs: [0, 1],
  });
  return { outcomes: results.map(({ order, outcome }) => `${order.id} ${outcome}`), requests, shown, results };
}

describe('canceling orders', () => {
  it('reports each as canceled, and updates it', async () => {
    const { outcomes, shown } = await cancel({});
    assert.deepEqual(outcomes, ['a canceled', 'b canceled', 'c canceled']);
    assert.deepEqual(shown, ['a', 'b', 'c']);
  });

  it('continues after an order that Truework refused to cancel', async () => {
    const { outcomes, results } = await cancel({ b: { cancel: new TrueworkError('validation', { status: 400 }) } });
    assert.deepEqual(outcomes, ['a canceled', 'b refused', 'c canceled']);
    assert.ok(results[1]?.error instanceof TrueworkError);
  });

  it('counts as canceled if the request succeeded, even when the order cannot be loaded afterwards', async () => {
    const { outcomes } = await cancel({ a: { get: new TrueworkError('server', { status: 500 }) } });
    assert.deepEqual(outcomes, ['a canceled', 'b canceled', 'c canceled']);
  });

  for (const [what, error] of [
    ['the key is refused', new TrueworkError('unauthorized', { status: 401 })],
    ['the key is gone', new TrueworkError('no-key')],
    ['the key is for another host', new TrueworkError('wrong-host')],
    ['the network is gone', new TrueworkError('network', { code: 'ENETUNREACH' })],
    ['the certificate is not trusted', new TrueworkError('tls', { code: 'CERT_HAS_EXPIRED' })],
    ['the proxy refuses', new TrueworkError('proxy')],
    ['the connection was closed', new TrueworkError('canceled')],
  ] as const) {
    it(`sends no further request once ${what}`, async () => {
      const { outcomes, requests } = await cancel({ b: { cancel: error } });
      assert.deepEqual(outcomes, ['a canceled', 'b refused', 'c not-sent']);
      assert.ok(!requests.includes('cancel c'));
    });
  }

  it('looks up an order whose response was lost, and continues', async () => {
    const { outcomes, requests } = await cancel({ a: { cancel: lost } });
    assert.deepEqual(outcomes, ['a canceled', 'b canceled', 'c canceled']);
    assert.equal(requests.filter((each) => each === 'cancel a').length, 1);
  });

  it('is unknown while the order is not shown as canceled, or cannot be loaded', async () => {
    const { outcomes, shown } = await cancel({
      a: { cancel: lost, get: anOrder('a', 'processing') },
      b: { cancel: lost, get: new TrueworkError('server', { status: 503 }) },
      c: {
        cancel: new TrueworkError('server', { status: 504, requestMayHaveBeenDone: true }),
        get: anOrder('c', 'pending-approval'),
      },
    });
    assert.deepEqual(outcomes, ['a unknown', 'b unknown', 'c unknown']);
    assert.deepEqual(shown, ['a', 'a', 'c', 'c'], 'the store gets what was seen');
  });

  it('reports an order that ended in another state', async () => {
    assert.deepEqual(
      (await cancel({ a: { cancel: lost, get: anOrder('a', 'completed') } }, [anOrder('a', 'processing')])).outcomes,
      ['a ended'],
    );
  });

  it('considers only verification requests that were active before', async () => {
    const before = anOrder('a', '', {
      verification_requests: [aVerification('completed', { id: 'v1' }), aVerification('processing', { id: 'v2' })],
    });
    const after = (state: string) =>
      anOrder('a', '', {
        verification_requests: [aVerification('completed', { id: 'v1' }), aVerification(state, { id: 'v2' })],
      });
    assert.deepEqual((await cancel({ a: { cancel: lost, get: after('canceled') } }, [before])).outcomes, [
      'a canceled',
    ]);
    assert.deepEqual((await cancel({ a: { cancel: lost, get: after('completed') } }, [before])).outcomes, ['a ended']);
    assert.deepEqual((await cancel({ a: { cancel: lost, get: after('processing') } }, [before])).outcomes, [
      'a unknown',
    ]);
  });
});
