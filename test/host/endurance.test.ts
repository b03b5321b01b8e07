import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { scanBytes } from '../../src/secrets/detector/bytes.ts';
import { LeakDiagnostics } from '../../src/leaks/diagnostics/diagnostics.ts';
import type { Leaks } from '../../src/leaks/model.ts';
import { SettingsReader } from '../../src/leaks/settings.ts';
import { LeakStore, type LocatedFinding } from '../../src/leaks/store.ts';
import { LeakDecorations } from '../../src/leaks/view/decorations.ts';
import { LeakedKeysView } from '../../src/leaks/view/leaked-keys-view.ts';
import { LeakStatus } from '../../src/leaks/view/status-bar.ts';
import { OrdersTree } from '../../src/orders/orders-tree.ts';
import { OrderStore } from '../../src/orders/store.ts';
import type { TrueworkApi } from '../../src/truework/client.ts';
import type { Order } from '../../src/truework/schemas/order.ts';
import { Documents } from '../../src/documents/documents.ts';
import { anOrder, aPage, aVerification } from '../support/builders/orders.ts';
import { collectGarbage, Remains, Started, staysFlat } from '../support/leftovers.ts';
import { activateBesideInstalled, instead, unseenView, type SecondExtension } from '../support/stubs.ts';
import { FakeMemento, FakeSecrets } from '../support/vscode-fakes.ts';
import { key, Repository, until } from './leaks/workbench.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
};

