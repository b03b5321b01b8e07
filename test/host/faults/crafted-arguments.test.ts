/** Commands called by another extension, with crafted arguments. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { describeOnBadNetwork } from './suite.ts';

/** Contains a path that must never be requested. */
const ID = 'crafted/../../beta';

function throwing(): unknown {
  const fail = (): never => {
    throw new Error('A trap of another extension.');
  };
  return new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail });
}

const order = {
  id: ID,
  object: 'order',
  state: 'processing',
  verification_requests: [{ id: ID, state: 'completed', reports: [{ id: ID }] }],
};

/** Lists of arguments, by what they are. */
const crafted: Readonly<Record<string, (connectionId: string) => unknown[]>> = {
  nothing: () => [],
  null: () => [null, null],
  'an id': () => [ID, [ID]],
  'an object with an id': () => [{ id: ID, orderId: ID, reportId: ID, path: ID }],
  'an object that looks like a row': (connectionId) => [
    { kind: 'order', connectionId, order, report: { id: ID }, contextValue: 'order.cancelable' },
    [{ order }, null, 7],
  ],
  'a file elsewhere': () => [vscode.Uri.file('/etc/passwd'), [vscode.Uri.parse('https://crafted.example/x')]],
  'an object that throws': () => [throwing(), [throwing()]],
  'a very long list': () => [
    Array.from({ length: 1_000 }, () => ({ id: ID })),
    Array.from({ length: 1_000 }, () => ({ id: ID })),
  ],
};

describeOnBadNetwork('Commands with crafted arguments', (current) => {
  for (const [what, args] of Object.entries(crafted)) {
    it(`change nothing, return nothing and do not fail when called with ${what}`, async () => {
      const { editor, hits } = current();
      const window = await current().openWithOrders();
      const [connection] = current().profile.globalState.get<{ id: string }[]>('truework.connections') ?? [];
      assert.ok(connection);
      hits.length = 0;
      for (const id of window.commandIds) {
        // What comes after it would be about another connection, whose requests are not seen here.
        if (id === 'truework.startLocalSandbox') continue;
        assert.equal(await window.run(id, ...args(connection.id)), undefined, id);
      }
      for (const { method, path } of hits) {
        assert.equal(method, 'GET');
        assert.doesNotMatch(decodeURIComponent(path), /crafted|beta/);
      }
      for (const text of [...editor.unanswered, ...editor.messages.map(({ message }) => message)])
        assert.doesNotMatch(text, /crafted/, 'asks about what is no row');
      // Questions are left unanswered here.
      editor.unanswered.length = 0;
    }).timeout(60_000);
  }
});
