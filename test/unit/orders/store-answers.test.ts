/** Which responses the store applies, and which arrive too late. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { OrderStore, type StoreSession } from '../../../src/orders/store.ts';
import { orderState } from '../../../src/truework/state.ts';
import { anOrder } from '../../support/builders/orders.ts';
import { SimulatedAccount } from './support/simulation.ts';
import { Bench } from './support/watched-store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('responses about one order', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => {
    bench.store.dispose();
  });

  const stateOf = (id: string) => {
    const order = bench.store.get(id);
    return order && orderState(order);
  };

  it('add the order once, with its newer state, when a poll returned it before the response to its creation', async () => {
    const { account, store, events } = bench;
    await bench.open();
    const stamp = store.stamp();
    const created = account.create('pending-approval');
    account.change(0, 'completed');
    await store.refresh();
    for (const given of [[], [stamp]]) {
      store.created(created, ...given);
      assert.deepEqual(bench.ids(), [created.id]);
      assert.equal(store.total, 1);
      assert.equal(stateOf(created.id), 'completed');
    }
    assert.equal(events.filter((event) => event === `finished ${created.id}`).length, 1);
  });

  it('add an order once that is reported as created twice', async () => {
    const { account, store, events } = bench;
    await bench.open();
    const created = account.create('completed');
    store.created(created);
    store.created(created);
    assert.equal(store.total, 1);
    assert.deepEqual(bench.ids(), [created.id]);
    assert.equal(events.filter((event) => event.startsWith('finished')).length, 1);
  });

  it('keep an order that was created while a list without it was in flight', async () => {
    const { account, clock, store } = bench;
    account.create('completed');
    await bench.open();
    account.latency = () => SECOND;
    const refreshing = store.refresh();
    await clock.advance(10);
    const created = account.create('processing');
    store.created(created);
    await clock.advance(SECOND);
    await refreshing;
    assert.deepEqual(bench.ids(), [created.id, 'a-1']);
    assert.equal(store.total, 2);
    await clock.advance(MINUTE);
    assert.deepEqual(bench.ids(), [created.id, 'a-1']);
    assert.equal(store.total, 2);
  });

  it('keep an order of a newer list when an older list without it arrives later', async () => {
    const { account, clock, store } = bench;
    account.create('processing');
    await bench.open();
    store.created(account.create('processing'));
    account.latency = () => 10 * SECOND;
    await clock.advance(2 * SECOND);
    assert.deepEqual(bench.sent(), ['list 0']);
    account.latency = () => 0;
    const created = account.create('processing');
    store.created(created);
    await store.refresh();
    await clock.advance(11 * SECOND);
    assert.equal(bench.ids()[0], created.id);
    assert.equal(store.total, 3);
  });

  it('apply in the order of their requests, not of their arrival', async () => {
    const { account, clock, store } = bench;
    const { id } = account.create('pending-approval');
    await bench.open();
    // The poll is sent first, and its response arrives last.
    account.latency = () => 10 * SECOND;
    store.acted();
    await clock.advance(2 * SECOND);
    assert.deepEqual(bench.sent(), [`get ${id}`]);
    account.change(0, 'canceled');
    store.update(account.orders[0] ?? assert.fail());
    await clock.advance(11 * SECOND);
    assert.equal(stateOf(id), 'canceled');
    // And the other way round.
    const [stamp, late] = [store.stamp(), anOrder(id, 'processing')];
    account.latency = () => 0;
    await store.refresh();
    store.update(late, stamp);
    assert.equal(stateOf(id), 'canceled');
  });

  it('do not let an older list replace a newer state', async () => {
    const { account, clock, store } = bench;
    const { id } = account.create('pending-approval');
    await bench.open();
    account.latency = () => SECOND;
    const refreshing = store.refresh();
    await clock.advance(10);
    account.change(0, 'completed');
    store.update(account.orders[0] ?? assert.fail());
    await clock.advance(SECOND);
    await refreshing;
    assert.equal(stateOf(id), 'completed');
  });

  it('do not list or count orders that do not match the search key, but report when they end', async () => {
    const { account, clock, store, events } = bench;
    account.create('completed', 'loan-1');
    await bench.open();
    await store.setSearchKey('loan-1');
    const created = account.create('processing', 'loan-2');
    store.created(created);
    assert.deepEqual(bench.ids(), ['a-1']);
    assert.equal(store.total, 1);
    account.change(0, 'completed');
    await clock.advance(5 * SECOND);
    assert.ok(events.includes(`finished ${created.id}`));
    bench.sent();
    await clock.advance(60 * MINUTE);
    assert.deepEqual(bench.sent(), []);
  });
});

describe('an order created here that is on no list page', () => {
  it('is dropped once Truework does not know it', async () => {
    const { account, clock, store } = new Bench();
    store.setVisible(true);
    await store.setSearchKey('loan-1');
    store.created(account.create('processing'));
    account.orders = [];
    await clock.advance(MINUTE);
    account.requests.length = 0;
    await clock.advance(60 * MINUTE);
    assert.equal(account.requests.length, 0);
    store.dispose();
  });
});

describe('a list that shifted because orders were created elsewhere', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => {
    bench.store.dispose();
  });

  it('is counted correctly after the next poll, even when many orders are newer than one created here', async () => {
    const { account, clock, store } = bench;
    await bench.open();
    const created = account.create('completed');
    for (let index = 0; index < 30; index += 1) account.create('completed');
    await store.refresh();
    store.created(created);
    await clock.advance(3 * SECOND);
    assert.equal(store.total, 31);
    assert.deepEqual(store.loaded, account.orders.slice(0, 25));
  });

  it('requests no further page if there is none', async () => {
    const { account, store } = bench;
    account.create('completed');
    await bench.open();
    await store.loadMore();
    assert.deepEqual(bench.sent(), []);
  });

  it('is loaded again by Load More, up to its end', async () => {
    const { account, store } = bench;
    for (let index = 0; index < 60; index += 1) account.create('completed');
    await bench.open();
    for (let index = 0; index < 25; index += 1) account.create('completed');
    for (let click = 0; store.hasMore; click += 1) {
      assert.ok(click < 5);
      await store.loadMore();
    }
    assert.deepEqual(store.loaded, account.orders);
    assert.equal(store.total, 85);
  });

  it('does not hide changes of orders that are now on another page', async () => {
    const { account, clock, store } = bench;
    for (let index = 0; index < 10; index += 1) account.create('processing');
    await bench.open();
    for (let index = 0; index < 20; index += 1) account.create('completed');
    account.change(9, 'completed');
    await store.loadMore();
    store.acted();
    await clock.advance(3 * SECOND);
    for (const order of store.loaded)
      assert.deepEqual(
        order,
        account.orders.find(({ id }) => id === order.id),
      );
  });

  it('keeps its length when it is refreshed, however many orders are created here', async () => {
    const { account, store } = bench;
    for (let index = 0; index < 60; index += 1) account.create('completed');
    await bench.open();
    for (let time = 0; time < 10; time += 1) {
      store.created(account.create('completed'));
      await store.refresh();
    }
    assert.equal(store.loaded.length, 25);
  });
});

/** At which point of a request the connection changes. */
interface Point {
  readonly name: string;
  /** Brings the store there. */
  readonly reach: (bench: Bench) => Promise<void>;
}