describe('In the long run', function () {
  this.timeout(120_000);

  it('leave nothing behind of 500 documents that were opened and closed or only read', async () => {
    const opened = new vscode.EventEmitter<vscode.TextDocument>();
    const closed = new vscode.EventEmitter<vscode.TextDocument>();
    const documents = new Documents({ onDidOpenTextDocument: opened.event, onDidCloseTextDocument: closed.event });
    documents.serve('orders', (_connection, id) => Promise.resolve({ id, text: 'x'.repeat(1_000) }));
    const open = new Remains();
    const read = new Remains();
    for (let n = 0; n < 500; n += 1) {
      const uri = Documents.uri('connection', 'orders', `order-${n}`);
      open.watch(`order-${n}`, await documents.readFile(uri));
      opened.fire({ uri } as vscode.TextDocument);
      documents.changed('connection', 'orders', `order-${n}`, { id: n });
      open.watch(`order-${n}, changed`, await documents.readFile(uri));
      closed.fire({ uri } as vscode.TextDocument);
      read.watch(`only read ${n}`, await documents.readFile(Documents.uri('connection', 'orders', `only-read-${n}`)));
    }
    assert.deepEqual(await open.names(), []);
    assert.ok((await read.names()).length <= 8);
    documents.dispose();
    assert.deepEqual(await read.names(), []);
  });

  it('keep the content of an open document, however many others are read', async () => {
    const opened = new vscode.EventEmitter<vscode.TextDocument>();
    const documents = new Documents({
      onDidOpenTextDocument: opened.event,
      onDidCloseTextDocument: new vscode.EventEmitter<vscode.TextDocument>().event,
    });
    let fetched = 0;
    documents.serve('orders', () => Promise.resolve({ fetched: (fetched += 1) }));
    const uri = Documents.uri('connection', 'orders', 'open');
    const first = await documents.readFile(uri);
    opened.fire({ uri } as vscode.TextDocument);
    for (let n = 0; n < 50; n += 1) await documents.stat(Documents.uri('connection', 'orders', `other-${n}`));
    assert.equal(await documents.readFile(uri), first);
    documents.dispose();
  });

  it('the rows of orders that are gone are gone too', async () => {
    let page: Order[] = [];
    const session = {
      connection: { id: 'connection' },
      api: { listOrders: () => Promise.resolve(aPage(page)) } as unknown as TrueworkApi,
    };
    const store = new OrderStore({ current: () => Promise.resolve(session), isCurrent: () => true });
    store.switchTo('connection');
    const tree = new OrdersTree(store);
    const remains = new Remains();
    const show = async (name: string, created: string): Promise<void> => {
      page = [anOrder(name, 'completed', { verification_requests: [aVerification('completed', { created })] })];
      store.reset();
      await store.refresh();
      for (const row of await tree.getChildren()) {
        remains.watch(name, row);
        for (const child of await tree.getChildren(row)) remains.watch(`${name}, below`, child);
      }
    };
    for (const grouping of ['state', 'day', 'none'] as const) {
      tree.grouping = grouping;
      for (let day = 1; day <= 28; day += 1)
        await show(`${grouping} ${day}`, `2026-01-${String(day).padStart(2, '0')}T12:00:00Z`);
      // A group by state stays while it has an order.
      const left = (await remains.names()).filter((name) => !name.startsWith(`${grouping} 28`));
      assert.deepEqual(grouping === 'state' ? left.filter((name) => name.endsWith('below')) : left, []);
    }
    page = [];
    store.reset();
    await store.refresh();
    assert.deepEqual(await tree.getChildren(), []);
    assert.deepEqual(await remains.names(), []);
    tree.dispose();
    store.dispose();
  });

  it('50,000 changes of leaked keys in 500 documents leave the memory as it was, and nothing after dispose', async () => {
    const started = new Started(/\/(?:src|dist-test)\//);
    const remains = new Remains();
    try {
      await (async () => {
        const settings = remains.watch('settings', new SettingsReader());
        const store = remains.watch('store', new LeakStore());
        const shown = [
          remains.watch('problems', new LeakDiagnostics(store, settings)),
          remains.watch('decorations', new LeakDecorations(store, settings)),
          remains.watch('status', new LeakStatus(store, settings)),
          remains.watch(
            'view',
            await instead(vscode.window, { createTreeView: () => unseenView() }, () =>
              Promise.resolve(new LeakedKeysView(store, settings)),
            ),
          ),
        ];
        const findings = Array.from(
          { length: 20 },
          (_, n) => scanBytes(new TextEncoder().encode(`key = "${key(`leak ${n}`)}"`)).findings,
        );
        await staysFlat(
          async () => {
            for (let change = 0; change < 25_000; change += 1) {
              const uri = vscode.Uri.file(`/endurance/file-${change % 500}.ts`);
              const sightings = (findings[change % findings.length] ?? []).map(
                (finding): LocatedFinding => ({ finding, range: new vscode.Range(change % 100, 0, change % 100, 10) }),
              );
              // Opened, written in, closed, scanned, deleted.
              if (change % 5 === 4) store.forget(uri);
              else store.set(uri, change % 2 === 0 ? 'buffer' : 'file', sightings);
              if (change % 250 === 0) await turns(2);
            }
            for (let n = 0; n < 500; n += 1) store.forget(vscode.Uri.file(`/endurance/file-${n}.ts`));
            await turns(5);
            // Once the response is here, earlier messages to the window have left this process.
          },
          () => vscode.commands.getCommands(),
        );
        assert.deepEqual((store as Leaks).all(), []);
        for (const disposable of [...shown, store, settings]) disposable.dispose();
      })();
      await until(
        'nothing is left',
        async () => (await remains.names()).length === 0 && started.alive.length === 0,
      ).catch(async (error: unknown) => {
        assert.fail(`${String(error)}: ${[...(await remains.names()), ...started.alive].join('; ')}`);
      });
    } finally {
      started.stop();
    }
  });
});

describe('The whole extension, given up', function () {
  this.timeout(120_000);
  const repository = Repository.init();
  const storage = mkdtempSync(path.join(tmpdir(), 'truework-endurance-'));
  after(() => {
    repository.remove();
    rmSync(storage, { recursive: true, force: true });
  });

  /** What activate() is given, with nothing in it. */
  function context(): vscode.ExtensionContext {
    const extension = vscode.extensions.getExtension('truework-for-vscode.truework');
    assert.ok(extension);
    return {
      extension,
      extensionUri: extension.extensionUri,
      storageUri: vscode.Uri.file(storage),
      secrets: new FakeSecrets(),
      globalState: new FakeMemento(),
      workspaceState: new FakeMemento(),
      subscriptions: [],
    } as unknown as vscode.ExtensionContext;
  }

  /** Uses everything that runs in the background: the local sandbox, watched orders, documents, git, scans, history. */
  async function use(
    extension: SecondExtension,
    { secrets }: vscode.ExtensionContext,
    remains: Remains,
  ): Promise<number> {
    await extension.run('truework.startLocalSandbox');
    const connections = remains.watch('connections', extension.connections);
    remains.watch('sessions', connections.sessions);
    const tree = remains.watch('orders tree', extension.orders.tree);
    const rows = await tree.getChildren();
    assert.ok(rows.length > 0);
    for (const row of rows) remains.watch('row', row);
    const session = await connections.sessions.current();
    assert.ok(session);
    const [order] = (await session.api.listOrders({ limit: 1 })).results;
    assert.ok(order);
    remains.watch(
      'document',
      await extension.documents.documents.readFile(Documents.uri(session.connection.id, 'orders', order.id)),
    );

    const { store, detection } = remains.watch('leaks', extension.leaks);
    detection.start();
    await detection.initialScan;
    const engine = remains.watch('engine', (await detection.engine) ?? assert.fail('no engine'));
    remains.watch('repositories', engine.repositories);
    const leaky = repository.commit(
      'leaky.ts',
      `const key = '${key(`endurance ${store.all().length} ${Date.now()}`)}';\n`,
    );
    await engine.files.scanPaths([leaky.fsPath]);
    await store.checked(leaky);
    assert.notEqual(store.in(leaky)[0]?.verdict, undefined);
    // What waits a moment before it is done: a change of the repository, of a document, and of a key in another window.
    const document = await vscode.workspace.openTextDocument({ content: `const key = '${key('written')}';\n` });
    await engine.refresh([document.uri]);
    repository.commit('other.ts', `// ${Date.now()}\n`);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), ' ');
    await vscode.workspace.applyEdit(edit);
    await secrets.store('truework.key.other', key('other'));
    const { port } = new URL(connections.sandbox.address?.url ?? '');
    return Number(port);
  }

  async function isListening(port: number): Promise<boolean> {
    return await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
  }

  async function nothingLeft(remains: Remains, started: Started): Promise<void> {
    await until(
      'nothing is left',
      async () => (await remains.names()).length === 0 && started.alive.length === 0,
    ).catch(async (error: unknown) => {
      assert.fail(`${String(error)}: ${[...new Set([...(await remains.names()), ...started.alive])].join('; ')}`);
    });
  }

  it('leaves no object, timer, process, thread or server, whatever it was used for', async () => {
    const started = new Started(/\/(?:src|dist-test)\//);
    const remains = new Remains();
    try {
      for (let round = 0; round < 3; round += 1) {
        const port = await (async () => {
          const given = context();
          const extension = remains.watch('extension', await activateBesideInstalled(given));
          const used = await use(extension, given, remains);
          assert.equal(await isListening(used), true);
          extension.dispose();
          await turns(10);
          // A process that was asked to end may take a while.
          assert.deepEqual(
            started.alive.filter((what) => /^set(?!.*\bkill\b)/.test(what)),
            [],
          );
          return used;
        })();
        await until('the port of the local sandbox is free', async () => !(await isListening(port)));
      }
      await nothingLeft(remains, started);
    } finally {
      started.stop();
    }
  });

  it('leaves nothing when it is given up at any moment of its start', async () => {
    const started = new Started(/\/(?:src|dist-test)\//);
    const remains = new Remains();
    try {
      for (let moment = 0; moment < 25; moment += 1) {
        await (async () => {
          const given = context();
          const extension = remains.watch(`extension ${moment}`, await activateBesideInstalled(given));
          const failures: unknown[] = [];
          const using = use(extension, given, new Remains()).catch((error: unknown) => {
            failures.push(error);
          });
          await turns(moment * 4);
          extension.dispose();
          await Promise.race([using, turns(200)]);
        })();
      }
      await nothingLeft(remains, started);
    } finally {
      started.stop();
    }
  });

  it('would be seen to leave an object, a timer or a server', async () => {
    const started = new Started(/\/(?:src|dist-test|test)\//);
    const remains = new Remains();
    const emitter = new vscode.EventEmitter<void>();
    try {
      (() => {
        const left = remains.watch('left', {});
        emitter.event(() => left);
      })();
      const timer = setTimeout(() => undefined, 60_000);
      await collectGarbage();
      assert.deepEqual(await remains.names(), ['left']);
      assert.equal(started.alive.length, 1);
      clearTimeout(timer);
      emitter.dispose();
      assert.deepEqual([await remains.names(), started.alive], [[], []]);
    } finally {
      started.stop();
    }
  });
});
