import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeAll, fixesOf, key, masked, open, Repository, until, untilCodes } from '../leaks/workbench.ts';

function named(actions: readonly vscode.CodeAction[], start: string): vscode.CodeAction {
  const found = actions.find(({ title }) => title.startsWith(start));
  assert.ok(found, `${start}: ${actions.map(({ title }) => title).join('\n')}`);
  return found;
}

async function apply(edit: vscode.WorkspaceEdit | undefined): Promise<void> {
  assert.ok(edit);
  assert.equal(await vscode.workspace.applyEdit(edit, { isRefactoring: true }), true);
}

/**
 * Applies the preferred fix at a range, like Auto Fix, and confirms the preview of its changes. (Edits that create files are
 * not returned completely by `vscode.executeCodeActionProvider`.)
 */
async function applyPreferred(at: vscode.Range, isDone: () => boolean): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor);
  editor.selection = new vscode.Selection(at.start.translate(0, 8), at.start.translate(0, 8));
  void vscode.commands.executeCommand('editor.action.codeAction', {
    kind: 'quickfix',
    apply: 'first',
    preferred: true,
  });
  await until('the fix to be applied', async () => {
    // With pauses: the preview needs a moment to show the changes.
    for (let n = 0; n < 20 && !isDone(); n += 1)
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    if (!isDone()) await vscode.commands.executeCommand('refactorPreview.apply');
    return isDone();
  });
}

