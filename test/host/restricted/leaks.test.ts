import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { key, open, Repository, untilCodes } from '../leaks/workbench.ts';

describe('Leaked keys in Restricted Mode', () => {
  let workspace: Repository;

  before(async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    workspace = new Repository(folder.uri.fsPath);
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
  });

  it('are underlined, and git is not asked', async () => {
    const uri = workspace.write('a.txt', `${key('restricted')}\n${key('restricted', 'sandbox')}\n`);
    await open(uri);
    const [production] = await untilCodes(uri, ['production-key-restricted', 'sandbox-key-restricted']);
    assert.equal(production?.severity, vscode.DiagnosticSeverity.Error);
  });

  it('are shown although the workspace wants production keys hidden', async () => {
    workspace.write('.vscode/settings.json', JSON.stringify({ 'truework.leaks.enabled': false, 'truework.leaks.exclude': ['**'] }));
    const uri = workspace.write('b.js', `a('${key('hidden')}'); // gitleaks:allow\nb('${key('hidden', 'sandbox')}'); // gitleaks:allow\n`);
    await open(uri);
    const [production] = await untilCodes(uri, ['production-key-restricted']);
    assert.ok(production?.message.includes('gitleaks:allow'), production?.message);
  });
});
