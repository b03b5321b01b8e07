import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, fixesOf, key, masked, open, Repository, run, untilCodes } from '../leaks/workbench.ts';

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

  it('are offered only if they need no git', async () => {
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
        `Replace ${mask} with process.env.TRUEWORK_API_KEY`,
        `Store ${mask} as a Connection…`,
        `Revoke and Replace ${mask}…`,
        `Allow ${mask} on This Line`,
        `Allow ${mask} in This Workspace (by Hash)`,
      ],
    );
  });

  it('do not allow a production key', async () => {
    const uri = repository.write('b.js', `const key = '${key('restricted b')}';\n`);
    await open(uri);
    const [problem] = await untilCodes(uri, ['production-key-restricted']);
    assert.ok(problem);
    const actions = await fixesOf(uri, problem.range);
    const command = actions.find(({ title }) => title.includes('by Hash'))?.command;
    assert.ok(command);
    await run(command.command, ...(command.arguments as unknown[]));
    const allowed = () =>
      vscode.workspace.getConfiguration('truework.leaks').inspect<string[]>('allow')?.workspaceValue;
    assert.equal(allowed(), undefined);
    // A sandbox key can be allowed. When that is in effect, the production key is still reported.
    const sandbox = repository.write('c.js', `const key = '${key('restricted c', 'sandbox')}';\n`);
    await open(sandbox);
    const [other] = await untilCodes(sandbox, ['sandbox-key-restricted']);
    assert.ok(other);
    const allow = (await fixesOf(sandbox, other.range)).find(({ title }) => title.includes('by Hash'))?.command;
    assert.ok(allow);
    await vscode.commands.executeCommand(allow.command, ...(allow.arguments as unknown[]));
    await untilCodes(sandbox, []);
    assert.equal(allowed()?.length, 1);
    await untilCodes(uri, ['production-key-restricted']);
    await vscode.workspace
      .getConfiguration('truework.leaks')
      .update('allow', undefined, vscode.ConfigurationTarget.Workspace);
    await untilCodes(sandbox, ['sandbox-key-restricted']);
  });
});