describe('Fixes for leaked keys', () => {
  const repositories: Repository[] = [];
  const init = () => {
    const repository = Repository.init();
    repositories.push(repository);
    return repository;
  };
  const textOf = (repository: Repository, name: string) => readFileSync(path.join(repository.folder, name), 'utf8');
  const firstRange = async (uri: vscode.Uri, codes: readonly string[]) => {
    const [problem] = await untilCodes(uri, codes);
    assert.ok(problem);
    return problem.range;
  };

  before(async () => {
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
  });
  afterEach(closeAll);
  after(() => {
    for (const repository of repositories) repository.remove();
  });

  it('are listed with one preferred, and contain no key', async () => {
    const repository = init();
    repository.commit('README.md', 'x');
    const uri = repository.write('a.js', `const key = '${key('listed')}';\n`);
    await open(uri);
    const actions = await fixesOf(uri, await firstRange(uri, ['production-key-untracked']));
    const mask = masked(key('listed'));
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
    assert.deepEqual(
      actions.map(({ isPreferred }) => isPreferred === true),
      [true, false, false, false, false, false],
    );
    for (const action of actions) {
      const { edit: _edit, ...rest } = action;
      assert.ok(!JSON.stringify(rest).includes(key('listed').slice(8, 30)), 'no action contains the key');
    }
  });

  it('replace the key in the document with an environment variable in its language', async () => {
    const repository = init();
    for (const [name, before, after] of [
      ['a.ts', `const a = "Bearer ${key('ts')}";\n`, 'const a = `Bearer ${process.env.TRUEWORK_API_KEY}`;\n'],
      [
        'a.py',
        `import sys\r\na = "${key('py', 'sandbox')}"\r\n`,
        'import os\r\nimport sys\r\na = os.environ["TRUEWORK_SANDBOX_API_KEY"]\r\n',
      ],
      ['.github/workflows/ci.yml', `env:\n  K: ${key('yml')}\n`, 'env:\n  K: ${{ secrets.TRUEWORK_API_KEY }}\n'],
    ] as const) {
      const uri = repository.write(name, before);
      await open(uri);
      const actions = await fixesOf(
        uri,
        await firstRange(uri, [`${name === 'a.py' ? 'sandbox' : 'production'}-key-untracked`]),
      );
      await apply(named(actions, 'Replace').edit);
      const document = await vscode.workspace.openTextDocument(uri);
      assert.equal(document.getText(), after);
      await untilCodes(uri, []);
      await vscode.commands.executeCommand('undo');
      await document.save();
    }
  });

  it('move the key to an ignored .env in one edit, with an entry in the template', async () => {
    const repository = init();
    repository.write('.gitignore', 'node_modules\n');
    repository.write('package.json', '{}');
    repository.commit('.env.example', 'PORT=3000\n');
    const uri = repository.write('src/deep/a.js', `const key = '${key('moved')}';\n`);
    await open(uri);
    await applyPreferred(
      await firstRange(uri, ['production-key-untracked']),
      () => existsSync(path.join(repository.folder, '.env')) && textOf(repository, '.env.example').includes('TRUEWORK'),
    );
    await until('the .gitignore', () => textOf(repository, '.gitignore').includes('.env'));
    assert.equal(textOf(repository, '.env'), `TRUEWORK_API_KEY=${key('moved')}\n`);
    assert.equal(textOf(repository, '.gitignore'), 'node_modules\n.env\n');
    assert.equal(textOf(repository, '.env.example'), 'PORT=3000\nTRUEWORK_API_KEY=\n');
    assert.equal(
      (await vscode.workspace.openTextDocument(uri)).getText(),
      'const key = process.env.TRUEWORK_API_KEY;\n',
    );
    assert.equal(repository.git('status', '--porcelain', '--ignored', '.env'), '!! .env');
    await untilCodes(uri, []);
  });

  it('do not write to a .env that git tracks, and do not overwrite values', async () => {
    const repository = init();
    repository.commit('.env', 'TRUEWORK_API_KEY=other\n');
    repository.write('.env.local', 'TRUEWORK_API_KEY=mine\n');
    const uri = repository.write('a.js', `const key = '${key('tracked env')}';\n`);
    await open(uri);
    await applyPreferred(await firstRange(uri, ['production-key-untracked']), () =>
      textOf(repository, '.env.local').includes('tw_'),
    );
    await until('the .gitignore', () => existsSync(path.join(repository.folder, '.gitignore')));
    assert.equal(textOf(repository, '.env'), 'TRUEWORK_API_KEY=other\n');
    assert.equal(textOf(repository, '.env.local'), `TRUEWORK_API_KEY=mine\nTRUEWORK_API_KEY_2=${key('tracked env')}\n`);
    assert.equal(
      (await vscode.workspace.openTextDocument(uri)).getText(),
      'const key = process.env.TRUEWORK_API_KEY_2;\n',
    );
    assert.match(textOf(repository, '.gitignore'), /^\.env\.local$/m);
  });

  it('allow a line by a comment', async () => {
    const repository = init();
    const uri = repository.write('a.py', `a = "${key('allowed', 'sandbox')}"\n`);
    await open(uri);
    const actions = await fixesOf(uri, await firstRange(uri, ['sandbox-key-untracked']));
    await apply(named(actions, `Allow ${masked(key('allowed', 'sandbox'))} on This Line`).edit);
    await untilCodes(uri, []);
  });

  it('allow a key by its hash', async () => {
    const repository = init();
    const text = key('allowed by hash', 'sandbox');
    const uri = repository.write('a.py', `a = "${text}"\n`);
    await open(uri);
    const actions = await fixesOf(uri, await firstRange(uri, ['sandbox-key-untracked']));
    const { command } = named(actions, `Allow ${masked(text)} in This Workspace`);
    assert.ok(command);
    await vscode.commands.executeCommand(command.command, ...(command.arguments as unknown[]));
    await untilCodes(uri, []);
    const configuration = vscode.workspace.getConfiguration('truework.leaks');
    const allowed = configuration.inspect<string[]>('allow')?.workspaceValue;
    assert.match(allowed?.join() ?? '', /^sha256:[0-9a-f]{16}:[0-9a-f]{64}$/);
    await configuration.update('allow', undefined, vscode.ConfigurationTarget.Workspace);
    await untilCodes(uri, ['sandbox-key-untracked']);
  });

  it('unstage a file', async () => {
    const repository = init();
    repository.commit('README.md', 'x');
    const uri = repository.write('a.js', `const key = '${key('staged')}';\n`);
    repository.git('add', 'a.js');
    await open(uri);
    const actions = await fixesOf(uri, await firstRange(uri, ['production-key-staged']));
    const { command } = named(actions, 'Unstage a.js');
    assert.ok(command);
    await vscode.commands.executeCommand(command.command, ...(command.arguments as unknown[]));
    assert.equal(repository.git('status', '--porcelain'), '?? a.js');
    await untilCodes(uri, ['production-key-untracked']);
  });

  it('of a committed key start with revoking it, followed by cleaning up the history', async () => {
    const repository = init();
    const uri = repository.commit('.env', `K=${key('committed')}\n`);
    await open(uri);
    const actions = await fixesOf(uri, await firstRange(uri, ['production-key-committed']));
    assert.deepEqual(
      actions.map(({ title, isPreferred }) => [title.replace(masked(key('committed')), '…'), isPreferred === true]),
      [
        ['Revoke and Replace ……', true],
        ['Store … as a Connection…', false],
        ['Stop Tracking .env (Keep on Disk)', false],
        ['Show How to Remove … from the History After Revoking', false],
        ['Allow … on This Line', false],
        ['Allow … in This Workspace (by Hash)', false],
      ],
    );
  });

  it('show the steps to clean up this repository, without the key', async () => {
    const repository = init();
    const uri = repository.commit('config.js', `k = "${key('history')}"\n`);
    await open(uri);
    const actions = await fixesOf(uri, await firstRange(uri, ['production-key-committed']));
    const { command } = named(actions, 'Show How to Remove');
    assert.ok(command);
    await vscode.commands.executeCommand(command.command, ...(command.arguments as unknown[]));
    const guide = await vscode.workspace.openTextDocument(vscode.Uri.parse('truework-guide:/Clean Up the History.md'));
    const text = guide.getText();
    assert.ok(
      text.indexOf('1. Revoke the key first') > 0 &&
        text.indexOf('1. Revoke the key first') < text.indexOf('git filter-repo'),
    );
    assert.ok(text.includes(`${path.basename(repository.folder)}-clean.git`));
    assert.ok(text.includes(`{36,}${key('history').slice(-4)}`));
    assert.ok(!text.includes(key('history').slice(8, 30)));
    assert.ok(!text.includes('git push'), 'nothing was pushed');
  });

  it('do nothing when another extension passes invalid arguments', async () => {
    for (const given of [null, 1, 'x', { uri: 1 }, { uri: 'file:///nowhere', keyHash: 'x' }, { leak: { leak: {} } }]) {
      void vscode.commands.executeCommand('truework.allowLeakedKey', given);
      void vscode.commands.executeCommand('truework.unstageLeakyFile', given);
    }
    await vscode.commands.executeCommand('notifications.clearAll');
    assert.equal(vscode.workspace.getConfiguration('truework.leaks').inspect('allow')?.workspaceValue, undefined);
  });
});
