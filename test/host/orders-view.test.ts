import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Connections } from '../../src/connections/connections.ts';
import { KeyVault } from '../../src/connections/vault.ts';
import { OrdersTree } from '../../src/orders/orders-tree.ts';
import { OrdersView } from '../../src/orders/orders-view.ts';
import { OrderStore } from '../../src/orders/store.ts';
import type { TrueworkApi } from '../../src/truework/client.ts';
import { TrueworkError } from '../../src/truework/errors.ts';
import { SANDBOX_MARK, SECRET_PREFIX, SecretKey } from '../../src/truework/keys.ts';
import { instead } from '../support/stubs.ts';
import { anOrder, aPage } from '../support/builders/orders.ts';
import { FakeMemento, FakeSecrets } from '../support/vscode-fakes.ts';

describe('The Orders view, when Truework cannot be reached', () => {
  let failure: Error | undefined;
  let connections: Connections;
  let store: OrderStore;
  let tree: OrdersTree;
  let view: OrdersView;
  let shown: { message?: string };

  beforeEach(async () => {
    failure = new TrueworkError('network', { code: 'ECONNREFUSED' });
    const key = SecretKey.from(`${SECRET_PREFIX}${SANDBOX_MARK}${'0a'.repeat(20)}`);
    assert.ok(key);
    connections = new Connections(new KeyVault(new FakeSecrets()), new FakeMemento(), new FakeMemento());
    const connection = await connections.add('Alias', key);
    await connections.use(connection);
    const api = {
      listOrders: () =>
        failure ? Promise.reject(failure) : Promise.resolve(aPage([anOrder('an-order', 'processing')])),
    } as unknown as TrueworkApi;
    const session = { connection, api };
    store = new OrderStore({ current: () => Promise.resolve(session), isCurrent: () => true });
    store.switchTo(connection.id);
    tree = new OrdersTree(store);
    shown = {};
    const never: vscode.Event<never> = () => ({ dispose: () => undefined });
    const treeView = Object.assign(shown, { visible: false, onDidChangeVisibility: never, dispose: () => undefined });
    view = await instead(vscode.window, { createTreeView: () => treeView }, () =>
      Promise.resolve(
        new OrdersView(store, tree, connections, { entries: () => [], connectionName: () => '', onDidChange: never }),
      ),
    );
  });

  afterEach(() => {
    view.dispose();
    tree.dispose();
    store.dispose();
    connections.dispose();
  });

  const rows = async () => (await tree.getChildren()).map((node) => tree.getTreeItem(node));

  it('says why, with Try Again as its row, until the orders are loaded', async () => {
    const [row, ...others] = await rows();
    assert.equal(row?.label, 'Try Again');
    assert.equal(row.command?.command, 'truework.refreshOrders');
    assert.match(String(row.description), /^Next automatic attempt at /);
    assert.deepEqual(others, []);
    assert.match(
      shown.message ?? '',
      /^Truework cannot be reached: the connection was refused\. Check the network connection/,
    );

    failure = undefined;
    await view.refresh();
    assert.deepEqual(
      (await rows()).map(({ id }) => id?.includes('an-order')),
      [true],
    );
    assert.equal(shown.message, '1 of 1 orders');
  });

  it('keeps showing the orders, and says since when they may be out of date', async () => {
    failure = undefined;
    await rows();
    failure = new TrueworkError('unauthorized', { status: 401 });
    await view.refresh();
    const [row, order] = await rows();
    assert.equal(row?.label, 'Try Again');
    assert.equal(row.description, undefined, 'nothing is tried by itself with a key that is refused');
    assert.ok(order?.id?.includes('an-order'));
    assert.match(
      shown.message ?? '',
      /^These orders may be out of date since .+\. Truework does not accept this API key\. .* · 1 of 1 orders$/,
    );

    failure = undefined;
    await view.refresh();
    assert.equal((await rows()).length, 1);
    assert.equal(shown.message, '1 of 1 orders');
  });

  it('has no rows when the key is gone, so that the welcome text is shown', async () => {
    failure = new TrueworkError('no-key');
    assert.deepEqual(await rows(), []);
  });
});
