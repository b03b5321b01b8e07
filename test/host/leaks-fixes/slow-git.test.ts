import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { scanText } from '../../../src/secrets/detector/scan.ts';
import { isInGitHistory } from '../../../src/leaks/fixes/actions.ts';
import { LeakActions } from '../../../src/leaks/fixes/provider.ts';
import { leakFor } from '../../../src/leaks/fixes/reference.ts';
import type { Verdict } from '../../../src/secrets/verdict.ts';
import { LeakStore, type Verdicts } from '../../../src/leaks/store.ts';
import { closeAll, key, until } from '../leaks/workbench.ts';

describe('Fixes for leaked keys, while git is being queried', () => {
  const committed: Verdict = { location: 'head', locations: ['head'], pushed: true, alsoIn: [] };
  let store: LeakStore;
  let queries: ((verdict: Verdict) => void)[];

  beforeEach(() => {
    store = new LeakStore();
    queries = [];
    store.engine = {
      git: {
        check: (_uri, keyHashes) =>
          new Promise<Verdicts>((resolve) => {
            queries.push((verdict) => {
              resolve({ byKey: new Map(keyHashes.map((keyHash) => [keyHash, verdict])) });
            });
          }),
      },
      scanner: { refresh: () => Promise.resolve() },
    };
  });
  afterEach(async () => {
    store.dispose();
    await closeAll();
  });

  async function documentWithKey(name: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument({
      content: `const key = '${key(name)}';\n`,
      language: 'javascript',
    });
    scanInto(document);
    return document;
  }

  function scanInto(document: vscode.TextDocument): void {
    const { findings } = scanText(document.getText());
    store.set(
      document.uri,
      'buffer',
      findings.map((finding) => ({
        finding,
        range: new vscode.Range(document.positionAt(finding.start), document.positionAt(finding.end)),
      })),
    );
  }

  /** Whether a promise is still pending after all other pending work has run. */
  async function isPending(promise: Promise<unknown>): Promise<boolean> {
    let pending = true;
    void promise.then(() => {
      pending = false;
    });
    for (let n = 0; n < 5; n += 1)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    return pending;
  }

  it('wait for the verdict before they report that no key matches', async () => {
    const document = await documentWithKey('from the palette');
    const leak = leakFor(store, [], { accept: isInGitHistory });
    await until('the query', () => queries.length === 1);
    assert.ok(await isPending(leak));
    queries[0]?.(committed);
    assert.equal((await leak)?.uri.toString(), document.uri.toString());
  });

  it('wait for another verdict when the document has changed', async () => {
    const document = await documentWithKey('changed meanwhile');
    const leak = leakFor(store, [], { accept: isInGitHistory });
    scanInto(document);
    await until('another query', () => queries.length === 2);
    queries[0]?.(committed);
    assert.ok(await isPending(leak));
    queries[1]?.(committed);
    assert.equal((await leak)?.uri.toString(), document.uri.toString());
  });

  it('are listed after the verdict of the document, which determines the preferred one', async () => {
    const document = await documentWithKey('in a menu');
    await documentWithKey('of another document');
    await until('the query', () => queries.length === 2);
    const [range] = store.in(document.uri).map((leak) => leak.range);
    assert.ok(range);
    const cancel = new vscode.CancellationTokenSource();
    const provider = new LeakActions(store);
    const list = () =>
      provider.provideCodeActions(
        document,
        range,
        { diagnostics: [], only: undefined, triggerKind: vscode.CodeActionTriggerKind.Invoke },
        cancel.token,
      );
    const actions = list();
    assert.ok(await isPending(actions));
    queries[0]?.(committed);
    const [first] = await actions;
    assert.ok(first?.isPreferred);
    assert.match(first.title, /^Revoke and Replace /);

    // During another query, the previous verdict is used.
    void store.recheck([document.uri]);
    await until('another query', () => queries.length === 3);
    assert.deepEqual(
      (await list()).map(({ title }) => title),
      (await actions).map(({ title }) => title),
    );
    cancel.dispose();
  });
});
