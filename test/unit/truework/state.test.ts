import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Order } from '../../../src/truework/schemas/order.ts';
import {
  applicantOf,
  canCancel,
  createdAt,
  employersOf,
  isOrderFinished,
  isReverifiable,
  isTerminal,
  orderKind,
  orderState,
  SUMMARY_STATES,
} from '../../../src/truework/state.ts';
import { aReport, aVerification, anOrder } from '../../support/builders/orders.ts';

const withStates = (...states: readonly string[]): Order =>
  anOrder('order-1', '', { verification_requests: states.map((state) => aVerification(state)) });

describe('the state of an order', () => {
  for (const [states, expected, finished] of [
    [[], 'waiting', false],
    [['pending-approval'], 'pending-approval', false],
    [['processing', 'pending-approval'], 'processing', false],
    [['completed', 'processing'], 'processing', false],
    [['processing', 'action-required', 'completed'], 'action-required', false],
    [['canceled', 'completed', 'invalid'], 'completed', true],
    [['canceled', 'invalid'], 'invalid', true],
    [['canceled', 'canceled'], 'canceled', true],
    [['other'], 'other', false],
    [['completed', 'on-hold'], 'on-hold', false],
    [['on-hold', 'processing'], 'processing', false],
  ] as const) {
    it(`${JSON.stringify(states)} is ${expected}`, () => {
      const order = withStates(...states);
      assert.equal(orderState(order), expected);
      assert.equal(isOrderFinished(order), finished);
      assert.equal(canCancel(order), !finished);
    });
  }

  it('is waiting while verification requests are null', () => {
    assert.equal(orderState(anOrder('order-1', '', { verification_requests: null })), 'waiting');
  });

  it('is active if its name is unknown', () => {
    assert.equal(isTerminal('on-hold'), false);
    assert.equal(isTerminal('toString'), false);
    assert.deepEqual(SUMMARY_STATES.filter(isTerminal), ['completed', 'invalid', 'canceled']);
  });
});

const verificationOf = (
  firstName: string,
  lastName: string,
  employer: string | null,
  reports: readonly (string | null)[] = [],
) => {
  const verification = aVerification('completed');
  const { company } = verification.target;
  return {
    ...verification,
    target: {
      ...verification.target,
      first_name: firstName,
      last_name: lastName,
      company: company && { ...company, name: employer },
    },
    reports: reports.map((name) => aReport({ employer: { address: null, government_ids: null, name } })),
  };
};

describe('the applicant of an order', () => {
  const direct = (names: readonly (readonly [string | null, string | null])[]) =>
    anOrder('order-1', '', {
      verification_requests: null,
      truework_direct: {
        targets: names.map(([first_name, last_name]) => ({ first_name, last_name, companies: null })),
      } as unknown as Order['truework_direct'],
    });

  it('has a first name and a last initial', () => {
    assert.deepEqual(applicantOf(direct([['Jane', 'doe']])), { firstName: 'Jane', lastInitial: 'D' });
  });

  it('has a whole character as initial', () => {
    assert.equal(applicantOf(direct([['Jane', 'e\u0301tienne']]))?.lastInitial.normalize(), 'É');
    assert.equal(applicantOf(direct([['Jane', '👩\u200d🚀x']]))?.lastInitial, '👩\u200d🚀');
  });

  it('is found in every kind of order', () => {
    assert.deepEqual(
      applicantOf(
        direct([
          [null, ' '],
          [' Joe ', null],
        ]),
      ),
      { firstName: 'Joe', lastInitial: '' },
    );
    assert.deepEqual(
      applicantOf(anOrder('order-1', '', { verification_requests: [verificationOf('Jane', 'Doe', 'Acme')] })),
      { firstName: 'Jane', lastInitial: 'D' },
    );
    const reverification = {
      parent_order_id: 'p',
      targets: [{ first_name: 'Ann', last_name: 'Lee', truework_direct_session_token: null }],
    };
    assert.deepEqual(applicantOf(anOrder('order-1', 'processing', { reverification })), {
      firstName: 'Ann',
      lastInitial: 'L',
    });
  });

  it('is undefined if the order names no applicant', () => {
    assert.equal(applicantOf(anOrder('order-1', '', { verification_requests: null })), undefined);
  });
});

describe('the employers of an order', () => {
  it('are those of its verification requests, each once', () => {
    const order = anOrder('order-1', '', {
      verification_requests: [
        verificationOf('J', 'D', 'Acme'),
        verificationOf('J', 'D', ' Acme '),
        verificationOf('J', 'D', null, ['Beta', null, 'Gamma']),
      ],
    });
    assert.deepEqual(employersOf(order), ['Acme', 'Beta', 'Gamma']);
  });

  it('are those it was created with while there are no others', () => {
    const direct = {
      targets: [{ companies: [{ name: 'Acme' }, { name: 'Beta' }] }, { companies: null }],
    } as unknown as Order['truework_direct'];
    assert.deepEqual(employersOf(anOrder('order-1', '', { verification_requests: [], truework_direct: direct })), [
      'Acme',
      'Beta',
    ]);
    assert.deepEqual(employersOf(anOrder('order-1', '', { verification_requests: null })), []);
  });
});

it('an order was created when its first verification request was', () => {
  const at = (created: string) => aVerification('processing', { created });
  const order = anOrder('order-1', '', {
    verification_requests: [at('2026-01-02T00:00:00Z'), at('2026-01-01T00:00:00.123456Z'), at('yesterday')],
  });
  assert.equal(createdAt(order)?.toISOString(), '2026-01-01T00:00:00.123Z');
  assert.equal(createdAt(anOrder('order-1', '', { verification_requests: [at('yesterday')] })), undefined);
  assert.equal(createdAt(anOrder('order-1', '', { verification_requests: null })), undefined);
});

it('the kind of an order is its filled mode', () => {
  const filled = {} as never;
  assert.equal(orderKind(anOrder('a', '', { target_employer: filled })), 'target-employer');
  assert.equal(orderKind(anOrder('a', '', { employer_search: filled })), 'employer-search');
  assert.equal(orderKind(anOrder('a', '', { truework_direct: filled })), 'truework-direct');
  assert.equal(orderKind(anOrder('a', '', { reverification: filled, employer_search: filled })), 'reverification');
  assert.equal(orderKind(anOrder('a', '')), 'unknown');
});

describe('accepts a report for reverification', () => {
  const completed = '2026-01-01T00:00:00Z';
  const day = 86_400_000;
  const limit = Date.parse(completed) + 90 * day;
  const verification = aVerification('completed', { date_of_completion: completed });
  const report = aReport({ completed: '2025-01-01T00:00:00Z' });

  it('up to 90 days after its verification was completed', () => {
    assert.equal(isReverifiable(verification, report, limit), true);
    assert.equal(isReverifiable(verification, report, limit + 1), false);
  });

  it('by its own dates where the verification has none', () => {
    const undated = aVerification('completed', { date_of_completion: null });
    assert.equal(isReverifiable(undated, aReport({ completed }), limit), true);
    assert.equal(isReverifiable(undated, aReport({ completed: null, created: completed }), limit + 1), false);
  });

  it('only when completed, at a date that can be read', () => {
    assert.equal(isReverifiable(aVerification('canceled', { date_of_completion: completed }), report, limit), false);
    assert.equal(isReverifiable(aVerification('completed', { date_of_completion: 'soon' }), report, limit), false);
  });
});
