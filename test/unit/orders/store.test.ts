import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { PollSchedule, DEFAULT_POLL_SCHEDULE } from '../../../src/orders/poll-schedule.ts';
import { OrderStore, PAGE_SIZE, type StoreSession } from '../../../src/orders/store.ts';
import type { TrueworkApi } from '../../../src/truework/client.ts';
import { TrueworkError } from '../../../src/truework/errors.ts';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { anOrder, aPage } from '../../support/builders/orders.ts';

/** A fake Truework with these orders that records its requests. */
class FakeTruework {
  orders: Order[] = [];
  readonly asked: string[] = [];
  failure: Error | undefined;

  readonly api = {
    listOrders: async ({ limit = 25, offset = 0, searchKey = undefined as string | undefined } = {}) => {
      await this.#ask(`list ${offset}+${limit}${searchKey === undefined ? '' : ` ${searchKey}`}`);
      const found = this.orders.filter(({ search_key: key }) => searchKey === undefined || key === searchKey);
      const next = offset + limit < found.length ? 'https://api.truework-sandbox.com/orders?more' : null;
      return aPage(found.slice(offset, offset + limit), found.length, next);
    },
    getOrder: async (id: string) => {
      await this.#ask(`get ${id}`);
      const order = this.orders.find((candidate) => candidate.id === id);
      if (!order) throw new TrueworkError('not-found', { status: 404 });
      return order;
    },
  } as unknown as TrueworkApi;

  set(id: string, state: string): void {
    this.orders = this.orders.map((order) => (order.id === id ? anOrder(id, state) : order));
  }

  async #ask(question: string): Promise<void> {
    this.asked.push(question);
    await Promise.resolve();
    if (this.failure) throw this.failure;
  }
}

const many = (count: number, state: string) => Array.from({ length: count }, (_, index) => anOrder(`o${index}`, state));

