import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Views } from '../../src/features.ts';
import { featuresBesideInstalled } from '../support/stubs.ts';

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

  it('has something behind every command it contributes, and behind no other', async () => {
    const { contributes } = extension?.packageJSON as Manifest;
    // Rooms are opened on first use: until then nothing looks into the context or at the views.
    const features = await featuresBesideInstalled({} as vscode.ExtensionContext, {} as Views);
    try {
      assert.deepEqual(
        features.commands.ids.toSorted(),
        (contributes?.commands ?? []).map(({ command }) => command).toSorted(),
      );
    } finally {
      features.dispose();
    }
  });

  it('sees the workspace folder, which is trusted', () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 1);
    assert.equal(vscode.workspace.isTrusted, true);
  });
});
