import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Debounce, Throttle } from '../../../src/ui/timers.ts';

describe('Timers', () => {
  let runs: number;
  const run = () => {
    runs += 1;
  };
  beforeEach(() => {
    runs = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('Debounce runs once after the last call', () => {
    using debounce = disposable(new Debounce(100, run));
    debounce.schedule();
    mock.timers.tick(99);
    debounce.schedule();
    mock.timers.tick(99);
    assert.equal(runs, 0);
    mock.timers.tick(1);
    assert.equal(runs, 1);
    mock.timers.tick(1_000);
    assert.equal(runs, 1);
    debounce.schedule();
    mock.timers.tick(100);
    assert.equal(runs, 2);
  });

  it('Debounce takes another delay for one call', () => {
    using debounce = disposable(new Debounce(100, run));
    debounce.schedule(500);
    mock.timers.tick(499);
    assert.equal(runs, 0);
    mock.timers.tick(1);
    assert.equal(runs, 1);
    debounce.schedule();
    mock.timers.tick(100);
    assert.equal(runs, 2);
  });

  it('Throttle runs once per interval, however often it is called', () => {
    using throttle = disposable(new Throttle(100, run));
    throttle.schedule();
    for (let n = 0; n < 9; n += 1) {
      mock.timers.tick(10);
      throttle.schedule();
    }
    assert.equal(runs, 0);
    mock.timers.tick(10);
    assert.equal(runs, 1);
    throttle.schedule();
    mock.timers.tick(100);
    assert.equal(runs, 2);
  });

  it('Throttle can be called again by what it runs', () => {
    using throttle = disposable(
      new Throttle(100, () => {
        runs += 1;
        if (runs < 3) throttle.schedule();
      }),
    );
    throttle.schedule();
    mock.timers.tick(100);
    mock.timers.tick(100);
    mock.timers.tick(100);
    mock.timers.tick(100);
    assert.equal(runs, 3);
  });

  for (const Timer of [Debounce, Throttle])
    it(`${Timer.name} does not run after it is canceled or disposed`, () => {
      const timer = new Timer(100, run);
      timer.schedule();
      timer.cancel();
      mock.timers.tick(100);
      assert.equal(runs, 0);
      timer.schedule();
      mock.timers.tick(100);
      assert.equal(runs, 1);
      timer.schedule();
      timer.dispose();
      timer.schedule();
      mock.timers.tick(1_000);
      assert.equal(runs, 1);
    });
});

function disposable<T extends { dispose(): void }>(value: T): T & Disposable {
  return Object.assign(value, {
    [Symbol.dispose]: () => {
      value.dispose();
    },
  });
}
