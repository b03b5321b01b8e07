import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isOutOfDate } from '../../../src/orders/load-state.ts';
import { OrderStore } from '../../../src/orders/store.ts';
import type { TrueworkErrorKind } from '../../../src/truework/errors.ts';
import { Bench } from './support/watched-store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const PASSING: readonly TrueworkErrorKind[] = [
  'forbidden',
  'not-found',
  'validation',
  'version',
  'frozen-ssn',
  'rate-limited',
  'rejected',
  'server',
  'redirect',
  'network',
  'tls',
  'proxy',
  'timeout',
  'canceled',
  'too-large',
  'unexpected-body',
  'invalid-id',
];
const FINAL: readonly TrueworkErrorKind[] = ['unauthorized', 'no-key', 'wrong-host'];

describe('the order store, when a load fails', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => {
    bench.store.dispose();
  });

  for (const error of PASSING) {
    it(`retries automatically after ${error}, and shows the orders once Truework responds`, async () => {
      const { account, clock, store } = bench;
      account.create('completed');
      account.health = { error };
      await bench.open();
      assert.equal(store.status.kind, 'failed');
      await clock.advance(MINUTE);
      assert.ok(bench.sent().length > 0);
      account.health = 'ok';
      await clock.advance(2 * MINUTE);
      assert.equal(store.status.kind, 'ready');
      assert.equal(store.loaded.length, 1);
      assert.ok(bench.events.some((event) => event.startsWith('recovered')));
    });
  }

  it('retries if the session cannot be opened', async () => {
    const { clock, account } = bench;
    account.create('completed');
    let failures = 2;
    const other = new OrderStore(
      {
        current: () => {
          failures -= 1;
          return failures >= 0 ? Promise.reject(new Error('no module')) : Promise.resolve(bench.session);
        },
        isCurrent: () => true,
      },
      undefined,
      { clock },
    );
    other.setVisible(true);
    await other.ensureLoaded();
    assert.equal(other.status.kind, 'failed');
    await clock.advance(MINUTE);
    assert.equal(other.status.kind, 'ready');
    other.dispose();
  });

  it('backs off to minutes: some twenty attempts in an hour, and says when the next one is due', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'network' };
    await bench.open();
    await clock.advance(HOUR);
    const attempts = bench.sent().length;
    assert.ok(attempts >= 12 && attempts <= 20, `${attempts}`);
    assert.equal(store.status.kind, 'failed');
    const { retryAt, since } = store.status;
    assert.equal(since, 0);
    assert.ok(retryAt !== undefined && retryAt > clock.now() && retryAt <= clock.now() + 5 * MINUTE, `${retryAt}`);
  });

  it('sends nothing while the view is not watched, and retries immediately when it is again', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'network' };
    await bench.open();
    await clock.advance(10 * MINUTE);
    store.setVisible(false);
    bench.sent();
    await clock.advance(HOUR);
    assert.deepEqual(bench.sent(), []);
    assert.equal(clock.timers, 0);
    account.health = 'ok';
    store.setVisible(true);
    await clock.advance(0);
    assert.equal(bench.sent().length, 1);
    assert.equal(store.status.kind, 'ready');
  });

  it('makes at most one attempt in five seconds, however often the focus changes', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'network' };
    await bench.open();
    for (let time = 0; time < 600; time += 1) {
      store.setVisible(time % 2 === 1);
      await clock.advance(100);
    }
    const attempts = bench.sent().length;
    assert.ok(attempts >= 8 && attempts <= 12, `${attempts}`);
  });

  for (const error of FINAL) {
    it(`waits after ${error} until the user refreshes or the connection changes`, async () => {
      const { account, clock, store } = bench;
      account.create('completed');
      account.health = { error };
      await bench.open();
      for (let time = 0; time < 10; time += 1) {
        store.setVisible(false);
        await clock.advance(MINUTE);
        store.setVisible(true);
        await clock.advance(HOUR);
      }
      clock.sleep(HOUR);
      await clock.advance(MINUTE);
      assert.deepEqual(bench.sent(), []);
      await store.refresh();
      assert.deepEqual(bench.sent(), ['list 0']);
      await clock.advance(HOUR);
      assert.deepEqual(bench.sent(), []);
      account.health = 'ok';
      store.reset();
      await clock.advance(SECOND);
      assert.equal(store.status.kind, 'ready');
    });
  }

  it('waits after a 429 as long as Truework says, regardless of the focus, unless the user refreshes', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'rate-limited', facts: { status: 429, retryAfterMs: 10 * MINUTE } };
    await bench.open();
    for (let time = 0; time < 59; time += 1) {
      store.setVisible(false);
      await clock.advance(5 * SECOND);
      store.setVisible(true);
      await clock.advance(5 * SECOND);
    }
    assert.deepEqual(bench.sent(), []);
    await store.refresh();
    assert.deepEqual(bench.sent(), ['list 0']);
    account.health = 'ok';
    await clock.advance(10 * MINUTE - SECOND);
    assert.deepEqual(bench.sent(), []);
    await clock.advance(2 * SECOND);
    assert.equal(store.status.kind, 'ready');
  });

  it('still waits as long as a 429 asked for after a refresh by the user failed', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'rate-limited', facts: { status: 429, retryAfterMs: 10 * MINUTE } };
    await bench.open();
    account.health = { error: 'network' };
    await store.refresh();
    bench.sent();
    await clock.advance(9 * MINUTE);
    assert.deepEqual(bench.sent(), []);
  });

  it('retries once, soon after the machine woke up, and not for each attempt that it slept through', async () => {
    const { account, clock } = bench;
    account.health = { error: 'network' };
    await bench.open();
    await clock.advance(HOUR);
    bench.sent();
    while (bench.sent().length === 0) await clock.advance(SECOND);
    clock.sleep(40 * SECOND);
    await clock.advance(6 * SECOND);
    assert.equal(bench.sent().length, 1);
    clock.sleep(HOUR);
    await clock.advance(6 * SECOND);
    assert.equal(bench.sent().length, 1);
    await clock.advance(MINUTE);
    assert.deepEqual(bench.sent(), []);
  });

  it('shows a load that the user requested, and the failure again if it fails', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'network' };
    await bench.open();
    account.latency = () => SECOND;
    const refreshing = store.refresh();
    await clock.advance(10);
    assert.equal(store.status.kind, 'loading');
    await clock.advance(SECOND);
    await refreshing;
    assert.deepEqual(
      bench.events.filter((event) => event.startsWith('failure')),
      ['failure load 2'],
    );
  });

  it('waits after a 429 without Retry-After too', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'rate-limited', facts: { status: 429 } };
    await bench.open();
    store.setVisible(false);
    await clock.advance(7 * SECOND);
    store.setVisible(true);
    await clock.advance(2 * SECOND);
    assert.deepEqual(bench.sent(), []);
    await clock.advance(2 * SECOND);
    assert.equal(bench.sent().length, 1);
  });

  it('runs one load after the other, even if several are waiting', async () => {
    const { account, clock, store } = bench;
    for (let index = 0; index < 60; index += 1) account.create('completed');
    await bench.open();
    account.latency = () => SECOND;
    void store.refresh();
    void store.loadMore();
    for (let time = 0; time < 40; time += 1) {
      await clock.advance(100);
      assert.ok(account.inFlight <= 1);
      if (time === 15) void store.loadMore();
    }
    assert.equal(store.loaded.length, 60);
  });

  it('makes no automatic attempt while one of the user is running', async () => {
    const { account, clock, store } = bench;
    account.create('completed');
    await bench.open();
    account.health = { error: 'network' };
    await store.refresh();
    account.latency = () => 30 * SECOND;
    bench.sent();
    void store.refresh();
    await clock.advance(10);
    store.setVisible(false);
    store.setVisible(true);
    await clock.advance(25 * SECOND);
    assert.deepEqual(bench.sent(), ['list 0']);
    account.health = 'ok';
    account.latency = () => 0;
    await clock.advance(5 * SECOND + 10);
    assert.deepEqual(bench.sent(), []);
  });

  it('does not loop when every session is closed as soon as it is opened', async () => {
    const { account, clock, session } = bench;
    let opened = 0;
    const store = new OrderStore(
      {
        current: () => {
          opened += 1;
          return Promise.resolve(session);
        },
        isCurrent: () => false,
      },
      undefined,
      { clock },
    );
    store.on('list', () => {
      if (opened < 1_000) void store.ensureLoaded();
    });
    store.setVisible(true);
    await clock.advance(MINUTE);
    assert.ok(opened >= 5 && opened <= 13, `${opened}`);
    assert.equal(account.requests.length, 0);
    store.dispose();
  });

  it('combines several loads that are requested at once', async () => {
    const { account, clock, store } = bench;
    account.latency = () => SECOND;
    for (let time = 0; time < 10; time += 1) void store.refresh();
    await clock.advance(10);
    for (let time = 0; time < 10; time += 1) void store.refresh();
    await clock.advance(10 * SECOND);
    assert.deepEqual(bench.sent(), ['list 0', 'list 0']);
  });

  it('loads once without a connection, and does not loop', async () => {
    bench.session = undefined;
    const { store, clock } = bench;
    let asked = 0;
    store.on('list', () => {
      asked += 1;
      if (asked < 100) void store.ensureLoaded();
    });
    await bench.open();
    await clock.advance(MINUTE);
    assert.ok(asked < 5, `${asked}`);
  });
});

