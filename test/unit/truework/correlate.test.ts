import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findLostOrder } from '../../../src/truework/correlate.ts';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { aPage, aVerification, anOrder } from '../../support/builders/orders.ts';
import { clientFor, failing } from './support/clients.ts';
import { inTurn, json, startServer } from '../../support/network/server.ts';

const metadata = { key: 'request', value: 'a1b2' };
const mark = { request: 'a1b2' };
const others = [anOrder('other-1', 'processing'), anOrder('other-2', 'processing', { verification_requests: [aVerification('processing', { metadata: { request: 'zzzz' } })] })];
const lost = anOrder('lost', 'processing', { verification_requests: [aVerification('processing', { metadata: mark })] });
const noWait = { waitsMs: [0, 0] };

describe('an order whose creation was not answered', () => {
  it('is found by what it carries, in its verification requests', async () => {
    const server = await startServer(json(aPage([...others, lost])));
    const found = await findLostOrder(clientFor(server.url), { metadata, searchKey: 'key 1' }, noWait);
    assert.ok(found.known === 'created');
    assert.equal(found.order.id, 'lost');
    assert.equal(server.received.length, 1);
    assert.match(server.received[0]?.url ?? '', /search_key=key\+1/);
  });

  it('is found by the metadata of a Truework Direct target', async () => {
    const wrapped = { canonical_value: 'mortgage', raw_value: 'mortgage' };
    const target = {
      authorization_forms: null, companies: null, contact_email: null, date_of_birth: '1990-01-01', first_name: null, last_name: null, permissible_purpose: wrapped, reseller_originating_party: null,
      self_employment: null, social_security_number: '***-**-0000', truework_direct_session_link: null, truework_direct_session_token: 't', type: 'employment-income', use_case: wrapped,
    };
    const direct: Order = anOrder('direct', '', { verification_requests: [], truework_direct: { targets: [{ ...target, metadata: null }, { ...target, metadata: mark }] } });
    const server = await startServer(json(aPage([...others, direct])));
    const found = await findLostOrder(clientFor(server.url), { metadata }, noWait);
    assert.ok(found.known === 'created');
    assert.equal(found.order.id, 'direct');
  });

  it('is found on a later page, and when it appears only after a while', async () => {
    const server = await startServer();
    server.answer = inTurn(json(aPage(others)), json(aPage(others, 3, `${server.url}/orders?limit=100&offset=100`)), json(aPage([lost], 3)));
    const found = await findLostOrder(clientFor(server.url), { metadata }, noWait);
    assert.equal(found.known, 'created');
    assert.equal(server.received.length, 3);
  });

  it('was not created when every order was looked at, more than once', async () => {
    const server = await startServer(json(aPage(others)));
    assert.deepEqual(await findLostOrder(clientFor(server.url), { metadata }, noWait), { known: 'not-found' });
    assert.equal(server.received.length, 2);
  });

  it('is unknown when there are more orders than can be looked at', async () => {
    const server = await startServer();
    server.answer = json(aPage(others, 10_000, `${server.url}/orders?offset=2`));
    assert.deepEqual(await findLostOrder(clientFor(server.url), { metadata }, { waitsMs: [0], mostOrders: 2 }), { known: 'unknown' });
    assert.equal(server.received.length, 1);
  });

  it('is unknown when Truework cannot be asked', async () => {
    const server = await startServer(json({}, 503));
    const found = await findLostOrder(clientFor(server.url, { retries: { most: 0 } }), { metadata }, noWait);
    assert.ok(found.known === 'unknown');
    assert.equal(found.error?.kind, 'server');
  });

  it('is unknown, without asking, when it carries nothing', async () => {
    const server = await startServer(json(aPage(others)));
    assert.deepEqual(await findLostOrder(clientFor(server.url), { metadata: { key: 'request', value: '' } }), { known: 'unknown' });
    assert.equal(server.received.length, 0);
  });

  it('is not looked for any more once that was canceled', async () => {
    const abort = new AbortController();
    const server = await startServer();
    server.answer = (request, response, index) => {
      json(aPage(others))(request, response, index);
      setImmediate(() => { abort.abort(); });
    };
    const error = await failing(findLostOrder(clientFor(server.url), { metadata }, { waitsMs: [0, 60_000], signal: abort.signal }));
    assert.equal(error.kind, 'canceled');
  });
});

describe('a reverification that was not answered', () => {
  const since = Date.parse('2026-01-02T10:00:00Z');
  const reverification = (id: string, parent: string, created: string): Order => anOrder(id, 'pending-approval', {
    reverification: { parent_order_id: parent, targets: [] },
    verification_requests: [aVerification('pending-approval', { created })],
  });
  const mine = { parentOrderId: 'parent', since, known: new Set(['seen before']) };

  it('is the new order that verifies the same one again', async () => {
    const server = await startServer(json(aPage([
      ...others,
      reverification('of another', 'other parent', '2026-01-02T10:00:01Z'),
      reverification('seen before', 'parent', '2026-01-02T09:59:00Z'),
      reverification('lost', 'parent', '2026-01-02T10:00:01Z'),
      reverification('of last year', 'parent', '2025-01-02T10:00:01Z'),
    ])));
    const found = await findLostOrder(clientFor(server.url), mine, noWait);
    assert.ok(found.known === 'created');
    assert.equal(found.order.id, 'lost');
  });

  it('may have been made by a clock that is behind', async () => {
    const server = await startServer(json(aPage([reverification('lost', 'parent', '2026-01-02T09:55:00Z')])));
    assert.equal((await findLostOrder(clientFor(server.url), mine, noWait)).known, 'created');
  });

  it('was not made when only earlier ones are there', async () => {
    const server = await startServer(json(aPage([reverification('of last year', 'parent', '2025-01-02T10:00:01Z'), reverification('seen before', 'parent', '2026-01-02T10:00:01Z')])));
    assert.deepEqual(await findLostOrder(clientFor(server.url), mine, noWait), { known: 'not-found' });
  });
});
