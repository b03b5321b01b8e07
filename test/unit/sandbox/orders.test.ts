import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import type { CanceledOrder, Order, OrderEventList, OrderList } from '../../../src/truework/schemas/order.ts';
import type { Report } from '../../../src/truework/schemas/report.ts';
import {
  applicant,
  benchOf,
  direct,
  employerSearch,
  grounds,
  NOON,
  only,
  states,
  targetEmployer,
  withSandbox,
} from './support.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

describe('A target employer order', () => {
  it('goes from pending through processing to completed as time passes', async () => {
    await withSandbox({}, async ({ sandbox, order, get }) => {
      const created = await order(
        'target-employer',
        targetEmployer('000-00-0000', { loan_id: 'L1', search_key: 'S1', metadata: { file: '7' } }),
      );
      const verification = only(created);
      assert.deepEqual(verification.state, { canonical_value: 'pending-approval', raw_value: 'pending-approval' });
      assert.equal(verification.reports, null);
      assert.equal(verification.date_of_completion, null);
      assert.equal(verification.target.social_security_number, '***-**-0000');
      assert.deepEqual(
        [created.loan_id, created.search_key, verification.loan_id, verification.metadata],
        ['L1', 'S1', 'L1', { file: '7' }],
      );
      assert.deepEqual(created.target_employer?.request_config.allowed_verification_methods, [
        'instant',
        'smart-outreach',
        'credentials',
      ]);
      assert.match(verification.created, /^2024-05-06T07:08:09\.\d{6}Z$/);
      sandbox.advance(1.5 * SECOND);
      assert.deepEqual(states(await get(created)), ['processing']);
      sandbox.advance(3 * SECOND);
      const completed = only(await get(created));
      assert.equal(completed.state.canonical_value, 'completed');
      assert.match(completed.date_of_completion ?? '', /^2024-05-06T07:08:1\d\.\d{6}Z$/);
      assert.equal(completed.reports?.length, 1);
    });
  });

  it('takes two days by outreach alone, or two seconds at speed 86400', async () => {
    const outreach = targetEmployer('000-00-0000', {
      request_config: { allowed_verification_methods: ['smart-outreach'] },
    });
    await withSandbox({}, async ({ sandbox, order, get }) => {
      const created = await order('target-employer', outreach);
      sandbox.advance(DAY);
      assert.deepEqual(states(await get(created)), ['processing']);
      sandbox.advance(DAY + 2 * SECOND);
      assert.equal(only(await get(created)).reports?.[0]?.completed_by_method?.canonical_value, 'smart-outreach');
    });
    await withSandbox({ speed: 86_400 }, async ({ sandbox, order, get }) => {
      const created = await order('target-employer', outreach);
      sandbox.advance(1.5 * SECOND);
      assert.deepEqual(states(await get(created)), ['processing']);
      sandbox.advance(SECOND);
      assert.deepEqual(states(await get(created)), ['completed']);
    });
  });

  it('ends as documented for its test SSN, with or without dashes', async () => {
    await withSandbox({ assumptions: { invalidSsn: '000-02-0000' } }, async ({ sandbox, order, get }) => {
      const orders = [];
      for (const ssn of ['000-01-0000', '000010000', '000-03-0000', '000-02-0000', '000-20-0000'])
        orders.push(await order('target-employer', targetEmployer(ssn)));
      sandbox.advance(10 * SECOND);
      const ends = await Promise.all(orders.map(get));
      assert.deepEqual(
        ends.map((each) => states(each)[0]),
        ['canceled', 'canceled', 'action-required', 'invalid', 'completed'],
      );
      assert.deepEqual(
        ends.map((each) => only(each).reports === null),
        [true, true, true, true, false],
      );
      assert.equal(only(ends[0] as Order).cancellation_reason?.canonical_value, 'no-match');
    });
  });

  it('allows documents in a tenant screening', async () => {
    await withSandbox({}, async ({ sandbox, order, get, ask }) => {
      const created = await order(
        'target-employer',
        targetEmployer('000-00-0003', {
          type: 'tenant-screening',
          request_config: { allowed_verification_methods: [] },
        }),
      );
      assert.deepEqual(created.target_employer?.request_config.allowed_verification_methods, ['documents']);
      sandbox.advance(10 * SECOND);
      const report = only(await get(created)).reports?.[0];
      assert.deepEqual(report?.completed_by_method, { canonical_value: 'other', raw_value: 'documents' });
      const url = new URL(report.applicant_documents?.[0]?.url ?? '');
      assert.equal(url.origin, sandbox.url);
      assert.match((await ask(url.pathname, { headers: { accept: '*/*' } })).text, /^%PDF-/);
    });
  });

  it('gets 451 for a frozen SSN', async () => {
    await withSandbox({ assumptions: { frozenSsn: '000-04-0000' } }, async ({ ask }) => {
      assert.equal(
        (await ask('/orders/target-employer', { method: 'POST', body: targetEmployer('000-04-0000') })).status,
        451,
      );
    });
  });
});

