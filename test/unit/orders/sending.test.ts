import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { buildRequest, type Draft } from '../../../src/orders/sending/draft.ts';
import { Drafts, SSN_FIELD, type SavedDraft } from '../../../src/orders/sending/drafts.ts';
import { OrderSearch } from '../../../src/orders/sending/order-search.ts';
import { OrderSender } from '../../../src/orders/sending/order-sender.ts';
import { prepareReverification } from '../../../src/orders/sending/reverification.ts';
import { sendOrder, type Statement } from '../../../src/orders/sending/send-order.ts';
import { UNRESOLVED_ORDERS, type Storage } from '../../../src/orders/sending/storage.ts';
import {
  draftFingerprint,
  reverificationFingerprint,
  UnresolvedOrders,
  type OutgoingOrder,
  type UnresolvedOrder,
} from '../../../src/orders/sending/unresolved-orders.ts';
import type { TrueworkApi } from '../../../src/truework/client.ts';
import { isTrueworkError } from '../../../src/truework/error-shape.ts';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { SimulatedStorage, SimulatedTime, SimulatedTruework, type Plan } from './support/simulated-truework.ts';

const HOUR = 3_600_000;
const jane: Draft = {
  kind: 'target-employer',
  applicant: { firstName: 'Jane', lastName: 'Doe', ssn: '000-00-0006' },
  companies: ['Acme'],
  employerFilter: 'any-employers',
  type: 'employment',
  permissiblePurpose: 'employment',
  useCase: 'background',
};

let time: SimulatedTime;
let truework: SimulatedTruework;
let disk: SimulatedStorage;
let storage: Storage;
let api: TrueworkApi;
let ledger: UnresolvedOrders;
let drafts: Drafts;
let search: OrderSearch;
let sender: OrderSender;
let found: string[];
let logged: unknown[];
let lastStatement: Statement | undefined;
let isConnected: boolean;

function openWindow(): void {
  storage = disk.open();
  const log = (_message: string, error: unknown) => {
    logged.push(error);
  };
  api = truework.client();
  drafts = new Drafts(storage, log);
  ledger = new UnresolvedOrders(storage, log, () => time.wall());
  search = new OrderSearch({
    ledger,
    apiOf: () => Promise.resolve(isConnected ? api : undefined),
    clock: time,
    random: () => 0.5,
    log,
  });
  sender = new OrderSender({
    ledger,
    search,
    drafts,
    log,
    onFound: ({ id }) => {
      found.push(id);
    },
  });
  search.searchNow();
}

beforeEach(() => {
  time = new SimulatedTime();
  truework = new SimulatedTruework(time, 'mine', 'newest-first');
  disk = new SimulatedStorage();
  found = [];
  logged = [];
  isConnected = true;
  openWindow();
});

interface Send {
  readonly draft?: Draft;
  readonly confirmAgain?: (earlier: readonly UnresolvedOrder[]) => Promise<boolean>;
  readonly signal?: AbortSignal;
  readonly part?: Partial<OutgoingOrder>;
}

/** Sends an order. @returns the kind of the statement or error that it ended with */
async function send(
  id: string,
  plan: Plan,
  {
    draft = jane,
    confirmAgain = () => Promise.resolve(false),
    signal = new AbortController().signal,
    part = {},
  }: Send = {},
): Promise<Statement['kind'] | 'nothing' | `not created: ${string}`> {
  truework.plans.set(id, plan);
  const request = buildRequest(draft, id);
  assert.ok(request.kind === 'target-employer');
  try {
    const statement = await sendOrder(
      sender,
      { confirmAgain, progress: (task) => task(signal) },
      {
        api,
        outgoing: {
          id,
          connectionId: 'mine',
          connectionName: 'Mine',
          kind: draft.kind,
          applicant: 'Jane D.',
          sentAt: time.wall(),
          fingerprint: draftFingerprint(draft),
          ...part,
        },
        post: (current, aborted) => current.createTargetEmployerOrder(request.body, { signal: aborted }),
      },
    );
    lastStatement = statement;
    return statement?.kind ?? 'nothing';
  } catch (error) {
    if (!isTrueworkError(error)) throw error;
    return `not created: ${error.kind}`;
  }
}

