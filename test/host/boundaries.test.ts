/** What other extensions, the log and the file system of documents get to see: as little as there is. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { registerCommand } from '../../src/ui/commands.ts';
import { Documents } from '../../src/documents/documents.ts';
import { Log } from '../../src/ui/log.ts';
import { key } from '../support/keys.ts';
import { fakeLogChannel } from '../support/vscode-fakes.ts';
import { Answers, instead } from '../support/stubs.ts';
import { until } from './leaks/workbench.ts';

/** A log that records its lines. */
function logTo(lines: string[]): Log {
  const add = (line: unknown) => lines.push(String(line));
  return new Log(fakeLogChannel({ debug: add, info: add, warn: add, error: add }));
}

describe('The log', () => {
  const secret = key('logged');
  const sensitive = `key ${secret}, SSN 123-45-6789, via http://jane:secret-word@proxy.example/`;

  function assertRedacted(lines: readonly string[]): void {
    assert.ok(lines.length > 0);
    for (const line of lines)
      for (const piece of [secret.slice(8, 20), '123-45', 'secret-word']) assert.ok(!line.includes(piece), line);
  }

  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    it(`masks keys, social security numbers and passwords in lines at the level ${level}`, () => {
      const lines: string[] = [];
      logTo(lines)[level](sensitive);
      assertRedacted(lines);
    });
  }

  it('masks them in errors and their causes, whatever was thrown', () => {
    for (const thrown of [
      new Error(sensitive),
      new Error('outer', { cause: new Error(sensitive) }),
      sensitive,
      { headers: { authorization: sensitive } },
      [sensitive],
      Object.assign(new Error(sensitive), { request: { authorization: sensitive } }),
    ]) {
      const lines: string[] = [];
      logTo(lines).error('It failed', thrown);
      assertRedacted(lines);
    }
  });

  it('contains the text of an error, but not its other properties', () => {
    const lines: string[] = [];
    logTo(lines).error('It failed', Object.assign(new Error('Own text'), { request: { body: 'pay of a person' } }));
    assert.match(lines.join(), /Own text/);
    assert.doesNotMatch(lines.join(), /pay of a person/);
  });
});

describe('Other extensions', () => {
  it('get nothing from activate()', async () => {
    const extension = vscode.extensions.getExtension<unknown>('truework-for-vscode.truework');
    assert.ok(extension);
    assert.equal(await extension.activate(), undefined);
    assert.equal(extension.exports, undefined);
  });

  it('get nothing from a command, whether it returns or throws', async () => {
    const log = logTo([]);
    const handlers = {
      gives: () => Promise.resolve(key('given')),
      throws: () => {
        throw new Error('failed');
      },
    };
    await instead(vscode.window, new Answers().window, async () => {
      for (const [name, handler] of Object.entries(handlers)) {
        const id = `truework.test.${name}`;
        const command = registerCommand(log, id, handler);
        assert.equal(await vscode.commands.executeCommand(id), undefined);
        command.dispose();
      }
    });
  });
});

describe('The documents of Truework', () => {
  it('are read-only in the editor', async () => {
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
    // The editor notifies the extension host of file systems shortly after they were registered.
    assert.equal(
      await until('the file system to be known', () => {
        const writable = vscode.workspace.fs.isWritableFileSystem('truework');
        return writable === undefined ? undefined : { writable };
      }).then(({ writable }) => writable),
      false,
    );
    const uri = Documents.uri('local', 'orders', 'x');
    await assert.rejects(async () => {
      await vscode.workspace.fs.writeFile(uri, new Uint8Array());
    });
    await assert.rejects(async () => {
      await vscode.workspace.fs.delete(uri);
    });
  });

  it('are read-only for every caller', () => {
    const files = new Documents();
    const uri = Documents.uri('local', 'orders', 'x');
    for (const change of [
      () => files.writeFile(uri),
      () => files.delete(uri),
      () => files.rename(uri),
      () => files.createDirectory(uri),
    ])
      assert.throws(change, vscode.FileSystemError);
    files.dispose();
  });

  it('report that they are read-only, and contain no key', async () => {
    const documents = new Documents();
    documents.serve('orders', () => Promise.resolve({ metadata: { note: key('in metadata') } }));
    const uri = Documents.uri('local', 'orders', 'x');
    assert.equal((await documents.stat(uri)).permissions, vscode.FilePermission.Readonly);
    const text = new TextDecoder().decode(await documents.readFile(uri));
    assert.match(text, /metadata/);
    assert.ok(!text.includes(key('in metadata').slice(8, 20)));
    documents.dispose();
  });

  it('show no key in the error that is displayed instead of them', async () => {
    const documents = new Documents();
    documents.serve('orders', () => Promise.reject(new Error(`Bad ${key('in an error')}`)));
    await assert.rejects(
      documents.readFile(Documents.uri('local', 'orders', 'x')),
      (error: Error) => error.message.includes('Bad') && !error.message.includes(key('in an error').slice(8, 20)),
    );
    documents.dispose();
  });

  it('encode an ID as one segment of their path', () => {
    for (const id of ['../x', 'a/b', 'a?b#c', '..'])
      assert.equal(Documents.uri(id, 'orders', id).path.split('/').length, 4);
  });

  it('are dropped from the cache when they are closed', async () => {
    const closed = new vscode.EventEmitter<{ readonly uri: vscode.Uri }>();
    const documents = await instead(vscode.workspace, { onDidCloseTextDocument: closed.event }, () =>
      Promise.resolve(new Documents()),
    );
    let fetched = 0;
    documents.serve('orders', () => Promise.resolve({ fetched: (fetched += 1) }));
    const uri = Documents.uri('local', 'orders', 'x');
    await documents.readFile(uri);
    await documents.readFile(uri);
    assert.equal(fetched, 1);
    closed.fire({ uri });
    await documents.readFile(uri);
    assert.equal(fetched, 2);
    documents.dispose();
  });
});
