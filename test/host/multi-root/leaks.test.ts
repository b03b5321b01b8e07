import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeAll, key, open, problems, Repository, run, until, untilCodes } from '../leaks/workbench.ts';

/** A workspace of two folders, each with a repository of its own. */
describe('Leaked keys in a workspace of two folders', () => {
  let service: Repository;
  let web: Repository;

  before(async function () {
    this.timeout(90_000);
    const [first, second] = await until(
      'both folders',
      () => {
        const { workspaceFolders, workspaceFile } = vscode.workspace;
        if (workspaceFolders?.length === 2) return workspaceFolders;
        // A busy editor may look for this file before it can reach the disk; it looks again when the file changes.
        if (workspaceFile?.scheme === 'file') writeFileSync(workspaceFile.fsPath, readFileSync(workspaceFile.fsPath));
        return undefined;
      },
      60_000,
    );
    assert.ok(first && second);
    [service, web] = [new Repository(first.uri.fsPath), new Repository(second.uri.fsPath)];
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
  });
  afterEach(closeAll);

  it('are found by one scan in both, with verdicts from their own repositories', async () => {
    const committed = service.commit('config.rb', `KEY = '${key('in service')}'\n`);
    web.write('.gitignore', '.env\n');
    const ignored = web.write('.env', `KEY=${key('in web')}\n`);
    await run('truework.scanWorkspaceForLeakedKeys');
    await untilCodes(committed, ['production-key-committed']);
    await untilCodes(ignored, ['production-key-ignored']);
  }).timeout(60_000);

  it('are subject to the settings of their folder', async () => {
    const [here, there] = [service, web].map((repository) =>
      repository.write('samples/a.txt', `${key('in samples')}\n`),
    );
    assert.ok(here && there);
    const settings = vscode.workspace.getConfiguration('truework.leaks', here);
    await settings.update('exclude', ['samples/**'], vscode.ConfigurationTarget.WorkspaceFolder);
    try {
      await open(there);
      await untilCodes(there, ['production-key-untracked']);
      await open(here);
      await run('truework.refreshLeakedKeys');
      assert.deepEqual(problems(here), []);
    } finally {
      await settings.update('exclude', undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    }
    await untilCodes(here, ['production-key-untracked']);
  }).timeout(60_000);

  it('are found in the history of both', async () => {
    for (const repository of [service, web]) {
      repository.commit('past.txt', `${key(`past of ${path.basename(repository.folder)}`)}\n`);
      repository.commit('past.txt', 'nothing\n');
    }
    await run('truework.scanHistoryForLeakedKeys');
    for (const repository of [service, web]) {
      const again = repository.write('again.txt', `${key(`past of ${path.basename(repository.folder)}`)}\n`);
      await open(again);
      await untilCodes(again, ['production-key-committed']);
    }
  }).timeout(60_000);

  it('in a submodule get verdicts from its repository', async () => {
    const library = Repository.init();
    try {
      library.commit('lib.py', `KEY = "${key('in the library')}"\n`);
      web.git('submodule', 'add', '--quiet', library.folder, 'library');
      web.git('commit', '--quiet', '--message=a submodule');
      const inside = vscode.Uri.file(path.join(web.folder, 'library/lib.py'));
      await run('truework.scanWorkspaceForLeakedKeys');
      // Cloned from where it is committed: that counts as pushed.
      await untilCodes(inside, ['production-key-pushed']);
    } finally {
      library.remove();
    }
  }).timeout(60_000);
});
