import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

describe('The linter prevents showing text outside of src/ui', () => {
  let eslint: ESLint;
  before(() => {
    eslint = new ESLint({
      cwd: root,
      overrideConfigFile: path.join(root, '.eslint.config.mjs'),
      // This rule needs no types, which take long to find out.
      overrideConfig: [tseslint.configs.disableTypeChecked, { languageOptions: { parserOptions: { project: null } } }],
    });
  });

  /** The messages of this rule for a text in place of a file of a feature, or of src/ui. */
  const complaints = async (code: string, file = 'src/orders/commands/copy-id.ts') => {
    const [result] = await eslint.lintText(`import * as vscode from 'vscode';\n${code}\n`, {
      filePath: path.join(root, file),
    });
    assert.ok(result);
    assert.equal(result.fatalErrorCount, 0, result.messages[0]?.message);
    return result.messages.filter(({ ruleId }) => ruleId === 'no-restricted-syntax').map(({ line }) => line);
  };

  for (const code of [
    'await vscode.window.showInformationMessage(name);',
    'await vscode.window.showWarningMessage(name);',
    'await vscode.window.showErrorMessage(name);',
    'const { window } = vscode; await window.showErrorMessage(name);',
    'const { showErrorMessage } = vscode.window;',
    'const show = vscode.window["showErrorMessage"];',
    'vscode.window.setStatusBarMessage(name);',
    'await vscode.window.withProgress({ location: 15, title: name }, run);',
    'await vscode.window.showQuickPick([name]);',
    'await vscode.window.showInputBox({ prompt: name });',
    'await vscode.window.showWorkspaceFolderPick();',
    'const box = vscode.window.createQuickPick();',
    'const box = vscode.window.createInputBox();',
    'const text = new vscode.MarkdownString(name);',
    'text.isTrusted = true;',
    'text.supportHtml = true;',
    'text.supportThemeIcons = true;',
    'class Tree { getTreeItem(node) { return node.item(); } }',
  ]) {
    it(`rejects ${code}`, async () => {
      assert.deepEqual(await complaints(code), [2]);
    });
  }

  it('allows it in src/ui, and rows that are made plain', async () => {
    assert.deepEqual(
      await complaints('await vscode.window.showErrorMessage(name); text.isTrusted = false;', 'src/ui/steps.ts'),
      [],
    );
    assert.deepEqual(await complaints('class Tree { getTreeItem(node) { return plainTreeItem(node.item()); } }'), []);
  });
});
