/** What settings of a workspace can do, trusted or not. Trust and settings are faked here; test/host/restricted/ has real ones. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { allowKey } from '../../../src/leaks/fixes/commands/allow-key.ts';
import { excludePath } from '../../../src/leaks/fixes/commands/exclude-path.ts';
import type { FixesDeps } from '../../../src/leaks/fixes/deps.ts';
import { exclusionOf, hides } from '../../../src/leaks/exclusion.ts';
import { SettingsReader, type LeakSettings } from '../../../src/leaks/settings.ts';
import { isAllowEntry } from '../../../src/secrets/detector/allow-list.ts';
import { scan } from '../../../src/secrets/detector/scan.ts';
import { excludeMatcher } from '../../../src/secrets/scan/exclude.ts';
import { createLeak, type Leak } from '../../../src/leaks/model.ts';
import { key } from '../../support/keys.ts';
import { Answers, instead } from '../../support/stubs.ts';
import { Repository } from './workbench.ts';

interface Value {
  readonly user?: unknown;
  readonly workspace?: unknown;
  readonly otherwise?: unknown;
}

/** An editor with these settings, by their full names. @param updates gets the arguments of updates */
function editorWith(
  trusted: boolean,
  values: Readonly<Record<string, Value>>,
  updates: unknown[] = [],
): Readonly<Record<string, unknown>> {
  return {
    isTrusted: trusted,
    getConfiguration: (section: string) => {
      const valueOf = (name: string): Value => values[`${section}.${name}`] ?? {};
      return {
        get: (name: string) => valueOf(name).workspace ?? valueOf(name).user ?? valueOf(name).otherwise,
        inspect: (name: string) => ({
          key: name,
          globalValue: valueOf(name).user,
          workspaceValue: valueOf(name).workspace,
          defaultValue: valueOf(name).otherwise,
        }),
        update: (...args: unknown[]) => {
          updates.push(args);
          return Promise.resolve();
        },
      };
    },
  };
}

async function settingsWith(trusted: boolean, values: Readonly<Record<string, Value>>): Promise<LeakSettings> {
  return instead(vscode.workspace, editorWith(trusted, values), () => {
    const reader = new SettingsReader();
    const settings = reader.for();
    reader.dispose();
    return Promise.resolve(settings);
  });
}

const hash = 'ab'.repeat(32);
const otherHash = 'cd'.repeat(32);

/** Each setting that weakens detection, and its value when it takes effect. */
const switches: readonly (readonly [name: string, weak: unknown, field: keyof LeakSettings, when: unknown])[] = [
  ['truework.leaks.enabled', false, 'enabled', false],
  ['truework.leaks.sandboxInIgnoredFile', 'off', 'sandboxInIgnoredFile', 'off'],
  ['truework.leaks.scanHistory', false, 'scanHistory', false],
  ['truework.leaks.warnBeforeCommit', false, 'warnBeforeCommit', false],
  ['truework.leaks.scan.packages', true, 'scanPackages', true],
];

describe('Settings about leaked keys', () => {
  for (const [name, weak, field, when] of switches) {
    it(`${name}: a workspace can weaken it only if trusted, the user always`, async () => {
      assert.equal((await settingsWith(true, { [name]: { workspace: weak } }))[field], when);
      assert.notEqual((await settingsWith(false, { [name]: { workspace: weak } }))[field], when);
      for (const trusted of [true, false])
        assert.equal((await settingsWith(trusted, { [name]: { user: weak } }))[field], when);
    });
  }

  it('files.exclude: a workspace can hide files from a scan only if trusted', async () => {
    const enabled = { 'truework.leaks.scan.useFilesExclude': { user: true } };
    const hidden = { 'files.exclude': { workspace: { concealed: true, shown: false } } };
    assert.deepEqual((await settingsWith(true, { ...enabled, ...hidden })).hiddenFromScan, ['concealed']);
    assert.deepEqual((await settingsWith(false, { ...enabled, ...hidden })).hiddenFromScan, []);
    assert.deepEqual(
      (
        await settingsWith(false, {
          'truework.leaks.scan.useFilesExclude': { workspace: true },
          'files.exclude': { user: { own: true } },
        })
      ).hiddenFromScan,
      [],
    );
    assert.deepEqual(
      (await settingsWith(false, { ...enabled, 'files.exclude': { user: { own: true } } })).hiddenFromScan,
      ['own'],
    );
    assert.deepEqual((await settingsWith(true, hidden)).hiddenFromScan, []);
  });

  it("truework.leaks.allow: the user's entries are separate from the workspace's, and invalid entries are dropped", async () => {
    const settings = await settingsWith(false, {
      'truework.leaks.allow': { user: [hash, 'x', 7], workspace: [otherHash, '*'] },
    });
    assert.deepEqual(settings.allow, [hash, otherHash]);
    assert.deepEqual([...settings.userAllow], [hash]);
  });

  it("truework.leaks.exclude: the user's patterns hide all keys, those of an untrusted workspace only sandbox keys", async () => {
    const { exclude } = await settingsWith(false, {
      'truework.leaks.exclude': { user: ['own/**'], workspace: ['theirs/**', 7, ''] },
    });
    assert.deepEqual(exclude, [
      { pattern: 'own/**', user: true },
      { pattern: 'theirs/**', user: false },
    ]);
    const uri = (name: string) =>
      vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/'), name);
    const [own, theirs, neither] = ['own/a', 'theirs/a', 'elsewhere/a'].map((name) =>
      exclusionOf(uri(name), { exclude }),
    );
    for (const trusted of [true, false]) {
      await instead(vscode.workspace, { isTrusted: trusted }, () => {
        assert.deepEqual(
          [own, theirs, neither].map((exclusion) => hides(exclusion, 'production')),
          [true, trusted, false],
        );
        assert.deepEqual(
          [own, theirs, neither].map((exclusion) => hides(exclusion, 'sandbox')),
          [true, true, false],
        );
        return Promise.resolve();
      });
    }
  });

  it('truework.leaks.exclude: patterns mean the same as those of files.exclude', () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const paths = ['a.log', 'src/a.log', '.env', 'src/.env', 'Src/a.js', 'src/a(1).js', 'src', 'dist/x/y.js'];
    for (const pattern of ['*.log', '**/*.log', '{src,dist}/**', 'src/', '/src', '*', '.e*', 'SRC', '**/*(1)*']) {
      const isExcluded = excludeMatcher([pattern]);
      for (const name of paths)
        assert.equal(
          exclusionOf(vscode.Uri.joinPath(folder.uri, name), { exclude: [{ pattern, user: true }] }),
          isExcluded(name) ? 'user' : undefined,
          `${pattern} for ${name}`,
        );
    }
  });
});

