/**
 * Protection against changing or using production by accident. The user in these tests answers Cancel unless stated
 * otherwise.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addApiKey } from '../../src/connections/commands/add-api-key.ts';
import { lockProduction, unlockProduction } from '../../src/connections/commands/lock-production.ts';
import { removeApiKey } from '../../src/connections/commands/remove-api-key.ts';
import type { Connection } from '../../src/connections/connection.ts';
import { Connections } from '../../src/connections/connections.ts';
import { ProductionLock } from '../../src/connections/production-lock.ts';
import type { Session } from '../../src/connections/sessions.ts';
import { KeyVault } from '../../src/connections/vault.ts';
import { cancelOrder, type CancelDeps } from '../../src/orders/commands/cancel-order.ts';
import { createOrder, type CreateDeps } from '../../src/orders/commands/create-order.ts';
import { reverifyReport } from '../../src/orders/commands/reverify-report.ts';
import { sendAndReport, type NewOrder, type SendDeps } from '../../src/orders/commands/send-order.ts';
import { OrderWizard, type WizardDeps } from '../../src/orders/create/wizard.ts';
import { OrderNode } from '../../src/orders/nodes/order-node.ts';
import { downloadPdf } from '../../src/reports/download-pdf.ts';
import { SecretKey } from '../../src/truework/keys.ts';
import { Documents } from '../../src/documents/documents.ts';
import { Log } from '../../src/ui/log.ts';
import { anOrder, aReport, aVerification } from '../support/builders/orders.ts';
import { key } from '../support/keys.ts';
import { Answers, Boxes, instead, type Act } from '../support/stubs.ts';
import { fakeLogChannel, FakeMemento, FakeSecrets } from '../support/vscode-fakes.ts';

const UNLOCK = 'Unlock for This Window';
const quiet = new Log(fakeLogChannel());
const live: Connection = { id: 'live', alias: 'Live', environment: 'production' };
const test: Connection = { id: 'test', alias: 'Test', environment: 'sandbox' };

function secretKey(name: string, kind: 'production' | 'sandbox'): SecretKey {
  const made = SecretKey.from(key(name, kind));
  assert.ok(made);
  return made;
}

/** A session whose client notes every call. */
function sessionOf(connection: Connection): { readonly session: Session; readonly calls: string[] } {
  const calls: string[] = [];
  const api = new Proxy(
    { serverNow: () => undefined },
    {
      get: (target, name) =>
        (Reflect.get(target, name) as unknown) ??
        (() => {
          calls.push(String(name));
          return Promise.reject(new Error('Not in this test.'));
        }),
    },
  );
  return { session: { connection, api } as unknown as Session, calls };
}

/** Rows of an order that can be canceled, and of a report that can be reverified. */
function rows(connectionId: string) {
  const now = new Date().toISOString();
  const report = aReport({ completed: now, created: now });
  const done = new OrderNode(
    connectionId,
    anOrder('done', 'completed', {
      verification_requests: [aVerification('completed', { date_of_completion: now, reports: [report] })],
    }),
    undefined,
  );
  const reportRow = done.children()[0]?.children()[0];
  assert.ok(reportRow);
  return { order: new OrderNode(connectionId, anOrder('open', 'processing'), undefined), report: reportRow };
}

/** Every command that changes something at Truework, called on what it can change. */
const changing: Readonly<Record<string, (deps: object, connectionId: string) => Promise<void>>> = {
  'creating an order': (deps) => createOrder(deps as CreateDeps),
  'canceling an order': (deps, id) => cancelOrder(deps as CancelDeps, [rows(id).order]),
  'reverifying a report': (deps, id) => reverifyReport(deps as SendDeps, [rows(id).report]),
};

function depsOf(session: Session, lock: ProductionLock): object {
  const store = {
    loaded: [],
    status: { kind: 'ready' },
    stamp: () => 0,
    ensureLoaded: () => Promise.resolve(),
    acted: () => undefined,
    created: () => undefined,
    update: () => undefined,
  };
  const connections = { current: session.connection, all: [session.connection], find: () => session.connection };
  return {
    sessions: { current: () => Promise.resolve(session), isCurrent: () => true },
    lock,
    store,
    connections,
    documents: undefined,
    view: { reveal: () => Promise.resolve() },
    log: quiet,
  };
}

