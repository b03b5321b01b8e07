import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
}

describe('The extension', () => {
  const extension = vscode.extensions.getExtension<unknown>('truework-for-vscode.truework');

  it('is found and activates', async () => {
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('hands nothing to other extensions: no exports, and no results of commands', async () => {
    assert.equal(await extension?.activate(), undefined);
    assert.equal(extension?.exports, undefined);
    assert.equal(await vscode.commands.executeCommand('truework.showLog'), undefined);
    assert.equal(await vscode.commands.executeCommand('truework.refreshOrders'), undefined);
  });

  it('registers every command it contributes', async () => {
    const { contributes } = extension?.packageJSON as Manifest;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = (contributes?.commands ?? [])
      .map(({ command }) => command)
      .filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('registers no other commands, except internal ones', async () => {
    const { contributes } = extension?.packageJSON as Manifest;
    const contributed = new Set((contributes?.commands ?? []).map(({ command }) => command));
    const others = (await vscode.commands.getCommands(false)).filter(
      (id) =>
        // Not the editor's own about our view container and our log, which only contain our name.
        /^_?truework\./.test(id) &&
        !contributed.has(id) &&
        // Those that VS Code adds for views and output channels.
        !id.startsWith('workbench.') &&
        !/\.(focus|open|resetViewLocation|removeView|toggleVisibility)$/.test(id),
    );
    assert.deepEqual(others, ['_truework.showRefusedWrite']);
  });

  it('sees the workspace folder, which is trusted', () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 1);
    assert.equal(vscode.workspace.isTrusted, true);
  });
});