describe('Allowing a key', () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const leakOf = (kind: 'production' | 'sandbox'): Leak => {
    const [finding] = scan(key('to be allowed', kind));
    assert.ok(folder && finding);
    return createLeak({
      uri: vscode.Uri.joinPath(folder.uri, 'no-such-file.txt'),
      range: new vscode.Range(0, 0, 0, 1),
      finding,
      verdict: undefined,
    });
  };
  const depsOf = (leak: Leak) =>
    ({ leaks: { all: () => [leak], checked: () => Promise.resolve() } }) as unknown as FixesDeps;
  const named = (leak: Leak) => ({ uri: leak.uri.toString(), keyHash: leak.finding.keyHash });

  for (const [what, run] of Object.entries({ 'by its hash': allowKey, 'by its path': excludePath })) {
    it(`${what} is refused for a production key in Restricted Mode, whatever the user answers`, async () => {
      for (const kind of ['production', 'sandbox'] as const) {
        const updates: unknown[] = [];
        const leak = leakOf(kind);
        const answers = new Answers('Allow Key');
        await instead(vscode.workspace, editorWith(false, {}, updates), () =>
          instead(vscode.window, answers.window, () => run(depsOf(leak), [named(leak)])),
        );
        assert.equal(updates.length, kind === 'production' ? 0 : 1);
        assert.equal(answers.asked.length, kind === 'production' ? 1 : 0);
      }
    });
  }

  it('needs a modal confirmation for a production key, and stores only a hash', async () => {
    const repository = new Repository();
    const leak = { ...leakOf('production'), uri: repository.write('a.txt', key('to be allowed')) };
    const updates: unknown[][] = [];
    const ask = async (...choices: string[]) => {
      const answers = new Answers(...choices);
      await instead(vscode.workspace, editorWith(true, {}, updates), () =>
        instead(vscode.window, answers.window, () => allowKey(depsOf(leak), [named(leak)])),
      );
      assert.deepEqual(
        answers.asked.map(({ modal }) => modal),
        [true],
      );
    };
    await ask();
    assert.equal(updates.length, 0);
    await ask('Allow Key');
    assert.equal(updates.length, 1);
    const [name, entries] = updates[0] ?? [];
    assert.equal(name, 'allow');
    assert.ok(Array.isArray(entries) && entries.length === 1 && isAllowEntry(String(entries[0])), 'only a hash');
    assert.equal(scan(key('to be allowed'), { allow: entries.map(String) })[0]?.suppressedBy?.by, 'allow-list');
    repository.remove();
  });

  it('does nothing for a reference to an unknown key', async () => {
    const leak = leakOf('sandbox');
    const updates: unknown[] = [];
    for (const given of [
      { uri: leak.uri.toString(), keyHash: hash },
      { uri: 'file:///etc/passwd', keyHash: leak.finding.keyHash },
    ]) {
      await instead(vscode.workspace, editorWith(true, {}, updates), () =>
        instead(vscode.window, new Answers().window, () => allowKey(depsOf(leak), [given])),
      );
    }
    assert.equal(updates.length, 0);
  });
});
