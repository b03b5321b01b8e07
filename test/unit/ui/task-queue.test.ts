import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TaskQueue } from '../../../src/ui/task-queue.ts';

/** Tasks that record when they start, and end when the test settles them. */
function tasks() {
  const started: string[] = [];
  const endings = new Map<string, PromiseWithResolvers<string>>();
  const task = (name: string) => () => {
    started.push(name);
    const ending = Promise.withResolvers<string>();
    endings.set(name, ending);
    return ending.promise;
  };
  return { started, task, end: (name: string) => endings.get(name) };
}

/** Lets all that waits for settled promises run. */
const settle = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('A task queue', () => {
  it('runs one task at a time, in order, and passes on what each returns', async () => {
    const { started, task, end } = tasks();
    const queue = new TaskQueue();
    const results = ['a', 'b', 'c'].map((name) => queue.run(task(name)));
    await settle();
    assert.deepEqual(started, ['a']);
    end('a')?.resolve('A');
    assert.equal(await results[0], 'A');
    await settle();
    assert.deepEqual(started, ['a', 'b']);
    end('b')?.resolve('B');
    await settle();
    end('c')?.resolve('C');
    assert.deepEqual(await Promise.all(results), ['A', 'B', 'C']);
  });

  it('runs as many tasks at a time as its concurrency', async () => {
    const { started, task, end } = tasks();
    const queue = new TaskQueue(2);
    const results = ['a', 'b', 'c'].map((name) => queue.run(task(name)));
    await settle();
    assert.deepEqual(started, ['a', 'b']);
    end('b')?.resolve('');
    await settle();
    assert.deepEqual(started, ['a', 'b', 'c']);
    end('a')?.resolve('');
    end('c')?.resolve('');
    await Promise.all(results);
  });

  it('continues after a task that fails', async () => {
    const { started, task, end } = tasks();
    const queue = new TaskQueue();
    const failing = queue.run(task('a'));
    const next = queue.run(task('b'));
    await settle();
    end('a')?.reject(new Error('no'));
    await assert.rejects(failing, /no/);
    await settle();
    assert.deepEqual(started, ['a', 'b']);
    end('b')?.resolve('B');
    assert.equal(await next, 'B');
  });

  it('runs no later task first', async () => {
    const { started, task, end } = tasks();
    const queue = new TaskQueue();
    const first = queue.run(task('a'));
    const second = queue.run(task('b'));
    await settle();
    end('a')?.resolve('');
    const third = first.then(() => queue.run(task('c')));
    await settle();
    assert.deepEqual(started, ['a', 'b']);
    end('b')?.resolve('');
    await second;
    await settle();
    end('c')?.resolve('');
    await third;
    assert.deepEqual(started, ['a', 'b', 'c']);
  });
});
