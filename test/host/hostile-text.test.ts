/**
 * The same texts as in the UI suite of this name, handed to every place that shows text: what reaches the editor must
 * be text and nothing more. Everything passed to the editor is recorded.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as vscode from 'vscode';
import { Connections } from '../../src/connections/connections.ts';
import { ProductionLock } from '../../src/connections/production-lock.ts';
import { ConnectionStatus } from '../../src/connections/status-bar.ts';
import { KeyVault } from '../../src/connections/vault.ts';
import { scan } from '../../src/secrets/detector/scan.ts';
import { LeakDiagnostics } from '../../src/leaks/diagnostics/diagnostics.ts';
import { LeakAction } from '../../src/leaks/fixes/leak-action.ts';
import { requirePreview, textEdits } from '../../src/leaks/fixes/workspace-edit.ts';
import type { Verdict } from '../../src/secrets/verdict.ts';
import { SettingsReader } from '../../src/leaks/settings.ts';
import { LeakStore } from '../../src/leaks/store.ts';
import { LeakedKeysView } from '../../src/leaks/view/leaked-keys-view.ts';
import type { Node } from '../../src/orders/nodes/node.ts';
import { OrdersTree } from '../../src/orders/orders-tree.ts';
import { OrderStore } from '../../src/orders/store.ts';
import type { TrueworkApi } from '../../src/truework/client.ts';
import { SecretKey } from '../../src/truework/keys.ts';
import { Documents } from '../../src/documents/documents.ts';
import { Log } from '../../src/ui/log.ts';
import { showError } from '../../src/ui/messages.ts';
import {
  confirm,
  showErrorMessage,
  showInformation,
  showStatus,
  showWarning,
  withProgress,
} from '../../src/ui/show.ts';
import { input, pick, pickMany } from '../../src/ui/steps.ts';
import { TrueworkError } from '../../src/truework/errors.ts';
import { anOrder, aPage, aReport, aVerification } from '../support/builders/orders.ts';
import { key } from '../support/keys.ts';
import { instead } from '../support/stubs.ts';
import { FakeMemento, FakeSecrets } from '../support/vscode-fakes.ts';
import { until } from './leaks/workbench.ts';

const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;
const HIDING =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/; // eslint-disable-line no-control-regex -- the point of it

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '[a](command:workbench.action.quit)',
        '[b](https://evil.test "x")',
        '$(bell)',
        '$(sync~spin)',
        '\u202e',
        '\u2066',
        '\u200b',
        '\u0007',
        '\r\n',
        '\u2028',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => `x${parts.join('')}`);

/** All texts in a value, however deep; what only identifies a thing is not shown. */
function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value];
  if (
    typeof value !== 'object' ||
    value === null ||
    seen.has(value) ||
    value instanceof vscode.Uri ||
    value instanceof vscode.ThemeIcon
  )
    return [];
  seen.add(value);
  return Object.entries(value).flatMap(([name, part]) =>
    ['id', 'command', 'contextValue', 'item', 'target', 'uri'].includes(name) ? [] : textsIn(part, seen),
  );
}

function assertPlain(values: readonly unknown[]): void {
  assert.ok(values.length > 0);
  for (const text of values.flatMap((value) => textsIn(value))) {
    assert.doesNotMatch(text, LINK);
    assert.doesNotMatch(text, ICON);
    assert.doesNotMatch(text, HIDING);
  }
}

/** A quick pick or input box that is hidden as soon as it is shown; its properties are recorded then. */
function fakeBox(shown: unknown[]): object {
  const noEvent = () => new vscode.Disposable(() => undefined);
  let hide = () => undefined as unknown;
  const box: Record<string, unknown> = {
    onDidAccept: noEvent,
    onDidChangeValue: noEvent,
    onDidTriggerButton: noEvent,
    onDidTriggerItemButton: noEvent,
    onDidHide: (listener: () => unknown) => {
      hide = listener;
      return noEvent();
    },
    show: () => {
      hide();
    },
    dispose: () => {
      shown.push({ ...box, value: undefined });
    },
  };
  return box;
}