describe('the order store', () => {
  let truework: FakeTruework;
  let session: StoreSession | undefined;
  let store: OrderStore;
  let events: string[];

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
    truework = new FakeTruework();
    session = { connection: { id: 'c1' }, api: truework.api };
    store = new OrderStore(
      {
        current: () => Promise.resolve(session),
        isCurrent: (asked) => asked === session,
      },
      new PollSchedule({ ...DEFAULT_POLL_SCHEDULE, jitter: 0 }),
    );
    events = [];
    store.on('list', () => {
      events.push('list');
    });
    store.on('order', (id) => {
      events.push(`order ${id}`);
    });
    store.on('finished', ({ id }) => {
      events.push(`finished ${id}`);
    });
  });

  afterEach(() => {
    store.dispose();
    mock.timers.reset();
  });

  /** Lets time pass in steps, so that promises between the timers settle. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      mock.timers.tick(Math.min(500, left));
      for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
    }
  };

  it('shows the first page of ten thousand orders with one request, and loads more on demand', async () => {
    truework.orders = many(10_000, 'completed');
    await store.ensureLoaded();
    await store.ensureLoaded();
    assert.deepEqual(truework.asked, [`list 0+${PAGE_SIZE}`]);
    assert.equal(store.loaded.length, PAGE_SIZE);
    assert.equal(store.total, 10_000);
    await store.loadMore();
    assert.equal(store.loaded.length, 2 * PAGE_SIZE);
    assert.equal(truework.asked.length, 2);
  });

  it('refreshes only what was loaded, and emits only what changed', async () => {
    truework.orders = many(100, 'completed');
    await store.ensureLoaded();
    await store.loadMore();
    truework.asked.length = 0;
    truework.set('o30', 'canceled');
    events.length = 0;
    await store.refresh();
    assert.deepEqual(truework.asked, ['list 0+25', 'list 25+25']);
    assert.deepEqual(events, ['order o30']);
  });

  it('sends the search key to Truework, and filters states itself', async () => {
    truework.orders = [
      anOrder('a', 'completed', { search_key: 'loan-1' }),
      anOrder('b', 'processing'),
      anOrder('c', 'completed'),
    ];
    await store.ensureLoaded();
    store.setStates(new Set(['completed']));
    assert.deepEqual(
      store.shown.map(({ id }) => id),
      ['a', 'c'],
    );
    await store.setSearchKey('loan-1');
    assert.equal(truework.asked.at(-1), 'list 0+25 loan-1');
    assert.deepEqual(
      store.shown.map(({ id }) => id),
      ['a'],
    );
  });

  it('polls unfinished orders only, quickly after an action and only while watched', async () => {
    truework.orders = [anOrder('open', 'processing'), anOrder('done', 'completed')];
    await store.ensureLoaded();
    truework.asked.length = 0;
    await pass(60_000);
    assert.deepEqual(truework.asked, [], 'nobody watches');

    store.setVisible(true);
    store.acted();
    await pass(10_000);
    assert.deepEqual([...new Set(truework.asked)], ['get open']);
    assert.equal(truework.asked.length, 5);

    store.setVisible(false);
    truework.asked.length = 0;
    await pass(60_000);
    assert.deepEqual(truework.asked, []);
  });

  it('stops polling when everything has ended', async () => {
    truework.orders = [anOrder('a', 'processing')];
    await store.ensureLoaded();
    store.setVisible(true);
    store.acted();
    truework.set('a', 'completed');
    await pass(4_000);
    assert.deepEqual(
      events.filter((event) => event.startsWith('order')),
      ['order a'],
    );
    truework.asked.length = 0;
    await pass(120_000);
    assert.deepEqual(truework.asked, []);
  });

  it('polls many unfinished orders with their list pages', async () => {
    truework.orders = [
      ...many(20, 'processing'),
      ...many(40, 'completed').map(({ id }) => anOrder(`done-${id}`, 'completed')),
    ];
    await store.ensureLoaded();
    await store.loadMore();
    truework.asked.length = 0;
    store.setVisible(true);
    store.acted();
    await pass(2_000);
    assert.deepEqual(truework.asked, ['list 0+25']);
  });

  it('emits once when an order that was created here has ended, and not for others', async () => {
    truework.orders = [anOrder('other', 'processing')];
    await store.ensureLoaded();
    store.setVisible(true);
    const mine = anOrder('mine', 'pending-approval');
    truework.orders = [mine, ...truework.orders];
    store.created(mine);
    assert.deepEqual(
      store.loaded.map(({ id }) => id),
      ['mine', 'other'],
    );
    truework.set('mine', 'completed');
    truework.set('other', 'completed');
    await pass(10_000);
    assert.deepEqual(
      events.filter((event) => event.startsWith('finished')),
      ['finished mine'],
    );
  });

  it('emits for an order that has already ended when it is created', async () => {
    await store.ensureLoaded();
    store.created(anOrder('instant', 'completed'));
    assert.ok(events.includes('finished instant'));
  });

  it('stops after a 401 until the user refreshes', async () => {
    truework.orders = [anOrder('a', 'processing')];
    await store.ensureLoaded();
    store.setVisible(true);
    store.acted();
    truework.failure = new TrueworkError('unauthorized', { status: 401 });
    await pass(60_000);
    assert.equal(truework.asked.filter((question) => question === 'get a').length, 1);
    assert.equal(store.status.kind, 'stale');
    truework.failure = undefined;
    await store.refresh();
    assert.equal(store.status.kind, 'ready');
    truework.asked.length = 0;
    await pass(60_000);
    assert.ok(truework.asked.includes('get a'));
  });

  it('pauses after a 429 as long as Truework says', async () => {
    truework.orders = [anOrder('a', 'processing')];
    await store.ensureLoaded();
    store.setVisible(true);
    store.acted();
    truework.failure = new TrueworkError('rate-limited', { status: 429, retryAfterMs: 15_000 });
    await pass(2_000);
    truework.asked.length = 0;
    truework.failure = undefined;
    await pass(14_000);
    assert.deepEqual(truework.asked, []);
    await pass(3_000);
    assert.ok(truework.asked.length > 0);
  });

  it('drops a response that arrives after the connection was switched', async () => {
    truework.orders = [anOrder('secret-of-a', 'completed')];
    const loading = store.ensureLoaded();
    session = { connection: { id: 'c2' }, api: new FakeTruework().api };
    store.reset();
    await loading;
    assert.deepEqual(store.loaded, []);
    await store.ensureLoaded();
    assert.equal(store.status.kind, 'ready');
    assert.deepEqual(store.loaded, []);
  });

  it('reports that there is no connection, and loads once there is one', async () => {
    const kept = session;
    session = undefined;
    await store.ensureLoaded();
    assert.equal(store.status.kind, 'no-connection');
    session = kept;
    truework.orders = [anOrder('a', 'completed')];
    // Like the owner of the store when the connection changes.
    store.reset();
    await store.ensureLoaded();
    assert.equal(store.loaded.length, 1);
  });

  it('discards its orders when it switches to another connection, and only then', async () => {
    truework.orders = [anOrder('a', 'completed')];
    store.switchTo('one');
    await store.ensureLoaded();
    store.switchTo('one');
    assert.equal(store.loaded.length, 1);
    store.switchTo('another');
    assert.equal(store.connectionId, 'another');
    assert.deepEqual(store.loaded, []);
    assert.equal(store.status.kind, 'idle');
  });
});