const points: readonly Point[] = [false, true].flatMap((fails): readonly Point[] => {
  const outcome = fails ? 'fails' : 'is answered';
  const slow = async (bench: Bench) => {
    await bench.open();
    bench.account.latency = () => SECOND;
    if (fails) bench.account.health = { error: 'unauthorized' };
  };
  return [
    {
      name: `a first load that ${outcome}`,
      reach: async (bench) => {
        bench.account.latency = () => SECOND;
        if (fails) bench.account.health = { error: 'unauthorized' };
        void bench.store.ensureLoaded();
        await bench.clock.advance(10);
      },
    },
    {
      name: `a refresh that ${outcome}`,
      reach: async (bench) => {
        await slow(bench);
        void bench.store.refresh();
        await bench.clock.advance(10);
      },
    },
    {
      name: `a Load More that ${outcome}`,
      reach: async (bench) => {
        await slow(bench);
        void bench.store.loadMore();
        await bench.clock.advance(10);
      },
    },
    {
      name: `a look that ${outcome}`,
      reach: async (bench) => {
        await slow(bench);
        bench.store.acted();
        await bench.clock.advance(2_010);
      },
    },
    {
      name: `a refresh behind another that ${outcome}`,
      reach: async (bench) => {
        await slow(bench);
        void bench.store.refresh();
        await bench.clock.advance(10);
        void bench.store.refresh();
      },
    },
  ];
});