describe('Hostile text', () => {
  it('is made plain in messages, progress, the status bar, pickers and input boxes, whose results are unchanged', async () => {
    const shown: unknown[] = [];
    const message = (...args: unknown[]) => {
      shown.push(args);
      return Promise.resolve(args.at(-1));
    };
    await instead(
      vscode.window,
      {
        showInformationMessage: message,
        showWarningMessage: message,
        showErrorMessage: message,
        setStatusBarMessage: message,
        withProgress: (options: unknown, task: (progress: unknown, token: unknown) => Promise<unknown>) => {
          shown.push(options);
          return task(
            {
              report: (value: unknown) => {
                shown.push(value);
              },
            },
            new vscode.CancellationTokenSource().token,
          );
        },
        createQuickPick: () => fakeBox(shown),
        createInputBox: () => fakeBox(shown),
      },
      () =>
        fc.assert(
          fc.asyncProperty(hostile, async (text) => {
            shown.length = 0;
            assert.equal(await showInformation(text, 'other', text), text);
            assert.equal(await showWarning(text, text), text);
            assert.equal(await showErrorMessage(text, text), text);
            assert.equal(await confirm(text, `${text}\n${text}`, text), text);
            showStatus(text);
            await withProgress({ location: vscode.ProgressLocation.Notification, title: text }, (report) => {
              report(text);
              return Promise.resolve();
            });
            await pick({ title: text, placeholder: text, items: [{ label: text, description: text, detail: text }] });
            await pickMany({
              title: text,
              placeholder: text,
              items: [{ label: text, description: text, detail: text }],
              picked: [],
            });
            await input({ title: text, prompt: text, placeholder: text, value: 'typed', validate: () => text });
            await input({
              title: text,
              prompt: text,
              value: 'typed',
              validate: () => ({ message: text, severity: vscode.InputBoxValidationSeverity.Error }),
            });
            const log = new Log({
              error: () => undefined,
              show: () => undefined,
            } as unknown as vscode.LogOutputChannel);
            await showError(new Error(text), log);
            await showError(
              new TrueworkError('validation', { detail: text, fields: [{ path: text, message: text }] }),
              log,
            );
            assertPlain(shown);
          }),
          { numRuns: 100 },
        ),
    );
  });

  it('makes every picker return the original item, not the displayed one', async () => {
    const items = [
      { label: 'one $(bell)', n: 1 },
      { label: 'two [x](command:y)', n: 2 },
    ];
    const box = fakeBox([]) as {
      items: readonly unknown[];
      selectedItems: readonly unknown[];
      onDidAccept: unknown;
      show: () => void;
    };
    let accept = () => undefined as unknown;
    box.onDidAccept = (listener: () => unknown) => {
      accept = listener;
      return new vscode.Disposable(() => undefined);
    };
    box.show = () => {
      box.selectedItems = box.items.slice(1);
      accept();
    };
    await instead(vscode.window, { createQuickPick: () => box }, async () => {
      assert.equal(await pick({ title: 't', items }), items[1]);
      assert.deepEqual(await pickMany({ title: 't', items, picked: items }), [items[1]]);
    });
  });

  it('is made plain in the rows of orders, their tooltips, the status bar, documents and the log', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const shown: unknown[] = [];
        const company = {
          address: null,
          city: null,
          id: null,
          name: text,
          phone_number: null,
          state: null,
          zip_code: null,
        };
        const order = anOrder('o', text, {
          search_key: text,
          loan_id: text,
          verification_requests: [
            aVerification(text, {
              type: text,
              cancellation_details: text,
              cancellation_reason: { canonical_value: text, raw_value: text },
              target: { ...aVerification('completed').target, first_name: text, last_name: text, company },
              reports: [
                aReport({ current_as_of: text, employer: { address: null, government_ids: null, name: text } }),
              ],
            }),
          ],
        });
        const session = {
          connection: { id: 'c' },
          api: { listOrders: () => Promise.resolve(aPage([order])) } as unknown as TrueworkApi,
        };
        const store = new OrderStore({ current: () => Promise.resolve(session), isCurrent: () => true });
        store.switchTo('c');
        const tree = new OrdersTree(store);
        const walk = async (node?: Node): Promise<void> => {
          if (node) shown.push(tree.getTreeItem(node), withoutMarkup(node.tooltip?.()));
          for (const child of await tree.getChildren(node)) await walk(child);
        };
        for (const grouping of ['none', 'state'] as const) {
          tree.grouping = grouping;
          await walk();
        }
        tree.dispose();
        store.dispose();

        const connections = new Connections(new KeyVault(new FakeSecrets()), new FakeMemento(), new FakeMemento());
        const stored = SecretKey.from(key('hostile', 'sandbox'));
        assert.ok(stored);
        await connections.add(text, stored);
        const item: Record<string, unknown> = {
          hide: () => undefined,
          show: () => undefined,
          dispose: () => undefined,
        };
        await instead(vscode.window, { createStatusBarItem: () => item }, async () => {
          new ConnectionStatus(connections, new ProductionLock()).dispose();
          await Promise.resolve();
        });
        shown.push({ ...item, text: String(item['text']).replace(/^\$\(key\)/, '') });
        connections.dispose();

        const lines: string[] = [];
        const log = new Log({
          info: (line: string) => {
            lines.push(line);
          },
          error: (line: string) => {
            lines.push(line);
          },
        } as unknown as vscode.LogOutputChannel);
        log.info(text);
        log.error(text, new Error(text));
        for (const line of lines) assert.doesNotMatch(line, HIDING);
        for (const line of lines) for (const further of line.split('\n').slice(1)) assert.match(further, /^ {4}/);

        const documents = new Documents();
        documents.serve('orders', () => Promise.resolve(order));
        const bytes = await documents.readFile(Documents.uri('c', 'orders', 'o'));
        const json = new TextDecoder().decode(bytes);
        assert.doesNotMatch(json, HIDING);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(order)));
        documents.dispose();
        assertPlain(shown);
      }),
      { numRuns: 60 },
    );
  });

  it('is made plain in problems, fixes, their previews and the rows of leaked keys', async () => {
    const settings = new SettingsReader();
    const text = key('hostile leak');
    const [finding] = scan(text);
    assert.ok(finding);
    const samples = fc.sample(hostile, 30);
    const store = new LeakStore();
    const verdicts = new Map<string, Verdict>();
    store.engine = {
      git: { check: () => Promise.resolve({ byKey: verdicts, root: '/elsewhere' }) },
      scanner: { refresh: () => Promise.resolve() },
    };
    const diagnostics = new LeakDiagnostics(store, settings);
    const message: { message?: string; dispose: () => void } = { dispose: () => undefined };
    const view = await instead(vscode.window, { createTreeView: () => message }, () =>
      Promise.resolve(new LeakedKeysView(store, settings)),
    );
    try {
      for (const [n, sample] of samples.entries()) {
        const uri = vscode.Uri.from({ scheme: 'file', path: `/elsewhere/${sample.replaceAll('/', '')}-${n}` });
        const verdict = {
          location: 'head',
          locations: ['head'],
          pushed: false,
          alsoIn: [],
          firstCommit: { commit: 'a'.repeat(40), path: sample, authorName: sample, authorDate: sample },
          ignoredBy: { file: sample, line: 1, pattern: sample },
        };
        verdicts.set(`${n}`, verdict as unknown as Verdict);
        store.set(uri, 'file', [
          {
            range: new vscode.Range(0, 0, 0, 1),
            finding: {
              ...finding,
              keyHash: `${n}`,
              suppressedBy: { by: 'comment', scanner: 'gitleaks', text: sample, start: 0, end: 1 },
            },
          },
        ]);
      }
      const shown: unknown[] = [];
      const rows = await until('the rows', () => {
        const keys = view.getChildren();
        return keys.length === samples.length && keys;
      });
      for (const node of rows.flatMap((row) => [row, ...view.getChildren(row)]))
        shown.push(view.getTreeItem(node), withoutMarkup(node.tooltip()));
      const problems = await until('the problems', () => {
        const found = vscode.languages
          .getDiagnostics()
          .filter(([uri]) => uri.path.startsWith('/elsewhere/'))
          .flatMap(([, list]) => list);
        return (
          found.filter(({ relatedInformation }) => relatedInformation !== undefined && relatedInformation.length >= 2)
            .length === samples.length && found
        );
      });
      shown.push(
        ...problems.map(({ message, relatedInformation }) => [
          message,
          relatedInformation?.map((each) => each.message),
        ]),
      );
      for (const sample of samples) {
        view.message = sample;
        shown.push(message.message);
        const [leak] = store.all();
        assert.ok(leak);
        const document = await vscode.workspace.openTextDocument({ content: 'some text' });
        const edit = new vscode.WorkspaceEdit();
        requirePreview(edit, document.uri, sample);
        shown.push(
          new LeakAction(leak, sample).title,
          textEdits(document, [{ start: 0, end: 1, text: '' }], sample).map(([, { label }]) => label),
        );
      }
      assertPlain(shown);
    } finally {
      for (const disposable of [view, diagnostics, store, settings]) disposable.dispose();
    }
  }).timeout(60_000);
});