async function asUser(
  choices: readonly string[],
  acts: readonly Act[],
  run: () => Promise<unknown>,
): Promise<{ readonly answers: Answers; readonly boxes: Boxes }> {
  const answers = new Answers(...choices);
  const boxes = new Boxes(...acts);
  await instead(vscode.window, { ...answers.window, ...boxes.window }, run);
  return { answers, boxes };
}

describe('The lock on production', () => {
  let lock: ProductionLock;
  let changes: number;
  beforeEach(() => {
    lock = new ProductionLock();
    changes = 0;
    lock.onDidChange(() => {
      changes += 1;
    });
  });
  afterEach(() => {
    lock.dispose();
  });

  it('stays locked when the question is canceled, or answered with anything but the action', async () => {
    for (const choice of [[], ['Cancel'], ['OK'], ['Unlock']]) {
      const { answers } = await asUser(choice, [], async () => {
        assert.equal(await lock.ensureUnlocked(live), false);
      });
      assert.equal(lock.isUnlocked(live), false);
      assert.deepEqual(
        answers.asked.map(({ modal, actions }) => [modal, actions]),
        [[true, [UNLOCK]]],
      );
    }
    assert.equal(changes, 0);
  });

  it('is unlocked for this connection in this window only, and can be locked again', async () => {
    await asUser([UNLOCK], [], async () => {
      assert.equal(await lock.ensureUnlocked(live), true);
    });
    assert.equal(lock.isUnlocked(live), true);
    assert.equal(lock.isUnlocked({ ...live, id: 'another' }), false);
    const elsewhere = new ProductionLock();
    assert.equal(elsewhere.isUnlocked(live), false);
    elsewhere.dispose();
    const { answers } = await asUser([], [], async () => {
      assert.equal(await lock.ensureUnlocked(live), true);
    });
    assert.equal(answers.asked.length, 0, 'asked once');
    lock.lock(live);
    assert.equal(lock.isUnlocked(live), false);
    assert.equal(changes, 2);
  });

  it('asks no question for the sandbox', async () => {
    const { answers } = await asUser([], [], async () => {
      assert.equal(await lock.ensureUnlocked(test), true);
    });
    assert.equal(answers.asked.length, 0);
  });

  it('is changed by the commands Unlock and Lock, for the current connection', async () => {
    const using = (current: Connection | undefined) => ({ current }) as unknown as Connections;
    await asUser([], [], () => unlockProduction(using(live), lock));
    assert.equal(lock.isUnlocked(live), false);
    await asUser([UNLOCK], [], () => unlockProduction(using(live), lock));
    assert.equal(lock.isUnlocked(live), true);
    lockProduction(using(live), lock);
    assert.equal(lock.isUnlocked(live), false);
  });

  for (const [what, run] of Object.entries(changing)) {
    it(`keeps ${what} from production, before anything is asked or sent`, async () => {
      const { session, calls } = sessionOf(live);
      const { answers, boxes } = await asUser([], [], () => run(depsOf(session, lock), live.id));
      assert.deepEqual(calls, []);
      assert.deepEqual(boxes.shown, []);
      assert.deepEqual(
        answers.asked.map(({ modal, actions }) => [modal, actions]),
        [[true, [UNLOCK]]],
      );
      assert.equal(lock.isUnlocked(live), false);
    });
  }
});

describe('A production connection that was locked while an order was being written', () => {
  it('asks again before anything is sent', async () => {
    const lock = new ProductionLock();
    const { session, calls } = sessionOf(live);
    const { answers } = await asUser([], [], () =>
      sendAndReport(depsOf(session, lock) as SendDeps, {
        connection: live,
        title: 'Creating',
        outgoing: {} as NewOrder['outgoing'],
        post: () => Promise.reject(new Error('Sent.')),
      }),
    );
    assert.deepEqual(
      answers.asked.map(({ modal, actions }) => [modal, actions]),
      [[true, [UNLOCK]]],
    );
    assert.deepEqual(calls, []);
    lock.dispose();
  });
});

