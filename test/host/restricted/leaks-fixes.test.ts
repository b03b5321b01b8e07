import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, fixesOf, key, masked, open, Repository, untilCodes } from '../leaks/workbench.ts';

describe('Fixes for leaked keys in Restricted Mode', () => {
  let repository: Repository;
  before(async () => {
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
    repository = Repository.init();
  });
  afterEach(closeAll);
  after(() => {
    repository.remove();
  });

  it('need no git: those that do are not offered', async () => {
    const uri = repository.commit('a.js', `const key = '${key('restricted')}';\n`);
    await open(uri);
    const [problem] = await untilCodes(uri, ['production-key-restricted']);
    assert.ok(problem);
    const actions = await fixesOf(uri, problem.range);
    const mask = masked(key('restricted'));
    assert.deepEqual(
      actions.map(({ title }) => title),
      [
        `Move ${mask} to .env and Read process.env.TRUEWORK_API_KEY`,
        `Replace ${mask} by process.env.TRUEWORK_API_KEY`,
        `Store ${mask} as a Connection…`,
        `Revoke and Replace ${mask}…`,
        `Allow ${mask} on This Line`,
        `Allow ${mask} Everywhere in This Workspace (by Its Hash)`,
      ],
    );
  });

  it('let a workspace allow no production key', async () => {
    const uri = repository.write('b.js', `const key = '${key('restricted b')}';\n`);
    await open(uri);
    const [problem] = await untilCodes(uri, ['production-key-restricted']);
    assert.ok(problem);
    const actions = await fixesOf(uri, problem.range);
    const command = actions.find(({ title }) => title.includes('Everywhere'))?.command;
    assert.ok(command);
    const running = vscode.commands.executeCommand(command.command, ...(command.arguments as unknown[]));
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    await vscode.commands.executeCommand('notifications.clearAll');
    await running;
    assert.equal(vscode.workspace.getConfiguration('truework.leaks').inspect('allow')?.workspaceValue, undefined);
    await untilCodes(uri, ['production-key-restricted']);
  });
});