const lost = (commit?: number, how: Extract<Plan, { kind: 'lost' }>['how'] = 'reset'): Plan => ({
  kind: 'lost',
  after: 100,
  how,
  commit,
});

describe('an order whose response is lost', () => {
  it('is created, as far as the user can tell, when Truework lists it within seconds', async () => {
    const sending = send('a', lost(2000));
    await time.pass(5000);
    assert.equal(await sending, 'created');
    assert.deepEqual(ledger.unresolved, []);
    const again = send('b', { kind: 'answered', after: 1 });
    await time.pass(10);
    assert.equal(await again, 'created', 'and there is nothing to warn of');
  });

  for (const how of ['reset', 'timeout', 500, 502, 504, 'body', 'page'] as const) {
    it(`is unknown after ${how}, stays stored, and is found whenever it is created`, async () => {
      for (const [id, commit] of [
        ['a', 7000],
        ['b', 5 * 60_000],
        ['c', 7 * HOUR],
        ['d', 30 * HOUR],
      ] as const) {
        found.length = 0;
        const sending = send(id, lost(commit, how), { draft: { ...jane, companies: [id] } });
        await time.pass(4500);
        assert.equal(await sending, 'unresolved');
        assert.ok(storage.get(UNRESOLVED_ORDERS) !== undefined);
        assert.deepEqual(found, []);
        await time.pass(commit + HOUR + 700_000);
        assert.deepEqual(found, [id]);
      }
    });
  }

  it('is searched for less and less often, and never given up', async () => {
    const sending = send('a', lost());
    await time.pass(10_000);
    assert.equal(await sending, 'unresolved');
    const reads = async (ms: number) => {
      const before = truework.reads;
      await time.pass(ms);
      return truework.reads - before;
    };
    assert.ok((await reads(60_000)) >= 2);
    assert.ok((await reads(HOUR)) <= 12);
    await time.pass(48 * HOUR);
    assert.equal(await reads(24 * HOUR), 24);
    assert.deepEqual(
      ledger.lost().map(({ id }) => id),
      ['a'],
    );
  });

  it('is searched for by the next window immediately', async () => {
    const sending = send('a', lost(60_000));
    await time.pass(10_000);
    assert.equal(await sending, 'unresolved');
    search.dispose();
    await time.pass(HOUR);
    assert.deepEqual(found, []);
    openWindow();
    await time.pass(1000);
    assert.deepEqual(found, ['a']);
    assert.equal(storage.get(UNRESOLVED_ORDERS) === undefined, false, 'sending it again is still warned of');
    await time.pass(25 * HOUR);
    assert.deepEqual(ledger.same({ connectionId: 'mine', fingerprint: draftFingerprint(jane) }), []);
  });

  it('is stored and searched for if the window was closed while it was in flight', async () => {
    void send('a', { kind: 'answered', after: 30_000 });
    await time.pass(10);
    search.dispose();
    openWindow();
    assert.deepEqual(
      ledger.lost().map(({ id }) => id),
      ['a'],
    );
    await time.pass(60_000);
    assert.deepEqual(found, ['a']);
  });

  it('is not searched for with a rejected key until something changes, nor faster than Truework allows', async () => {
    truework.outage = { kind: 'status', status: 401 };
    const sending = send('a', lost(2000));
    await time.pass(10_000);
    assert.equal(await sending, 'unresolved');
    const { reads } = truework;
    await time.pass(HOUR);
    assert.equal(truework.reads, reads);
    truework.outage = { kind: 'status', status: 429 };
    search.start('mine');
    await time.pass(6_900);
    assert.equal(truework.reads, reads + 1, 'it was told to wait for 7 seconds');
    truework.outage = undefined;
    await time.pass(1000);
    assert.deepEqual(found, ['a']);
    assert.ok(
      logged.some((error) => isTrueworkError(error) && error.kind === 'rate-limited'),
      'what fails is logged',
    );
    assert.ok(
      logged.some((error) => isTrueworkError(error) && error.code === 'ECONNRESET'),
      'so is what the response was lost of',
    );
  });

  it('waits for its connection to come back', async () => {
    const sending = send('a', lost(20_000));
    await time.pass(10_000);
    assert.equal(await sending, 'unresolved');
    isConnected = false;
    await time.pass(HOUR);
    assert.deepEqual(found, []);
    isConnected = true;
    search.searchNow();
    await time.pass(1000);
    assert.deepEqual(found, ['a']);
  });

  it('is found in a list that was loaded for another reason', async () => {
    const sending = send('a', lost(10 * 60_000));
    await time.pass(9.9 * 60_000);
    assert.equal(await sending, 'unresolved');
    search.dispose();
    await time.pass(60_000);
    await ledger.observe('theirs', truework.orders);
    assert.deepEqual(found, []);
    await ledger.observe('mine', truework.orders);
    assert.deepEqual(found, ['a']);
  });

  it('is no longer searched for when the user stops that, but the user is still warned about it', async () => {
    const sending = send('a', lost(HOUR));
    await time.pass(10_000);
    assert.equal(await sending, 'unresolved');
    await ledger.stop('a');
    await time.pass(2 * HOUR);
    assert.deepEqual(found, []);
    const asked: string[] = [];
    assert.equal(
      await send(
        'b',
        { kind: 'answered', after: 1 },
        {
          confirmAgain: (earlier) => {
            asked.push(...earlier.map(({ state }) => state));
            return Promise.resolve(false);
          },
        },
      ),
      'nothing',
    );
    assert.deepEqual(asked, ['stopped']);
  });

  it('is removed with the local sandbox that it was sent to, and not stored on disk', async () => {
    void send('a', lost(), { part: { volatile: true } });
    await time.pass(10_000);
    assert.equal(storage.get(UNRESOLVED_ORDERS), undefined);
    await ledger.dropVolatile(() => true);
    assert.equal(ledger.unresolved.length, 1);
    await ledger.dropVolatile(() => false);
    assert.equal(ledger.unresolved.length, 0);
  });
});