describe('An employer search', () => {
  it('returns its reports in the response', async () => {
    await withSandbox({}, async ({ order }) => {
      const verification = only(await order('employer-search', employerSearch('000-00-0000')));
      assert.equal(verification.state.canonical_value, 'completed');
      assert.deepEqual(verification.turnaround_time, { best_estimate: null, lower_bound: null, upper_bound: null });
      const report = verification.reports?.[0];
      assert.deepEqual([report?.employee?.first_name, report?.employee?.last_name], ['Taylor', 'Curtis']);
      assert.equal(report?.employer?.name, 'Fake Company');
    });
  });

  it('finds both employments of an applicant, or those that match the filter', async () => {
    await withSandbox({}, async ({ order }) => {
      const search = async (filter?: string): Promise<string[]> => {
        const created = await order(
          'employer-search',
          employerSearch('000-00-0007', filter === undefined ? {} : { request_config: { employer_filter: filter } }),
        );
        assert.equal(created.employer_search?.request_config.employer_filter, filter ?? 'any-employers');
        return (only(created).reports ?? []).map(
          (report) => `${report.employer?.name ?? ''} ${report.employee?.status?.canonical_value ?? ''}`,
        );
      };
      assert.deepEqual(await search(), ['Fake Company active', 'Fake Company 2 inactive']);
      assert.deepEqual(await search('current-employers'), ['Fake Company active']);
      assert.deepEqual(await search('previous-employers'), ['Fake Company 2 inactive']);
    });
  });

  it('is canceled if nothing matches', async () => {
    await withSandbox({}, async ({ order }) => {
      for (const body of [
        employerSearch('000-01-0000'),
        employerSearch('000-20-0000'),
        employerSearch('000-00-0000', { request_config: { employer_filter: 'previous-employers' } }),
      ]) {
        const verification = only(await order('employer-search', body));
        assert.deepEqual(
          [verification.state.canonical_value, verification.cancellation_reason?.canonical_value, verification.reports],
          ['canceled', 'no-match', null],
        );
      }
    });
  });

  it('returns only the fields named in `fields`', async () => {
    await withSandbox({}, async ({ order }) => {
      const created = await order(
        'employer-search',
        employerSearch('000-00-0007'),
        '?fields=id,verification_requests(state(canonical_value),reports(employer(name)))',
      );
      assert.deepEqual(created, {
        id: created.id,
        verification_requests: [
          {
            state: { canonical_value: 'completed' },
            reports: [{ employer: { name: 'Fake Company' } }, { employer: { name: 'Fake Company 2' } }],
          },
        ],
      });
    });
  });
});

