import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { closeAll, key, open, Repository, run, until, untilCodes } from '../leaks/workbench.ts';

describe('Leaked keys in Restricted Mode', () => {
  let workspace: Repository;

  before(async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    workspace = new Repository(folder.uri.fsPath);
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
  });

  afterEach(async () => {
    await closeAll();
    workspace.write('.vscode/settings.json', '{}');
    await until('the settings to be removed', () =>
      ['enabled', 'exclude', 'allow'].every(
        (name) => vscode.workspace.getConfiguration('truework.leaks').inspect(name)?.workspaceValue === undefined,
      ),
    );
  });

  it('are underlined without a query of git', async () => {
    const uri = workspace.write('a.txt', `${key('restricted')}\n${key('restricted', 'sandbox')}\n`);
    await open(uri);
    const [production] = await untilCodes(uri, ['production-key-restricted', 'sandbox-key-restricted']);
    assert.equal(production?.severity, vscode.DiagnosticSeverity.Error);
  });

  it('are shown although a comment allows them', async () => {
    const uri = workspace.write(
      'b.js',
      `a('${key('hidden')}'); // gitleaks:allow\nb('${key('hidden', 'sandbox')}'); // gitleaks:allow\n`,
    );
    await open(uri);
    const [production] = await untilCodes(uri, ['production-key-restricted']);
    assert.ok(production?.message.includes('gitleaks:allow'), production?.message);
  });

  /** Writes the workspace's settings and waits until the editor has read them. */
  const updateSettings = async (settings: Readonly<Record<string, unknown>>): Promise<void> => {
    workspace.write('.vscode/settings.json', JSON.stringify(settings));
    await until('the settings to be read', () =>
      Object.entries(settings).every(([name, value]) =>
        isDeepStrictEqual(vscode.workspace.getConfiguration().inspect(name)?.workspaceValue, value),
      ),
    );
  };
  /** In each test, the sandbox key disappears when the setting takes effect. */
  const both = (name: string) => `${key(name)}\n${key(name, 'sandbox')}\n`;

  it('are shown although the workspace excludes their path, which hides sandbox keys', async () => {
    const uri = workspace.write('excluded/a.txt', both('excluded'));
    await open(uri);
    await untilCodes(uri, ['production-key-restricted', 'sandbox-key-restricted']);
    await updateSettings({ 'truework.leaks.exclude': ['excluded/**'] });
    await untilCodes(uri, ['production-key-restricted']);
  }).timeout(60_000);

  it('are shown although the workspace allows them by hash, which hides sandbox keys', async () => {
    const uri = workspace.write('allowed.txt', both('allowed'));
    await open(uri);
    await untilCodes(uri, ['production-key-restricted', 'sandbox-key-restricted']);
    await updateSettings({
      'truework.leaks.allow': [key('allowed'), key('allowed', 'sandbox')].map((text) =>
        createHash('sha256').update(text).digest('hex'),
      ),
    });
    const [production] = await untilCodes(uri, ['production-key-restricted']);
    assert.equal(production?.severity, vscode.DiagnosticSeverity.Error);
  }).timeout(60_000);

  it('are detected although the workspace turns that off', async () => {
    const uri = workspace.write('before.txt', both('before'));
    await open(uri);
    await untilCodes(uri, ['production-key-restricted', 'sandbox-key-restricted']);
    // The exclusion shows that both settings have been read.
    await updateSettings({ 'truework.leaks.enabled': false, 'truework.leaks.exclude': ['before.txt'] });
    await untilCodes(uri, ['production-key-restricted']);
    const after = workspace.write('after.txt', both('after'));
    await open(after);
    await untilCodes(after, ['production-key-restricted', 'sandbox-key-restricted']);
  }).timeout(60_000);

  it('are found by a scan in files that the workspace hides from the editor', async () => {
    const uri = workspace.write('concealed/a.txt', both('concealed'));
    await updateSettings({ 'truework.leaks.scan.useFilesExclude': true, 'files.exclude': { concealed: true } });
    await run('truework.scanWorkspaceForLeakedKeys');
    await untilCodes(uri, ['production-key-restricted', 'sandbox-key-restricted']);
  }).timeout(60_000);
});