describe('sending', () => {
  it('reports why an order was certainly not created when Truework rejected it or was not reached', async () => {
    for (const [id, plan, kind] of [
      ['a', { kind: 'refused', after: 5, status: 401 }, 'unauthorized'],
      ['b', { kind: 'refused', after: 5, status: 429 }, 'rate-limited'],
      ['c', { kind: 'unreachable' }, 'network'],
    ] as const) {
      const sending = send(id, plan);
      await time.pass(10);
      assert.equal(await sending, `not created: ${kind}`);
      assert.equal(storage.get(UNRESOLVED_ORDERS), undefined);
    }
  });

  it('sends nothing that cannot be stored first', async () => {
    const failing: Storage = { get: () => undefined, update: () => Promise.reject(new Error('The disk is full.')) };
    ledger = new UnresolvedOrders(failing, () => undefined);
    sender = new OrderSender({ ledger, search, drafts, log: () => undefined, onFound: () => undefined });
    await assert.rejects(send('a', { kind: 'answered', after: 1 }), /disk is full/);
    assert.equal(truework.attempts.size, 0);
    assert.deepEqual(ledger.unresolved, []);
  });

  it('asks before the same order is sent twice at once', async () => {
    const asked: string[] = [];
    const confirmAgain = (earlier: readonly UnresolvedOrder[]) => {
      asked.push(...earlier.map(({ id, state }) => `${id} ${state}`));
      return Promise.resolve(false);
    };
    const first = send('a', { kind: 'answered', after: 5000 }, { confirmAgain });
    const second = send('b', { kind: 'answered', after: 5000 }, { confirmAgain });
    const other = send(
      'c',
      { kind: 'answered', after: 5000 },
      { confirmAgain, draft: { ...jane, companies: ['Other'] } },
    );
    await time.pass(6000);
    assert.deepEqual([await first, await second, await other], ['created', 'nothing', 'created']);
    assert.deepEqual(asked, ['a sending']);
  });

  it('asks before an unknown order is sent again, and sends it if the user confirms', async () => {
    const first = send('a', lost(HOUR));
    await time.pass(10_000);
    assert.equal(await first, 'unresolved');
    assert.equal(await send('b', { kind: 'answered', after: 10 }), 'nothing');
    assert.equal(truework.attempts.size, 1);
    const third = send('c', { kind: 'answered', after: 10 }, { confirmAgain: () => Promise.resolve(true) });
    await time.pass(1000);
    assert.equal(await third, 'created');
    await time.pass(2 * HOUR);
    assert.deepEqual(found, ['a'], 'the first one is not taken for the second');
  });

  it('sends nothing if the earlier order was found while the user was asked', async () => {
    const first = send('a', lost(20_000));
    await time.pass(10_000);
    assert.equal(await first, 'unresolved');
    const answer = Promise.withResolvers<boolean>();
    const second = send('b', { kind: 'answered', after: 10 }, { confirmAgain: () => answer.promise });
    await time.pass(HOUR);
    assert.deepEqual(found, ['a']);
    answer.resolve(true);
    await time.pass(1000);
    assert.equal(await second, 'found-instead');
    assert.equal(truework.orders.length, 1);
  });

  it('asks before an order that was found late is sent again', async () => {
    const first = send('a', lost(20_000));
    await time.pass(HOUR);
    assert.equal(await first, 'unresolved');
    const asked: string[] = [];
    const again = (choice: boolean) => (earlier: readonly UnresolvedOrder[]) => {
      asked.push(...earlier.map(({ state }) => state));
      return Promise.resolve(choice);
    };
    assert.equal(await send('b', { kind: 'answered', after: 10 }, { confirmAgain: again(false) }), 'nothing');
    const third = send('c', { kind: 'answered', after: 10 }, { confirmAgain: again(true) });
    await time.pass(1000);
    assert.equal(await third, 'created');
    assert.deepEqual(asked, ['found', 'found']);
    const fourth = send('d', { kind: 'answered', after: 10 });
    await time.pass(1000);
    assert.equal(await fourth, 'created', 'that was settled');
  });

  it('ends immediately when the user cancels, with an unknown order', async () => {
    const abort = new AbortController();
    const sending = send('a', { kind: 'answered', after: 20_000 }, { signal: abort.signal });
    await time.pass(100);
    abort.abort();
    await time.pass(1);
    assert.equal(await sending, 'unresolved');
    await time.pass(HOUR);
    assert.deepEqual(found, ['a']);
  });

  it('stops waiting for the search immediately when the user cancels, and logs both errors', async () => {
    truework.outage = { kind: 'silent' };
    const abort = new AbortController();
    const sending = send('a', lost(), { signal: abort.signal });
    await time.pass(1000);
    assert.equal(truework.reads, 1, 'the search is waiting for Truework');
    abort.abort();
    await time.pass(0);
    assert.equal(await sending, 'unresolved');
    assert.ok(lastStatement?.kind === 'unresolved' && lastStatement.canceled);
    const kinds = () => logged.map((error) => (isTrueworkError(error) ? error.kind : error));
    assert.deepEqual(kinds(), ['network'], 'why the response was lost');
    await time.pass(30_000);
    assert.deepEqual(kinds(), ['network', 'timeout'], 'why the search failed');
  });

  it('sends nothing if the user canceled before', async () => {
    assert.equal(
      await send('a', { kind: 'answered', after: 1 }, { signal: AbortSignal.abort() }),
      'not created: canceled',
    );
    assert.equal(truework.attempts.size, 0);
  });

  it('recognizes the same order by what it verifies, not by its search key or purpose', () => {
    const same = draftFingerprint(jane);
    assert.equal(
      draftFingerprint({
        ...jane,
        searchKey: 'x',
        useCase: 'mortgage',
        permissiblePurpose: 'insurance-underwriting-application',
        applicant: { ...jane.applicant, firstName: 'JANE ' },
      }),
      same,
    );
    for (const other of [
      { ...jane, kind: 'employer-search' as const },
      { ...jane, companies: ['Other'] },
      { ...jane, type: 'employment-income' as const },
      { ...jane, applicant: { ...jane.applicant, lastName: 'Roe' } },
      { ...jane, applicant: { ...jane.applicant, ssn: '000-01-0000' } },
    ]) {
      assert.notEqual(draftFingerprint(other), same);
    }
    const secret = { ...jane, applicant: { ...jane.applicant, ssn: '531-64-2718' } };
    assert.equal(
      draftFingerprint(secret),
      draftFingerprint({ ...secret, applicant: { ...secret.applicant, ssn: '' } }),
      'no trace of a real social security number',
    );
  });
});

