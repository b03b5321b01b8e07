import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RateBudget, type Clock } from '../../../../src/truework/http/budget.ts';
import { anOrder } from '../../../support/builders/orders.ts';
import { body, clientFor, failing } from '../support/clients.ts';
import { json, startServer } from '../../../support/network/server.ts';

/** Time that advances only when a test says so. */
class FakeClock implements Clock {
  #now = 0;
  #next = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, ms: number): number {
    this.#next += 1;
    this.#timers.set(this.#next, { at: this.#now + ms, run });
    return this.#next;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      const [due] = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (!due) break;
      const [id, { at, run }] = due;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      run();
      await settled();
    }
    this.#now = until;
    await settled();
  }
}

const settled = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

const step = fc.oneof(
  fc.record({ do: fc.constant('ask' as const), times: fc.integer({ min: 1, max: 15 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
  fc.record({ do: fc.constant('pause' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
  fc.record({ do: fc.constant('give up' as const), which: fc.nat() }),
);

describe('the rate budget', () => {
  it('never lets too many requests arrive in any second, keeps their order, and loses none', async () => {
    const network = fc.record({ arrives: fc.integer({ min: 0, max: 2000 }), ends: fc.integer({ min: 0, max: 4000 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10 }),
        fc.array(step, { maxLength: 25 }),
        fc.array(network, { minLength: 1, maxLength: 20 }),
        async (perSecond, steps, networks) => {
          const clock = new FakeClock();
          const budget = new RateBudget(perSecond, clock);
          const starts: { readonly id: number; readonly at: number }[] = [];
          const arrivals: number[] = [];
          const started = (id: number, ended: () => void) => {
            starts.push({ id, at: clock.now() });
            const { arrives, ends } = networks[id % networks.length] ?? { arrives: 0, ends: 0 };
            clock.setTimeout(() => {
              arrivals.push(clock.now());
            }, arrives);
            clock.setTimeout(ended, arrives + ends);
          };
          const gaveUp = new Set<number>();
          const asked: AbortController[] = [];
          let pausedUntil = -1;
          for (const action of steps) {
            switch (action.do) {
              case 'ask':
                for (let n = 0; n < action.times; n += 1) {
                  const id = asked.push(new AbortController()) - 1;
                  budget.acquire(asked[id]?.signal).then(
                    (ended) => {
                      started(id, ended);
                    },
                    () => gaveUp.add(id),
                  );
                }
                await settled();
                break;
              case 'wait':
                await clock.advance(action.ms);
                break;
              case 'pause':
                budget.pause(action.ms);
                pausedUntil = Math.max(pausedUntil, clock.now() + action.ms);
                break;
              case 'give up':
                asked[action.which % Math.max(1, asked.length)]?.abort();
                await settled();
                break;
            }
            assert.ok(starts.every(({ at }) => at <= clock.now()));
            if (clock.now() < pausedUntil) assert.ok((starts.at(-1)?.at ?? 0) <= clock.now());
          }
          await clock.advance(1_000_000);
          assert.equal(starts.length + gaveUp.size, asked.length);
          arrivals.sort((a, b) => a - b);
          for (const [index, at] of arrivals.entries()) {
            const later = arrivals[index + perSecond];
            if (later !== undefined) assert.ok(later - at >= 1000, `${perSecond + 1} arrivals within ${later - at} ms`);
          }
          assert.deepEqual(
            starts.map(({ id }) => id),
            starts.map(({ id }) => id).sort((a, b) => a - b),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('starts nothing while it is paused', async () => {
    const clock = new FakeClock();
    const budget = new RateBudget(8, clock);
    budget.pause(5000);
    budget.pause(10);
    let started = false;
    void budget.acquire().then(() => {
      started = true;
    });
    await clock.advance(4999);
    assert.equal(started, false);
    await clock.advance(1);
    assert.equal(started, true);
  });

  it('continues a second after the requests ended, and after three seconds at the latest', async () => {
    const clock = new FakeClock();
    const budget = new RateBudget(2, clock);
    const ends = [await budget.acquire(), await budget.acquire()];
    let started = 0;
    for (let n = 0; n < 2; n += 1)
      void budget.acquire().then(() => {
        started += 1;
      });
    await clock.advance(100);
    ends[0]?.();
    await clock.advance(999);
    assert.equal(started, 0);
    await clock.advance(1);
    assert.equal(started, 1);
    await clock.advance(1899);
    assert.equal(started, 1);
    await clock.advance(1);
    assert.equal(started, 2);
  });

  it('is below the 10 requests a second that Truework allows', async () => {
    const clock = new FakeClock();
    const budget = new RateBudget(undefined, clock);
    let started = 0;
    for (let n = 0; n < 100; n += 1)
      void budget.acquire().then(() => {
        started += 1;
      });
    await clock.advance(999);
    assert.ok(started < 10 && started > 0, `${started} started`);
  });

  it('is notified by the client when a request has ended, successfully or not', async () => {
    const budget = new RateBudget();
    const acquire = budget.acquire.bind(budget);
    const counts = { started: 0, ended: 0 };
    budget.acquire = async (signal) => {
      const ended = await acquire(signal);
      counts.started += 1;
      return () => {
        counts.ended += 1;
        ended();
      };
    };
    const server = await startServer(json(anOrder('order-1', 'processing')));
    const api = clientFor(server.url, { budget, retries: { max: 0 } });
    await api.getOrder('order-1');
    assert.deepEqual(counts, { started: 1, ended: 1 });
    server.answer = (_request, response) => {
      response.destroy();
    };
    await failing(api.getOrder('order-1'));
    assert.deepEqual(counts, { started: 2, ended: 2 });
  });

  it('is shared by clients, and a 429 pauses all of them', async () => {
    const pauses: number[] = [];
    const budget = new RateBudget();
    const pause = budget.pause.bind(budget);
    budget.pause = (ms) => {
      pauses.push(ms);
      pause(ms);
    };
    const server = await startServer(json({}, 429, { 'retry-after': '7' }));
    await failing(clientFor(server.url, { budget }).createTargetEmployerOrder({ ...body.targetEmployer }));
    assert.deepEqual(pauses, [7000]);
  });

  it('delays a request until it may start', async () => {
    const clock = new FakeClock();
    const budget = new RateBudget(undefined, clock);
    budget.pause(1000);
    const server = await startServer(json(anOrder('order-1', 'processing')));
    const waiting = clientFor(server.url, { budget }).getOrder('waiting');
    await clientFor(server.url).getOrder('other');
    assert.deepEqual(
      server.received.map(({ url }) => url),
      ['/orders/other'],
    );
    await clock.advance(1000);
    await waiting;
    assert.deepEqual(
      server.received.map(({ url }) => url),
      ['/orders/other', '/orders/waiting'],
    );
  });
});