describe('Changing something at Truework', () => {
  it('asks before it cancels an order: Cancel sends nothing', async () => {
    const lock = new ProductionLock();
    for (const connection of [test, live]) {
      const { session, calls } = sessionOf(connection);
      const { answers } = await asUser(
        connection === live ? [UNLOCK] : [],
        [{ pick: 'Another reason' }, { type: '' }],
        () => cancelOrder(depsOf(session, lock) as CancelDeps, [rows(connection.id).order]),
      );
      assert.deepEqual(calls, []);
      assert.deepEqual(
        answers.asked.map(({ modal }) => modal),
        connection === live ? [true, true] : [true],
      );
      assert.ok(answers.asked.at(-1)?.message.includes(connection.alias));
    }
    lock.dispose();
  });

  it('sends once what the user confirmed', async () => {
    const lock = new ProductionLock();
    const { session, calls } = sessionOf(test);
    await asUser(['Cancel Order'], [{ pick: 'Another reason' }, { type: '' }], () =>
      cancelOrder(depsOf(session, lock) as CancelDeps, [rows(test.id).order]),
    );
    assert.deepEqual(
      calls.filter((call) => call === 'cancelOrder'),
      ['cancelOrder'],
    );
    lock.dispose();
  });

  it('does not act on rows of another connection', async () => {
    const lock = new ProductionLock();
    const { session, calls } = sessionOf(test);
    for (const run of [
      () => reverifyReport(depsOf(session, lock) as SendDeps, [rows('another').report]),
      () => cancelOrder(depsOf(session, lock) as CancelDeps, [rows('another').order]),
    ]) {
      const { boxes } = await asUser([], [], run);
      assert.deepEqual(calls, []);
      assert.deepEqual(boxes.shown, []);
    }
    lock.dispose();
  });

  it('ignores arguments of other extensions that are not rows', async () => {
    const lock = new ProductionLock();
    const lookalike = { connectionId: test.id, order: anOrder('x', 'processing') };
    for (const given of [lookalike, { order: { id: 'x' } }, 'x', { id: 'order:x', connectionId: 'test' }, null]) {
      const { session, calls } = sessionOf(test);
      await asUser(['Cancel Order'], [{ pick: 'Another reason' }, { type: '' }], () =>
        cancelOrder(depsOf(session, lock) as CancelDeps, [given, [given]]),
      );
      assert.deepEqual(calls, []);
    }
    lock.dispose();
  });
});

describe('An order for production', () => {
  it('says so in every title, and hides the social security number as it is typed', async () => {
    const documents = new Documents();
    const drafts = {
      of: () => [],
      get: () => undefined,
      save: () => Promise.resolve(),
      discard: () => Promise.resolve(),
    };
    const ledger = { same: () => [], unresolved: [], lost: () => [], get: () => undefined };
    const { boxes } = await asUser([], [{ pick: 'Target Employer' }, { type: 'Jane Doe' }, 'escape'], async () => {
      assert.equal(
        await new OrderWizard({ connection: live, documents, drafts, ledger } as unknown as WizardDeps).run(),
        undefined,
      );
    });
    assert.equal(boxes.shown.length, 3);
    for (const { title } of boxes.shown) assert.match(title ?? '', /PRODUCTION/);
    assert.deepEqual(
      boxes.shown.map(({ password }) => password),
      [false, false, true],
    );
    documents.dispose();
  });
});