describe('a reverification whose response is lost', () => {
  let parent: Order;

  beforeEach(() => {
    parent = truework.seed({}, 20 * 24 * HOUR);
  });

  async function reverify(
    id: string,
    plan: Plan,
    confirmAgain: () => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<Statement | undefined> {
    truework.plans.set(id, plan);
    const reverification = await prepareReverification(api, parent.id, []);
    return sendOrder(
      sender,
      { confirmAgain, progress: (task) => task(new AbortController().signal) },
      {
        api,
        outgoing: {
          id,
          connectionId: 'mine',
          connectionName: 'Mine',
          kind: 'reverification',
          applicant: 'Jane D.',
          sentAt: time.wall(),
          fingerprint: reverificationFingerprint('report'),
          reverification,
        },
        post: (current) => current.reverify({ report_id: `report-of-${parent.id}#${id}` }),
      },
    );
  }

  for (const hours of [-48, -0.5, 0, 0.5, 48]) {
    it(`is found, instead of an earlier one, with a clock that is ${hours} hours off`, async () => {
      time.wallOffset = hours * HOUR;
      openWindow();
      truework.seed({ reverification: { parent_order_id: parent.id, targets: [] } }, 70_000);
      const sending = reverify('a', lost(9000));
      await time.pass(60_000);
      assert.equal((await sending)?.kind, 'unresolved');
      assert.deepEqual(found, ['a']);
      assert.equal(ledger.get('a')?.orderId, truework.attempts.get('a')?.committed?.id);
    });
  }

  it('is not mistaken for one that is in flight', async () => {
    const first = reverify('a', lost());
    await time.pass(10_000);
    assert.equal((await first)?.kind, 'unresolved');
    const second = reverify('b', { kind: 'answered', after: 60_000 });
    await time.pass(40_000);
    search.searchNow();
    await time.pass(40_000);
    const statement = await second;
    assert.ok(statement?.kind === 'created');
    assert.equal(statement.order.id, truework.attempts.get('b')?.committed?.id);
    await time.pass(HOUR);
    assert.deepEqual(found, []);
    assert.deepEqual(
      ledger.lost().map(({ id }) => id),
      ['a'],
    );
  });

  it('is told apart from another one that was not created', async () => {
    for (const [id, commit] of [
      ['a', undefined],
      ['b', 20_000],
    ] as const) {
      const sending = reverify(id, lost(commit));
      await time.pass(5000);
      assert.equal((await sending)?.kind, 'unresolved');
    }
    await time.pass(HOUR);
    assert.equal(found.length, 1);
    assert.equal(ledger.lost().length, 1);
    openWindow();
    await time.pass(HOUR);
    assert.equal(found.length, 1, 'nor does the next window take it for the other one');
  });

  it('is not sent if the latest orders cannot be loaded first', async () => {
    truework.outage = { kind: 'unreachable' };
    const sending = assert.rejects(reverify('a', lost()), { kind: 'network' });
    await time.pass(1000);
    await sending;
    assert.equal(truework.attempts.size, 0);
  });
});

describe('drafts', () => {
  const saved = (part: Partial<SavedDraft> = {}): SavedDraft => ({
    id: 'draft',
    connectionId: 'mine',
    savedAt: 1,
    draft: jane,
    ownApplicant: true,
    pending: {},
    answered: 3,
    ...part,
  });

  it('are restored in the next window, except for what may be secret', async () => {
    const full: Draft = {
      ...jane,
      applicant: {
        firstName: 'Jane',
        lastName: 'Doe',
        ssn: '531-64-2718',
        dateOfBirth: '1990-01-01',
        email: 'jane@example.com',
      },
      companies: ['Acme', 'Umbrella'],
      searchKey: 'loan 7',
    };
    await drafts.save(saved({ draft: full, pending: { searchKey: 'loan 8', [SSN_FIELD]: '12' } }));
    assert.deepEqual(drafts.get('draft')?.draft, full, 'in this window all of it');
    openWindow();
    assert.deepEqual(drafts.of('mine'), [
      saved({ draft: { ...full, applicant: { ...full.applicant, ssn: '' } }, pending: { searchKey: 'loan 8' } }),
    ]);
    assert.deepEqual(drafts.of('theirs'), []);
  });

  it('keep the social security numbers that Truework publishes', async () => {
    await drafts.save(saved());
    openWindow();
    assert.equal(drafts.get('draft')?.draft.applicant.ssn, '000-00-0006');
  });

  it('store no key and no social security number on disk, from whatever field', async () => {
    const key = ['tw', 'sk', 'test', 'x'.repeat(40)].join('_');
    for (const secret of ['531-64-2718', '531642718', '531 64 2718', '531.64.2718', 'ssn:531–64–2718!', key]) {
      await drafts.save(
        saved({
          draft: {
            ...jane,
            applicant: {
              firstName: secret,
              lastName: secret,
              ssn: secret,
              dateOfBirth: secret,
              email: `${secret}@example.com`,
            },
            companies: [secret, 'Acme'],
            searchKey: secret,
          },
          pending: { name: `Jane ${secret}`, companies: secret, searchKey: secret, [SSN_FIELD]: secret },
        }),
      );
      await ledger.begin({
        id: `order ${secret.length}`,
        connectionId: 'mine',
        connectionName: 'Mine',
        kind: 'target-employer',
        applicant: secret,
        sentAt: 1,
        fingerprint: 'f',
        searchKey: secret,
      });
      assert.ok(!disk.text.includes(secret), secret);
      assert.ok(!/\d{3}\D?64\D?2718/.test(disk.text), disk.text);
    }
  });

  it('store no social security number that is split over two fields', async () => {
    await drafts.save(
      saved({ draft: { ...jane, applicant: { ...jane.applicant, firstName: '531', lastName: '64 2718' } } }),
    );
    assert.ok(!disk.text.includes('2718'));
  });

  it('are removed when their order is created, unless they were changed since', async () => {
    await drafts.save(saved());
    await drafts.created('draft', draftFingerprint({ ...jane, companies: ['Other'] }));
    assert.ok(drafts.get('draft'));
    await drafts.created('draft', draftFingerprint(jane));
    assert.equal(drafts.get('draft'), undefined);
    openWindow();
    assert.deepEqual(drafts.of('mine'), []);
  });

  it('survive every failure of their order, and are removed when it is found', async () => {
    for (const [id, plan] of [
      ['a', { kind: 'refused', after: 5, status: 400 }],
      ['b', { kind: 'unreachable' }],
      ['c', lost(20_000)],
    ] as const) {
      await drafts.save(saved());
      const sending = send(id, plan, { part: { draftId: 'draft' } });
      await time.pass(5000);
      await sending;
      assert.ok(drafts.get('draft'), id);
    }
    await time.pass(60_000);
    assert.deepEqual(found, ['c']);
    assert.equal(drafts.get('draft'), undefined);
  });

  it('are stored once each', async () => {
    await drafts.save(saved());
    await drafts.save(saved({ id: 'same', savedAt: 2 }));
    await drafts.save(saved({ id: 'other', savedAt: 3, answered: 2, draft: { ...jane, companies: ['Other'] } }));
    assert.deepEqual(
      drafts.of('mine').map(({ id }) => id),
      ['other', 'same'],
    );
    await drafts.discard('other');
    assert.deepEqual(
      drafts.of('mine').map(({ id }) => id),
      ['same'],
    );
  });

  it('are skipped if they are malformed', () => {
    const broken: Storage = {
      get: () => [7, null, { id: 'x' }, { ...saved(), draft: { ...jane, kind: 'unheard-of' } }, saved()],
      update: () => Promise.resolve(),
    };
    assert.deepEqual(
      new Drafts(broken, () => undefined).of('mine').map(({ id }) => id),
      ['draft'],
    );
    assert.deepEqual(
      new UnresolvedOrders({ ...broken, get: () => [7, null, { id: 'x', state: 'lost' }] }, () => undefined).lost(),
      [],
    );
  });
});