describe('responses that arrive after the connection changed', () => {
  let bench: Bench;
  let other: SimulatedAccount;
  beforeEach(() => {
    bench = new Bench();
    for (let index = 0; index < 60; index += 1) bench.account.create(index === 59 ? 'processing' : 'completed');
    other = new SimulatedAccount('b', bench.clock);
    other.create('completed');
  });
  afterEach(() => {
    bench.store.dispose();
  });

  for (const { name, reach } of points) {
    it(`change nothing: ${name}`, async () => {
      await reach(bench);
      assert.equal(bench.account.inFlight, 1);
      bench.session = bench.openSession(other);
      bench.store.reset();
      await bench.store.ensureLoaded();
      assert.deepEqual(bench.ids(), ['b-1']);
      bench.sent();
      bench.events.length = 0;
      const { timers } = bench.clock;
      await bench.clock.advance(MINUTE);
      assert.deepEqual(bench.ids(), ['b-1']);
      assert.equal(bench.store.total, 1);
      assert.equal(bench.store.hasMore, false);
      assert.deepEqual(bench.store.status, { kind: 'ready' });
      assert.deepEqual(bench.events, []);
      assert.deepEqual(bench.sent(), [], 'the old connection is not asked again');
      assert.ok(bench.clock.timers <= timers);
    });

    it(`change nothing when there was no event for the changed connection: ${name}`, async () => {
      await reach(bench);
      const before = bench.ids();
      bench.session = bench.openSession(other);
      bench.events.length = 0;
      bench.sent();
      await bench.clock.advance(1_500);
      // The load that waited uses the new connection, and discards what the old one returned.
      if (name.includes('behind'))
        assert.deepEqual(
          bench.ids().filter((id) => !id.startsWith('b-')),
          [],
        );
      else assert.deepEqual(bench.ids(), before);
      assert.deepEqual(
        bench.events.filter((event) => !event.startsWith('list')),
        [],
      );
      assert.notEqual(bench.store.status.kind, 'failed');
      assert.notEqual(bench.store.status.kind, 'stale');
      assert.deepEqual(bench.sent(), [], 'the old connection is not asked again');
      await bench.store.refresh();
      await bench.store.ensureLoaded();
      assert.deepEqual(bench.ids(), ['b-1']);
    });

    it(`change nothing when the store was disposed of: ${name}`, async () => {
      await reach(bench);
      bench.store.dispose();
      bench.sent();
      await bench.clock.advance(MINUTE);
      assert.deepEqual(bench.store.loaded, []);
      assert.equal(bench.clock.timers, 0);
      assert.deepEqual(bench.sent(), []);
    });
  }

  it('do not end the load of the new connection', async () => {
    bench.account.latency = () => SECOND;
    void bench.store.ensureLoaded();
    await bench.clock.advance(10);
    other.latency = () => 5 * SECOND;
    bench.session = bench.openSession(other);
    bench.store.reset();
    void bench.store.ensureLoaded();
    await bench.clock.advance(2 * SECOND);
    assert.equal(bench.store.status.kind, 'loading');
    await bench.clock.advance(5 * SECOND);
    assert.deepEqual(bench.ids(), ['b-1']);
  });

  it('do not cause requests for old orders on the new connection, even without an event for the change', async () => {
    await bench.open();
    bench.session = bench.openSession(other);
    bench.store.acted();
    await bench.clock.advance(10 * SECOND);
    assert.deepEqual(
      other.requests.map(({ text }) => text),
      ['list 0'],
    );
    assert.deepEqual(bench.ids(), ['b-1']);
  });

  it('do not let two polls of the new connection run at once', async () => {
    await bench.open();
    bench.account.latency = () => 5 * SECOND;
    bench.store.acted();
    await bench.clock.advance(2_010);
    assert.equal(bench.account.inFlight, 1);
    other.create('processing');
    bench.session = bench.openSession(other);
    bench.store.reset();
    await bench.clock.advance(10);
    other.latency = () => 20 * SECOND;
    bench.store.acted();
    let most = 0;
    for (let time = 0; time < 30; time += 1) {
      await bench.clock.advance(500);
      most = Math.max(most, other.inFlight);
    }
    assert.equal(most, 1);
  });

  for (const late of ['the old session', 'no session', 'a failure']) {
    it(`change nothing when the late response is ${late}`, async () => {
      const opening = Promise.withResolvers<StoreSession | undefined>();
      const old = bench.session;
      const sessions = [opening.promise];
      // Whether the session is current is not what saves the store here.
      const source = { current: () => sessions.shift() ?? Promise.resolve(bench.session), isCurrent: () => true };
      const store = new OrderStore(source, undefined, { clock: bench.clock });
      const loading = store.ensureLoaded();
      await bench.clock.advance(0);
      bench.session = bench.openSession(other);
      store.reset();
      await store.ensureLoaded();
      if (late === 'a failure') opening.reject(new Error('no module'));
      else opening.resolve(late === 'no session' ? undefined : old);
      await loading;
      await bench.clock.advance(MINUTE);
      assert.deepEqual(store.status, { kind: 'ready' });
      assert.deepEqual(
        store.loaded.map(({ id }) => id),
        ['b-1'],
      );
      assert.deepEqual(bench.sent(), []);
      store.dispose();
    });
  }
});

describe('a store that was disposed of', () => {
  it('does not retry failed loads', async () => {
    const bench = new Bench();
    bench.account.health = { error: 'network' };
    await bench.open();
    bench.store.dispose();
    bench.store.acted();
    assert.equal(bench.clock.timers, 0);
    await bench.clock.advance(MINUTE);
    assert.equal(bench.clock.timers, 0);
    assert.deepEqual(bench.sent(), []);
  });

  it('has no timer and no listener, and sends nothing, whatever is called', async () => {
    const bench = new Bench();
    bench.account.create('processing');
    await bench.open();
    assert.equal(bench.clock.timers, 1);
    bench.store.dispose();
    assert.equal(bench.clock.timers, 0);
    bench.store.acted();
    bench.store.created(anOrder('late', 'processing'));
    bench.store.setVisible(false);
    bench.store.setVisible(true);
    bench.store.reset();
    await Promise.all([bench.store.refresh(), bench.store.loadMore(), bench.store.ensureLoaded()]);
    await bench.clock.advance(MINUTE);
    assert.equal(bench.clock.timers, 0);
    assert.deepEqual(bench.sent(), []);
    assert.equal(bench.store.get('late'), undefined);
    for (const event of ['list', 'order', 'finished', 'failure', 'recovered'] as const)
      assert.equal(bench.store.listenerCount(event), 0);
  });
});