describe('A Truework Direct order', () => {
  it('gives each target a session token, and adds verifications once applicants sign in', async () => {
    await withSandbox({}, async ({ sandbox, order, get }) => {
      const body = direct('000-20-0000', '000-03-0000');
      const [first, second] = body.targets;
      const created = await order('truework-direct', {
        targets: [
          {
            ...first,
            companies: [
              { name: 'Acme', action: 'verify' },
              { name: 'Known', action: 'do-not-verify' },
              { name: 'Globex' },
            ],
          },
          second,
        ],
      });
      assert.deepEqual(created.verification_requests, []);
      const tokens = created.truework_direct?.targets.map((target) => target.truework_direct_session_token) ?? [];
      assert.equal(new Set(tokens).size, 2);
      for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{43}$/);
      assert.deepEqual(
        created.truework_direct?.targets[0]?.companies?.map((company) => company.action?.canonical_value ?? null),
        ['verify', 'do-not-verify', null],
      );

      sandbox.advance(3.5 * SECOND);
      assert.equal(states(await get(created)).length, 2, 'the first company of both targets');
      sandbox.advance(20 * SECOND);
      const done = await get(created);
      assert.deepEqual(states(done), ['completed', 'completed', 'action-required']);
      assert.deepEqual(
        done.verification_requests?.map((verification) => verification.target.company?.name),
        ['Acme', 'Globex', 'Acme Corporation'],
      );
      assert.equal(done.verification_requests[0]?.reports?.[0]?.completed_by_method?.canonical_value, 'credentials');
    });
  });

  it('asks a self-employed applicant for documents', async () => {
    await withSandbox({}, async ({ sandbox, order, get }) => {
      const [target] = direct('000-20-0000').targets;
      const created = await order('truework-direct', {
        targets: [{ ...target, companies: null, self_employment: { business_name: 'Own Shop' } }],
      });
      assert.deepEqual(created.truework_direct?.targets[0]?.self_employment, { business_name: 'Own Shop' });
      sandbox.advance(20 * SECOND);
      assert.equal(only(await get(created)).target.company?.name, 'Own Shop');
    });
  });

  it('is rejected without a target', async () => {
    await withSandbox({}, async ({ ask }) => {
      assert.equal((await ask('/orders/truework-direct', { method: 'POST', body: { targets: [] } })).status, 400);
    });
  });
});

describe('Canceling', () => {
  const cancel = { method: 'PUT', body: { cancellation_reason: 'other', cancellation_details: 'Changed plans.' } };

  it('ends unfinished verifications at once, permanently', async () => {
    await withSandbox({}, async ({ sandbox, order, ask, get }) => {
      const created = await order('target-employer', targetEmployer('000-00-0000', { loan_id: 'L9' }));
      const answer = await ask<CanceledOrder>(`/orders/${created.id}/cancel`, cancel);
      assert.equal(answer.status, 200);
      assert.deepEqual([answer.body.id, answer.body.loan_id], [created.id, 'L9']);
      const [verification] = answer.body.verification_requests ?? [];
      assert.deepEqual(
        [
          verification?.state.canonical_value,
          verification?.cancellation_reason?.canonical_value,
          verification?.cancellation_details,
        ],
        ['canceled', 'other', 'Changed plans.'],
      );
      sandbox.advance(DAY);
      assert.deepEqual(states(await get(created)), ['canceled']);
    });
  });

  it('cancels verifications that need action, but no finished ones', async () => {
    await withSandbox({}, async ({ sandbox, order, ask, get }) => {
      const waiting = await order('target-employer', targetEmployer('000-03-0000'));
      const done = await order('target-employer', targetEmployer('000-00-0000'));
      sandbox.advance(DAY);
      for (const each of [waiting, done]) assert.equal((await ask(`/orders/${each.id}/cancel`, cancel)).status, 200);
      assert.deepEqual(states(await get(waiting)), ['canceled']);
      assert.deepEqual(states(await get(done)), ['completed']);
      assert.equal(only(await get(done)).cancellation_reason, null);
    });
  });

  it('prevents further verifications of a Truework Direct order', async () => {
    await withSandbox({}, async ({ sandbox, order, ask, get }) => {
      const created = await order('truework-direct', direct('000-20-0000'));
      assert.equal((await ask(`/orders/${created.id}/cancel`, cancel)).status, 200);
      sandbox.advance(DAY);
      assert.deepEqual((await get(created)).verification_requests, []);
    });
  });

  it('rejects an unknown order, or a body without a reason', async () => {
    await withSandbox({}, async ({ order, ask }) => {
      const created = await order('target-employer', targetEmployer());
      assert.equal((await ask(`/orders/${created.id}x/cancel`, cancel)).status, 404);
      assert.equal((await ask(`/orders/${created.id}/cancel`, { method: 'PUT', body: {} })).status, 400);
      assert.equal(
        (await ask(`/orders/${created.id}/cancel`, { method: 'PUT', body: { cancellation_reason: 'no-match' } }))
          .status,
        400,
      );
    });
  });

  it('is forbidden where the older documentation says so, if configured to', async () => {
    await withSandbox(
      { assumptions: { cancelEnded: 'forbidden', cancelWaitDays: 2 } },
      async ({ sandbox, order, ask }) => {
        const done = await order('employer-search', employerSearch());
        const open = await order('target-employer', targetEmployer('000-03-0000'));
        assert.equal((await ask(`/orders/${done.id}/cancel`, cancel)).status, 403);
        assert.equal((await ask(`/orders/${open.id}/cancel`, cancel)).status, 403);
        sandbox.advance(3 * DAY);
        assert.equal((await ask(`/orders/${open.id}/cancel`, cancel)).status, 200);
      },
    );
  });
});

