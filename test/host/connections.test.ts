import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Connections } from '../../src/connections/connections.ts';
import { LocalSandbox } from '../../src/connections/local-sandbox.ts';
import { Sessions } from '../../src/connections/sessions.ts';
import { KeyVault } from '../../src/connections/vault.ts';
import { SANDBOX_MARK, SECRET_PREFIX, SecretKey } from '../../src/truework/keys.ts';
import { Log } from '../../src/ui/log.ts';
import { until } from './leaks/workbench.ts';
import { fakeLogChannel, FakeMemento, FakeSecrets } from '../support/vscode-fakes.ts';

/** globalState as another window sees it: what this one writes arrives there some time later. */
class LaggingMemento extends FakeMemento {
  readonly #others: LaggingMemento[] = [];

  travelsTo(other: LaggingMemento): void {
    this.#others.push(other);
  }

  override update(key: string, value: unknown): Thenable<void> {
    setTimeout(() => {
      for (const other of this.#others) other.values.set(key, value);
    }, 120);
    return super.update(key, value);
  }
}

function key(): SecretKey {
  const made = SecretKey.from(SECRET_PREFIX + SANDBOX_MARK + randomBytes(20).toString('hex'));
  assert.ok(made);
  return made;
}

const quiet = new Log(fakeLogChannel());

describe('Two windows', () => {
  let secrets: FakeSecrets;
  let here: Connections;
  let there: Connections;

  beforeEach(() => {
    secrets = new FakeSecrets();
    const [hereState, thereState] = [new LaggingMemento(), new LaggingMemento()];
    hereState.travelsTo(thereState);
    thereState.travelsTo(hereState);
    here = new Connections(new KeyVault(secrets), hereState, new FakeMemento());
    there = new Connections(new KeyVault(secrets), thereState, new FakeMemento());
  });

  afterEach(() => {
    here.dispose();
    there.dispose();
  });

  it('show a key that was added in the other one, even if its name arrives after the key', async () => {
    const heard: (string | undefined)[] = [];
    there.onDidChange(() => {
      heard.push(there.current?.alias);
    });
    const added = key();
    await here.add('Added here', added);
    await until('the other window to show the connection', () => heard.at(-1) === 'Added here');
    const { current } = there;
    assert.ok(current);
    assert.equal((await there.readKey(current))?.reveal(), added.reveal());
  });

  it('use the new key, and close the session of the old one, when it was replaced in the other one', async () => {
    const connection = await here.add('Shared', key());
    await until('the other window to show the connection', () => there.current?.alias === 'Shared');
    const sandbox = new LocalSandbox(there);
    const sessions = new Sessions(there, sandbox, quiet);
    try {
      const before = await sessions.current();
      assert.ok(before && sessions.isCurrent(before));
      const reset: string[] = [];
      sessions.onDidReset((id) => {
        reset.push(id);
      });
      const replaced = key();
      await here.add('Shared', replaced);
      assert.deepEqual(reset, [connection.id]);
      assert.equal(sessions.isCurrent(before), false);
      assert.equal((await there.readKey(connection))?.reveal(), replaced.reveal());
    } finally {
      sessions.dispose();
      sandbox.dispose();
    }
  });

  it('drop a key that was removed in the other one', async () => {
    const connection = await here.add('Shared', key());
    await until('the other window to show the connection', () => there.current?.alias === 'Shared');
    const seen: (string | undefined)[] = [];
    there.onDidChange(() => {
      seen.push(there.current?.alias);
    });
    await here.remove(connection);
    await until(
      'the connection to go',
      () => there.current === undefined && seen.at(-1) === undefined && seen.length > 0,
    );
    assert.equal(await there.readKey(connection), undefined);
  });
});

describe('A key that is gone', () => {
  it('leaves its connection, which reports that and works again once the key is back', async () => {
    const secrets = new FakeSecrets();
    const connections = new Connections(new KeyVault(secrets), new FakeMemento(), new FakeMemento());
    try {
      const connection = await connections.add('Mine', key());
      secrets.lose();
      let changes = 0;
      connections.onDidChange(() => {
        changes += 1;
      });
      assert.equal(await connections.readKey(connection), undefined);
      assert.equal(connections.isGone(connection), true);
      assert.equal(changes, 1);
      assert.equal(connections.current?.alias, 'Mine');
      await connections.add('Mine', key());
      assert.equal(connections.isGone(connection), false);
      assert.equal(connections.all.length, 1);
    } finally {
      connections.dispose();
    }
  });
});

describe('A request to Truework', () => {
  it('is one line of the log at info, without the query', async () => {
    const lines: string[] = [];
    const unexpected = () => assert.fail('A request is logged at info.');
    const info = (line: unknown) => lines.push(String(line));
    const log = new Log(fakeLogChannel({ debug: unexpected, info, warn: unexpected, error: unexpected }));
    const connections = new Connections(new KeyVault(new FakeSecrets()), new FakeMemento(), new FakeMemento());
    const sandbox = new LocalSandbox(connections);
    const sessions = new Sessions(connections, sandbox, log);
    try {
      const { api } = await sessions.of(await sandbox.start());
      await api.listOrders({ searchKey: 'Jane Doe' });
      await assert.rejects(api.getOrder('unknown'));
    } finally {
      sessions.dispose();
      sandbox.dispose();
      connections.dispose();
    }
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /^GET \/orders 200 \d+ ms$/);
    assert.match(lines[1] ?? '', /^GET \/orders\/unknown 404 \d+ ms$/);
  });
});