describe('The name of a connection', () => {
  it('cannot contain a key, however it is hidden', async () => {
    const global = new FakeMemento();
    const connections = new Connections(new KeyVault(new FakeSecrets()), global, new FakeMemento());
    const stored = SecretKey.from(key('good', 'sandbox'));
    assert.ok(stored);
    const other = key('other', 'sandbox');
    for (const alias of [
      other,
      `mine ${other}`,
      `mine${other}`,
      `mine ${other.slice(0, 20)}\u200b${other.slice(20)}`,
      `${key('production')}!`,
    ]) {
      await assert.rejects(connections.add(alias, stored), /cannot contain an API key/);
    }
    assert.deepEqual([...global.values], []);
    connections.dispose();
  });

  it('loses a key that an earlier version accepted, on disk as well', async () => {
    const global = new FakeMemento();
    const other = key('other', 'sandbox');
    global.values.set('truework.connections', [
      { id: 'one', alias: `mine ${other}`, environment: 'sandbox' },
      { id: 'two', alias: 'plain', environment: 'sandbox' },
    ]);
    const connections = new Connections(new KeyVault(new FakeSecrets()), global, new FakeMemento());
    assert.deepEqual(
      connections.all.map(({ alias }) => alias),
      ['mine tw_sk_test_•••', 'plain'],
    );
    await until(
      'the name to be written again',
      () => !JSON.stringify(global.values.get('truework.connections')).includes(other.slice(-20)),
    );
    connections.dispose();
  });

  it('is rejected while it is typed, as is a key in any other box that is not masked', async () => {
    let message: unknown;
    const box = fakeBox([]) as Record<string, unknown>;
    box['show'] = () => {
      message = box['validationMessage'];
      (box['hidden'] as () => void)();
    };
    box['onDidHide'] = (listener: () => void) => {
      box['hidden'] = listener;
      return new vscode.Disposable(() => undefined);
    };
    await instead(vscode.window, { createInputBox: () => box }, async () => {
      await input({ title: 't', prompt: 'p', value: `mine ${key('typed', 'sandbox')}` });
      assert.match(String(message), /contains an API key/);
      await input({ title: 't', prompt: 'p', value: key('typed', 'sandbox'), password: true });
      assert.equal(message, undefined);
    });
  });
});

/** A tooltip as its text: of its Markdown only what it has from outside is of interest. */
function withoutMarkup(tooltip: vscode.MarkdownString | undefined): string {
  assert.ok(
    tooltip === undefined ||
      (tooltip.isTrusted === false && tooltip.supportHtml === false && tooltip.supportThemeIcons === false),
  );
  const value = tooltip?.value ?? '';
  assert.doesNotMatch(value, /(?<!\\)\[|<(?!\u200b)|:\/\//);
  return '';
}