describe('Reverifying', () => {
  const reverify = (report: Report | undefined, sync?: string) => ({
    method: 'POST',
    body: { report_id: report?.id },
    ...(sync !== undefined && { headers: { 'request-sync': sync } }),
  });

  it('creates a new order with a parent, synchronously or not', async () => {
    await withSandbox({}, async ({ sandbox, order, ask, get }) => {
      const parent = await order('employer-search', employerSearch('000-00-0007', { loan_id: 'L1' }));
      const second = only(parent).reports?.[1];
      const sync = (await ask<Order>('/orders/reverification', reverify(second, 'sync'))).body;
      assert.deepEqual(sync.reverification, {
        parent_order_id: parent.id,
        targets: [{ first_name: 'Sam', last_name: 'Submitted', truework_direct_session_token: null }],
      });
      assert.deepEqual([sync.employer_search, sync.target_employer, sync.truework_direct], [null, null, null]);
      assert.deepEqual(states(sync), ['completed']);
      assert.deepEqual(
        only(sync).reports?.map((report) => report.employer?.name),
        ['Fake Company 2'],
      );
      assert.notEqual(only(sync).reports?.[0]?.id, second?.id);

      const later = (await ask<Order>('/orders/reverification', reverify(second))).body;
      assert.deepEqual(states(later), ['pending-approval']);
      sandbox.advance(10 * SECOND);
      assert.deepEqual(states(await get(later)), ['completed']);
    });
  });

  it('can be synchronous only if the first verification was', async () => {
    await withSandbox({}, async ({ sandbox, order, ask, get }) => {
      const created = await order('target-employer', targetEmployer());
      sandbox.advance(10 * SECOND);
      const report = only(await get(created)).reports?.[0];
      assert.equal((await ask('/orders/reverification', reverify(report, 'sync'))).status, 400);
      assert.equal((await ask('/orders/reverification', reverify(report, 'async'))).status, 201);
      assert.equal((await ask('/orders/reverification', reverify(report, 'sometimes'))).status, 400);
    });
  });

  it('is possible until ninety days after completion', async () => {
    await withSandbox({}, async ({ sandbox, order, ask }) => {
      const report = only(await order('employer-search', employerSearch())).reports?.[0];
      sandbox.advance(90 * DAY - SECOND);
      assert.equal((await ask('/orders/reverification', reverify(report))).status, 201);
      sandbox.advance(2 * SECOND);
      assert.equal((await ask('/orders/reverification', reverify(report))).status, 400);
    });
  });

  it('rejects an unknown report', async () => {
    await withSandbox({}, async ({ order, ask }) => {
      const created = await order('target-employer', targetEmployer());
      for (const report_id of ['x', created.id, ''])
        assert.equal((await ask('/orders/reverification', { method: 'POST', body: { report_id } })).status, 404);
      assert.equal((await ask('/orders/reverification', { method: 'POST', body: {} })).status, 400);
    });
  });
});

