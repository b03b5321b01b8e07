import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TrueworkApi } from '../../../src/truework/client.ts';
import { carriesMark, searchOrders, type OrderMark } from '../../../src/truework/correlate.ts';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { aPage, aVerification, anOrder } from '../../support/builders/orders.ts';

const mark: OrderMark = { kind: 'metadata', key: 'request', value: 'a1b2' };
const marked = { request: 'a1b2' };
const wrapped = { canonical_value: 'mortgage', raw_value: 'mortgage' };

describe('an order with a mark', () => {
  it('is recognized by the metadata of its verification requests', () => {
    assert.equal(
      carriesMark(
        anOrder('x', 'processing', {
          verification_requests: [aVerification('processing'), aVerification('processing', { metadata: marked })],
        }),
        mark,
      ),
      true,
    );
    assert.equal(
      carriesMark(
        anOrder('x', 'processing', {
          verification_requests: [aVerification('processing', { metadata: { request: 'zzzz' } })],
        }),
        mark,
      ),
      false,
    );
    assert.equal(carriesMark(anOrder('x', 'processing'), mark), false);
  });

  it('is recognized by the metadata of a Truework Direct target', () => {
    const target = {
      authorization_forms: null,
      companies: null,
      contact_email: null,
      date_of_birth: '1990-01-01',
      first_name: null,
      last_name: null,
      permissible_purpose: wrapped,
      reseller_originating_party: null,
      self_employment: null,
      social_security_number: '***-**-0000',
      truework_direct_session_link: null,
      truework_direct_session_token: 't',
      type: 'employment-income',
      use_case: wrapped,
    };
    const direct: Order = anOrder('direct', '', {
      verification_requests: [],
      truework_direct: {
        targets: [
          { ...target, metadata: null },
          { ...target, metadata: marked },
        ],
      },
    });
    assert.equal(carriesMark(direct, mark), true);
  });

  it('is not recognized without metadata', () => {
    const empty = anOrder('x', 'processing', {
      verification_requests: [aVerification('processing', { metadata: { request: '' } })],
    });
    assert.equal(carriesMark(empty, { kind: 'metadata', key: 'request', value: '' }), false);
  });
});

describe('a reverification', () => {
  const sentAt = Date.parse('2026-01-02T10:00:00Z');
  const reverification = (parent: string, created: string): Order =>
    anOrder('new', 'pending-approval', {
      reverification: { parent_order_id: parent, targets: [] },
      verification_requests: [aVerification('pending-approval', { created })],
    });
  const mine: OrderMark = {
    kind: 'reverification',
    parentOrderId: 'parent',
    sentAt,
    otherOrderIds: new Set(['seen before']),
  };

  it("is recognized by its parent and its creation time, by Truework's clock", () => {
    assert.equal(carriesMark(reverification('parent', '2026-01-02T10:00:01Z'), mine), true);
    assert.equal(carriesMark(reverification('parent', '2026-01-02T15:00:00Z'), mine), true, 'late');
    assert.equal(
      carriesMark(reverification('parent', '2026-01-02T09:59:30Z'), mine),
      true,
      "Truework's own clocks are apart",
    );
    assert.equal(carriesMark(reverification('parent', '2026-01-02T09:58:00Z'), mine), false, 'an earlier one');
    assert.equal(carriesMark(reverification('other parent', '2026-01-02T10:00:01Z'), mine), false);
    assert.equal(carriesMark({ ...reverification('parent', '2026-01-02T10:00:01Z'), id: 'seen before' }, mine), false);
    assert.equal(carriesMark(anOrder('new', 'processing'), mine), false);
  });
});

/** A list as Truework pages it, in any order. */
function listing(
  ids: readonly string[],
  { maxLimit = 100 } = {},
): { api: Pick<TrueworkApi, 'listOrders' | 'orderPages'>; requests: string[] } {
  const requests: string[] = [];
  const page = (limit: number, offset: number, searchKey?: string) => {
    requests.push(`${offset}+${limit}${searchKey === undefined ? '' : ` ${searchKey}`}`);
    const size = Math.min(limit, maxLimit);
    return aPage(
      ids.slice(offset, offset + size).map((id) => anOrder(id, 'processing')),
      ids.length,
      offset + size < ids.length ? 'next' : null,
    );
  };
  return {
    requests,
    api: {
      listOrders: (query) => {
        const { limit = 25, offset = 0, searchKey } = query ?? {};
        return Promise.resolve(page(limit, offset, searchKey));
      },
      async *orderPages({ limit = 25, searchKey } = {}) {
        for (let offset = 0; ; offset += Math.min(limit, maxLimit)) {
          const answer = await Promise.resolve(page(limit, offset, searchKey));
          yield answer;
          if (answer.next === null) return;
        }
      },
    },
  };
}

const none = new AbortController().signal;

describe('a search through a list of orders', () => {
  it('sends the search key, and stops when `visit` returns true', async () => {
    const { api, requests } = listing(['a', 'b', 'c']);
    await searchOrders(api, { searchKey: 'key 1' }, (orders) => orders.some(({ id }) => id === 'b'), { row: 0 }, none);
    assert.deepEqual(requests, ['0+100 key 1']);
  });

  it('finds any order of an account of any size, wherever it is listed and however small the pages, within a few searches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6000 }),
        fc.nat(),
        fc.constantFrom(25, 100),
        async (count, place, maxLimit) => {
          const wanted = `order-${place % count}`;
          const { api, requests } = listing(
            Array.from({ length: count }, (_, index) => `order-${index}`),
            { maxLimit },
          );
          const cursor = { row: 0 };
          const seen = new Set<string>();
          let searches = 0;
          while (!seen.has(wanted) && searches < 40) {
            searches += 1;
            requests.length = 0;
            await searchOrders(
              api,
              {},
              (orders) => {
                for (const { id } of orders) seen.add(id);
                return seen.has(wanted);
              },
              cursor,
              none,
            );
            assert.ok(requests.length <= 21, 'a search is no flood');
          }
          assert.ok(seen.has(wanted), `${wanted} of ${count} after ${searches} searches`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds a new order of a busy account with one search, at either end of the list', async () => {
    for (const place of [0, 49_999]) {
      const { api } = listing(
        Array.from({ length: 50_000 }, (_, index) => (index === place ? 'new' : `order-${index}`)),
      );
      let found = false;
      await searchOrders(api, {}, (orders) => (found ||= orders.some(({ id }) => id === 'new')), { row: 0 }, none);
      assert.ok(found, `at ${place}`);
    }
  });
});
