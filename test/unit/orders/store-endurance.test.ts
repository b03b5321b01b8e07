import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { Bench } from './support/watched-store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const CHANGES = 50_000;
const STATES = ['pending-approval', 'processing', 'action-required'] as const;

/** Collects garbage completely, so that only referenced objects remain. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let time = 0; time < 3; time += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    gc();
  }
}

/** The weak references to what is still in memory. */
const alive = (references: readonly WeakRef<Order>[]) =>
  references.filter((reference) => reference.deref() !== undefined).length;

describe('the order store over a working day', () => {
  it('has only the shown orders and one timer after 8 hours and 50,000 changes, and nothing once disposed of', async () => {
    const { account, clock, store, events } = new Bench();
    const answered: WeakRef<Order>[] = [];
    const { api } = account;
    const list = api.listOrders.bind(api);
    api.listOrders = async (...args) => {
      const answer = structuredClone(await list(...args));
      answered.push(...answer.results.map((order) => new WeakRef(order)));
      return answer;
    };
    const get = api.getOrder.bind(api);
    api.getOrder = async (...args) => {
      const answer = structuredClone(await get(...args));
      answered.push(new WeakRef(answer));
      return answer;
    };
    for (let index = 0; index < 20; index += 1) account.create('processing');
    store.setVisible(true);
    await store.ensureLoaded();
    const listeners = store.eventNames().map((name) => store.listenerCount(name));
    const minutes = 8 * 60;
    let changes = 0;
    for (let minute = 0; minute < minutes; minute += 1) {
      for (; changes < (CHANGES * (minute + 1)) / minutes; changes += 1)
        account.change(changes, STATES[changes % STATES.length] ?? 'processing');
      // Each hour, an order is created here and ends, Truework fails for a while, and the window loses and gets the
      // focus.
      if (minute % 60 === 10) store.created(structuredClone(account.create('processing')));
      if (minute % 60 === 20) account.change(0, 'completed');
      account.health = minute % 60 >= 30 && minute % 60 < 40 ? { error: 'network' } : 'ok';
      store.setVisible(minute % 15 !== 0);
      if (minute % 5 === 0) store.acted();
      if (minute % 45 === 0) await store.refresh();
      await clock.advance(MINUTE);
      assert.ok(clock.timers <= 1);
      account.requests.length = 0;
      events.length = 0;
    }
    assert.equal(changes, CHANGES);
    assert.ok(answered.length > 5_000, `${answered.length} orders were answered`);
    assert.deepEqual(
      store.eventNames().map((name) => store.listenerCount(name)),
      listeners,
    );
    await collect();
    const shown = store.loaded.length;
    assert.ok(shown <= 50 && alive(answered) <= shown, `${alive(answered)} orders in memory, ${shown} shown`);

    store.dispose();
    await collect();
    assert.equal(clock.timers, 0);
    assert.equal(alive(answered), 0);
    assert.deepEqual(store.eventNames(), []);
  });
});