describe('The events of an order', () => {
  it('include every step so far, each with a stable ID of its own', async () => {
    await withSandbox({}, async ({ sandbox, order, ask }) => {
      const created = await order('truework-direct', direct('000-20-0000', '000-01-0000'));
      const events = async (query = ''): Promise<OrderEventList> =>
        (await ask<OrderEventList>(`/orders/${created.id}/events${query}`)).body;
      assert.deepEqual(
        (await events()).results.map(({ type, verification_request_id: id }) => [type, id]),
        [['order-created', null]],
      );
      const seen = new Map<string, string>();
      for (let step = 0; step < 12; step += 1) {
        sandbox.advance(SECOND);
        for (const event of (await events()).results) {
          assert.equal(seen.get(event.id) ?? event.type, event.type);
          seen.set(event.id, event.type);
        }
      }
      const all = await events();
      assert.equal(all.count, seen.size);
      assert.deepEqual(
        [...all.results].sort((a, b) => a.created.localeCompare(b.created)),
        all.results,
      );
      assert.deepEqual(
        new Set(seen.values()),
        new Set([
          'order-created',
          'verification-request-created',
          'strategy-started',
          'strategy-succeeded',
          'strategy-failed',
          'verification-request-completed',
          'verification-request-canceled',
        ]),
      );
      assert.deepEqual(new Set(all.results.map((event) => event.strategy)), new Set([null, 'credentials']));
      const page = await events('?limit=2&offset=2');
      assert.equal(page.results.length, 2);
      assert.equal(page.previous, `${sandbox.url}/orders/${created.id}/events?limit=2`);
    });
  });
});

describe('The list of orders', () => {
  it('is paged by rows, with absolute links, sorted keys and no zero offset', async () => {
    await withSandbox({}, async ({ sandbox, order, ask }) => {
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1)
        ids.unshift((await order('target-employer', targetEmployer('000-00-0000', { search_key: 'a b&c' }))).id);
      const list = async (path: string): Promise<OrderList> => (await ask<OrderList>(path)).body;
      const first = await list('/orders?search_key=a%20b%26c&limit=2');
      assert.deepEqual(
        first.results.map(({ id }) => id),
        ids.slice(0, 2),
      );
      assert.deepEqual(
        [first.count, first.next, first.previous],
        [5, `${sandbox.url}/orders?limit=2&offset=2&search_key=a+b%26c`, null],
      );
      const second = await list((first.next ?? '').slice(sandbox.url.length));
      assert.deepEqual(
        second.results.map(({ id }) => id),
        ids.slice(2, 4),
      );
      assert.equal(second.previous, `${sandbox.url}/orders?limit=2&search_key=a+b%26c`);
      const third = await list((second.next ?? '').slice(sandbox.url.length));
      assert.deepEqual([third.results.map(({ id }) => id), third.next], [ids.slice(4), null]);
      assert.deepEqual((await list('/orders?limit=x&offset=-1')).results.length, 5);
      assert.deepEqual(await list('/orders?offset=99'), {
        count: 5,
        next: null,
        previous: `${sandbox.url}/orders?limit=25&offset=74`,
        results: [],
      });
    });
  });

  it('can be filtered by search key and by verification', async () => {
    await withSandbox({}, async ({ order, ask }) => {
      const wanted = await order('target-employer', targetEmployer('000-00-0000', { search_key: 'one' }));
      const other = await order('employer-search', employerSearch('000-00-0000', { search_key: 'two' }));
      const list = async (query: string): Promise<string[]> =>
        (await ask<OrderList>(`/orders?${query}`)).body.results.map(({ id }) => id);
      assert.deepEqual(await list('search_key=one'), [wanted.id]);
      assert.deepEqual(await list(`verification_id=${only(other).id}`), [other.id]);
      assert.deepEqual(await list(`verification_id=${only(other).id}&search_key=one`), []);
      assert.deepEqual(await list(`verification_id=${wanted.id}`), []);
      assert.deepEqual(await list('search_key=ONE'), []);
      assert.deepEqual(await list('search_key='), [other.id, wanted.id]);
    });
  });

  it('has IDs of 56 characters that encode a counter and a kind, and rejects all others', async () => {
    await withSandbox({}, async ({ order, ask }) => {
      const created = await order('employer-search', employerSearch('000-00-0007'));
      const read = (id: string | undefined): [bigint, number] => {
        assert.match(id ?? '', /^[A-Za-z0-9_-]{56}$/);
        const bytes = Buffer.from(id ?? '', 'base64url');
        return [bytes.readBigUInt64BE(0), bytes.readUInt16BE(8)];
      };
      assert.deepEqual(read(only(created).id), [1n, 7]);
      assert.deepEqual(
        only(created).reports?.map((report) => read(report.id)),
        [
          [1n, 11],
          [2n, 11],
        ],
      );
      const flipped = `${created.id.slice(0, -1)}${created.id.endsWith('A') ? 'B' : 'A'}`;
      for (const id of [flipped, only(created).id, 'x', created.id.toLowerCase(), `${created.id}A`]) {
        assert.equal((await ask(`/orders/${id}`)).status, 404);
        assert.equal((await ask(`/orders/${id}/events`)).status, 404);
      }
    });
  });
});