describe('The connection in use', () => {
  let connections: Connections;
  let secrets: FakeSecrets;
  let mementos: readonly [FakeMemento, FakeMemento];
  beforeEach(() => {
    secrets = new FakeSecrets();
    mementos = [new FakeMemento(), new FakeMemento()];
    connections = new Connections(new KeyVault(secrets), ...mementos);
  });
  afterEach(() => {
    connections.dispose();
  });

  it('is production only if the user chose it', async () => {
    const production = await connections.add('Live', secretKey('live', 'production'));
    assert.equal(connections.current, undefined);
    await connections.add('Also live', secretKey('also live', 'production'));
    assert.equal(connections.current, undefined);
    const sandbox = await connections.add('Test', secretKey('test', 'sandbox'));
    const inUse = () => connections.current?.id;
    assert.equal(inUse(), sandbox.id);
    await connections.use(production);
    assert.equal(inUse(), production.id);
  });

  it('is not production after the chosen one is gone', async () => {
    await connections.add('Live', secretKey('live', 'production'));
    const sandbox = await connections.add('Test', secretKey('test', 'sandbox'));
    await connections.use(sandbox);
    await connections.remove(sandbox);
    assert.equal(connections.current, undefined);
    await connections.use({ id: 'local', alias: 'Local', environment: 'sandbox', local: true });
    assert.equal(connections.current, undefined);
  });

  it('has the environment of the stored key, whatever key it had before', async () => {
    const before = await connections.add('Mine', secretKey('test', 'sandbox'));
    const after = await connections.add('Mine', secretKey('live', 'production'));
    assert.deepEqual([before.environment, after.environment, after.id], ['sandbox', 'production', before.id]);
    assert.equal(connections.all.length, 1);
  });

  it('is stored without its key, which is stored under a random name', async () => {
    const added = secretKey('written', 'sandbox');
    const connection = await connections.add('Mine', added);
    await connections.use(connection);
    const written = JSON.stringify(mementos.map(({ values }) => [...values]));
    assert.ok(!written.includes(added.reveal().slice(11, 25)));
    assert.match(connection.id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(secrets.names, [`truework.key.${connection.id}`]);
  });

  it('is not one that is stored incompletely', () => {
    mementos[0].values.set('truework.connections', [
      null,
      'x',
      { id: 'x' },
      { id: 'x', alias: 'y', environment: 'staging' },
      { id: 1, alias: 'y', environment: 'sandbox' },
    ]);
    assert.deepEqual(connections.all, []);
  });

  it('does not get a production key without a modal yes, before the key is tried or stored', async () => {
    for (const choice of [[], ['OK']]) {
      const { answers } = await asUser(choice, [{ type: 'Live' }], async () => {
        assert.equal(await addApiKey(connections, quiet, secretKey('live', 'production')), undefined);
      });
      assert.deepEqual(
        answers.asked.map(({ modal, actions }) => [modal, actions]),
        [[true, ['Add Production Key']]],
      );
    }
    assert.deepEqual(secrets.names, []);
    assert.deepEqual(connections.all, []);
  });

  it('has its key typed into a masked box, where nobody can read it', async () => {
    const { boxes } = await asUser([], [], async () => {
      assert.equal(await addApiKey(connections, quiet), undefined);
    });
    assert.deepEqual(
      boxes.shown.map(({ password, value, ignoreFocusOut }) => ({ password, value, ignoreFocusOut })),
      [{ password: true, value: '', ignoreFocusOut: true }],
    );
  });

  it('loses its key only after a modal yes', async () => {
    const connection = await connections.add('Mine', secretKey('test', 'sandbox'));
    const { answers } = await asUser([], [{ pick: 'Mine' }], () => removeApiKey(connections));
    assert.deepEqual(
      answers.asked.map(({ modal }) => modal),
      [true],
    );
    assert.ok(await connections.readKey(connection));
    await asUser(['Remove'], [{ pick: 'Mine' }], () => removeApiKey(connections));
    assert.equal(await connections.readKey(connection), undefined);
    assert.deepEqual(connections.all, []);
  });
});

describe('A report as PDF', () => {
  it('is not requested before the user has chosen a file', async () => {
    const { session, calls } = sessionOf(test);
    await instead(vscode.window, { showSaveDialog: () => Promise.resolve(undefined) }, () =>
      downloadPdf(session, 'report-1'),
    );
    assert.deepEqual(calls, []);
  });
});
