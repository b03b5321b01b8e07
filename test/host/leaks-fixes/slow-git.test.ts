import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { scanText } from '../../../src/secrets/detector/scan.ts';
import { isCommitted } from '../../../src/leaks/fixes/actions.ts';
import { LeakActions } from '../../../src/leaks/fixes/provider.ts';
import { leakFor } from '../../../src/leaks/fixes/reference.ts';
import type { Verdict } from '../../../src/secrets/verdict.ts';
import { LeakStore, type Verdicts } from '../../../src/leaks/store.ts';
import { closeAll, key, until } from '../leaks/workbench.ts';

describe('Fixes for leaked keys, while git is still being asked', () => {
  const committed: Verdict = { location: 'head', locations: ['head'], pushed: true, alsoIn: [] };
  let store: LeakStore;
  let questions: ((verdict: Verdict) => void)[];

  beforeEach(() => {
    store = new LeakStore();
    questions = [];
    store.engine = {
      git: {
        check: (_uri, keyHashes) =>
          new Promise<Verdicts>((resolve) => {
            questions.push((verdict) => {
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
    see(document);
    return document;
  }

  function see(document: vscode.TextDocument): void {
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

  /** Whether a promise is still open after everything that could end it by itself had its turn. */
  async function isOpen(promise: Promise<unknown>): Promise<boolean> {
    let open = true;
    void promise.then(() => {
      open = false;
    });
    for (let n = 0; n < 5; n += 1)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    return open;
  }

  it('wait for its answer before they say that there is no such key', async () => {
    const document = await documentWithKey('from the palette');
    const leak = leakFor(store, [], { accept: isCommitted });
    await until('git to be asked', () => questions.length === 1);
    assert.ok(await isOpen(leak));
    questions[0]?.(committed);
    assert.equal((await leak)?.uri.toString(), document.uri.toString());
  });

  it('wait again when the document has changed meanwhile', async () => {
    const document = await documentWithKey('changed meanwhile');
    const leak = leakFor(store, [], { accept: isCommitted });
    see(document);
    await until('git to be asked again', () => questions.length === 2);
    questions[0]?.(committed);
    assert.ok(await isOpen(leak));
    questions[1]?.(committed);
    assert.equal((await leak)?.uri.toString(), document.uri.toString());
  });

  it('are listed when the answer is there, since it says which one is preferred; other documents are not waited for', async () => {
    const document = await documentWithKey('in a menu');
    await documentWithKey('of another document');
    await until('git to be asked', () => questions.length === 2);
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
    assert.ok(await isOpen(actions));
    questions[0]?.(committed);
    const [first] = await actions;
    assert.ok(first?.isPreferred);
    assert.match(first.title, /^Revoke and Replace /);

    // Asked again, git need not be waited for.
    void store.recheck([document.uri]);
    await until('git to be asked again', () => questions.length === 3);
    assert.deepEqual(
      (await list()).map(({ title }) => title),
      (await actions).map(({ title }) => title),
    );
    cancel.dispose();
  });
});