describe('Seeded orders', () => {
  it('cover every state and kind, several employers and several days', async () => {
    await withSandbox({ seedOrders: 'demo' }, async ({ sandbox, ask }) => {
      const { results, count } = (await ask<OrderList>('/orders')).body;
      assert.equal(count, sandbox.orderCount);
      assert.deepEqual(
        new Set(results.flatMap(states)),
        new Set(['pending-approval', 'processing', 'action-required', 'completed', 'canceled', 'invalid']),
      );
      for (const kind of ['target_employer', 'employer_search', 'truework_direct', 'reverification'] as const)
        assert.ok(
          results.some((order) => order[kind]),
          kind,
        );
      const verifications = results.flatMap((order) => order.verification_requests ?? []);
      assert.ok(new Set(verifications.map((verification) => verification.target.company?.name)).size >= 4);
      assert.ok(new Set(verifications.map((verification) => verification.created.slice(0, 10))).size >= 8);
      assert.ok(
        results.some((order) => order.verification_requests?.length === 0),
        'a Truework Direct order nobody has opened',
      );
      assert.ok(verifications.every((verification) => verification.created <= new Date(NOON).toISOString()));
    });
  });

  it('are created in the requested number', async () => {
    await withSandbox({ seedOrders: 300 }, async ({ ask }) => {
      const page = (await ask<OrderList>('/orders?limit=100')).body;
      assert.equal(page.count, 300);
      assert.equal(new Set(page.results.flatMap(states)).size, 6);
      assert.equal((await ask<OrderList>('/orders?search_key=seed-17')).body.count, 1);
    });
  });
});

describe('The same seed and requests', () => {
  it('give the same responses, except for host and keys', async () => {
    const play = async (seed: string): Promise<string> => {
      const sandbox = await startSandbox({ rateLimit: 0, clock: () => NOON, seed, seedOrders: 'demo' });
      const { order, ask } = benchOf(sandbox);
      await order('truework-direct', direct('000-20-0000'));
      await order('employer-search', employerSearch('000-00-0004', { ...grounds, target: applicant('000-00-0004') }));
      sandbox.advance(4 * SECOND);
      const { text } = await ask('/orders?include_report_annotations=true');
      await sandbox.stop();
      return text.replaceAll(sandbox.url, '');
    };
    const first = await play('a');
    assert.equal(await play('a'), first);
    assert.notEqual(await play('b'), first);
  });
});

describe('A social security number', () => {
  it('is masked in the response of every kind of order and in the report', async () => {
    await withSandbox({}, async ({ sandbox, order, ask }) => {
      for (const [kind, body] of [
        ['target-employer', targetEmployer('000-00-0007')],
        ['employer-search', employerSearch('000-00-0007')],
        ['truework-direct', direct('000-00-0007')],
      ] as const) {
        const created = await order(kind, body);
        sandbox.advance(60_000);
        const { text } = await ask(`/orders/${created.id}`);
        for (const shown of [JSON.stringify(created), text]) {
          assert.match(shown, /\*\*\*-\*\*-0007/);
          assert.doesNotMatch(shown, /000-?00-?0007/);
        }
      }
    });
  });
});