describe('the order store, when polling fails', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench();
    bench.account.create('processing');
    await bench.open();
  });
  afterEach(() => {
    bench.store.dispose();
  });

  it('emits every failure, shows it from the third on, and continues once Truework responds', async () => {
    const { account, clock, store, events } = bench;
    account.health = { error: 'server', facts: { status: 500 } };
    store.acted();
    await clock.advance(2 * SECOND);
    assert.equal(store.status.kind, 'stale');
    assert.equal(isOutOfDate(store.status), false);
    assert.deepEqual(events, ['failure poll 1']);
    await clock.advance(30 * MINUTE);
    assert.ok(isOutOfDate(store.status));
    assert.equal(store.status.since, 2 * SECOND);
    assert.equal(events.filter((event) => event === 'list').length > 0, true);
    assert.equal(store.loaded.length, 1, 'what is loaded stays on display');
    account.health = 'ok';
    account.change(0, 'completed');
    account.create('completed');
    await clock.advance(6 * MINUTE);
    assert.equal(store.status.kind, 'ready');
    assert.deepEqual(store.loaded, account.orders);
  });

  it('shows nothing when a single poll fails', async () => {
    const { account, clock, store, events } = bench;
    account.health = { error: 'timeout' };
    store.acted();
    await clock.advance(2 * SECOND);
    account.health = 'ok';
    await clock.advance(MINUTE);
    assert.deepEqual(events, ['failure poll 1', 'recovered 1']);
  });

  it('shows immediately that a refresh by the user failed, or that the key was rejected', async () => {
    const { account, clock, store } = bench;
    account.health = { error: 'network' };
    await store.refresh();
    assert.ok(isOutOfDate(store.status));
    account.health = 'ok';
    await store.refresh();
    assert.equal(store.status.kind, 'ready');
    account.health = { error: 'unauthorized' };
    store.acted();
    await clock.advance(3 * SECOND);
    assert.ok(isOutOfDate(store.status));
    bench.sent();
    await clock.advance(HOUR);
    assert.deepEqual(bench.sent(), []);
  });

  it('shows the changes of other orders when one of them is malformed', async () => {
    const { account, clock, store } = bench;
    account.broken.add('a-1');
    account.create('processing');
    await store.refresh();
    account.change(0, 'completed');
    store.acted();
    await clock.advance(2 * SECOND);
    assert.deepEqual(store.loaded, account.orders);
  });

  it('polls once after the machine slept, and not for each poll that it slept through', async () => {
    const { clock } = bench;
    await clock.advance(20 * MINUTE);
    bench.sent();
    clock.sleep(HOUR);
    await clock.advance(6 * SECOND);
    assert.equal(bench.sent().length, 1);
  });

  it('polls immediately when the view is watched again after a long time, and no more often when the focus changes', async () => {
    const { clock, store } = bench;
    store.setVisible(false);
    await clock.advance(HOUR);
    store.setVisible(true);
    await clock.advance(0);
    assert.equal(bench.sent().length, 1);
    await clock.advance(20 * MINUTE);
    bench.sent();
    for (let time = 0; time < 600; time += 1) {
      store.setVisible(time % 2 === 1);
      await clock.advance(SECOND);
    }
    const looks = bench.sent().length;
    assert.ok(looks >= 8 && looks <= 11, `${looks}`);
  });

  it('stops in the middle of a poll when a refresh by the user is rejected meanwhile', async () => {
    const { account, clock, store } = bench;
    for (let index = 0; index < 3; index += 1) account.create('processing');
    await store.refresh();
    bench.sent();
    account.latency = () => 2 * SECOND;
    store.acted();
    await clock.advance(2_500);
    account.health = { error: 'unauthorized' };
    account.latency = () => 0;
    await store.refresh();
    assert.equal(bench.sent().length, 2);
    await clock.advance(HOUR);
    assert.deepEqual(bench.sent(), []);
  });

  it('stops in the middle of a poll when the view is no longer watched', async () => {
    const { account, clock, store } = bench;
    for (let index = 0; index < 3; index += 1) account.create('processing');
    await store.refresh();
    bench.sent();
    account.latency = () => SECOND;
    store.acted();
    await clock.advance(2_500);
    assert.equal(bench.sent().length, 1);
    store.setVisible(false);
    await clock.advance(HOUR);
    assert.deepEqual(bench.sent(), []);
  });
});
