import assert from 'node:assert/strict';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { hashKey } from '../../../src/secrets/detector/allow-list.ts';
import { FIX_COMMANDS } from '../../../src/leaks/fixes/ids.ts';
import { findGit } from '../../../src/secrets/git/executable.ts';
import { discoverRepository } from '../../../src/secrets/git/repository.ts';
import { RecordedGit } from '../leaks/recorded-git.ts';
import { closeAll, fixesOf, key, open, Repository, run, until, untilCodes } from '../leaks/workbench.ts';

describe('In Restricted Mode git does not run', () => {
  let git: RecordedGit;
  let repository: Repository;
  let real: string;

  before(async () => {
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    repository = new Repository(folder.uri.fsPath);
    repository.git('init', '--quiet', '--initial-branch=main');
    repository.commit('committed.js', `const key = '${key('in a restricted commit')}';\n`);
    real = await findGit();
    git = await RecordedGit.install();
    // A git that runs would also run this program.
    const evil = path.join(repository.folder, '.git', 'evil');
    writeFileSync(evil, '#!/bin/sh\ntouch "$0.ran"\n');
    chmodSync(evil, 0o755);
    repository.git('config', 'core.fsmonitor', evil);
    git.forget();
  });
  afterEach(closeAll);
  after(() => {
    git.remove();
    rmSync(path.join(repository.folder, '.git'), { recursive: true, force: true });
  });

  /** Git did not run, even after the time it takes to find a repository: any git process would have started by then. */
  async function assertNoGit(): Promise<void> {
    for (let round = 0; round < 3; round += 1)
      (await discoverRepository(repository.folder, { gitPath: real })).repository.close();
    assert.deepEqual(git.runs, []);
    assert.equal(existsSync(path.join(repository.folder, '.git', 'evil.ran')), false);
  }

  async function openLeak(): Promise<vscode.Diagnostic> {
    const uri = vscode.Uri.file(path.join(repository.folder, 'committed.js'));
    await open(uri);
    const [problem] = await until('the problem', () => {
      const found = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Truework');
      return found.length > 0 && found;
    });
    assert.ok(problem);
    return problem;
  }

  it('when a file with a key is opened', async () => {
    await openLeak();
    await untilCodes(vscode.Uri.file(path.join(repository.folder, 'committed.js')), ['production-key-restricted']);
    await assertNoGit();
  });

  it('when everything is scanned again', async () => {
    await vscode.commands.executeCommand('truework.refreshLeakedKeys');
    await assertNoGit();
  });

  for (const [when, command] of [
    ['the workspace is scanned', 'truework.scanWorkspaceForLeakedKeys'],
    ['a scan of the history is requested', 'truework.scanHistoryForLeakedKeys'],
    ['a leak check is requested', 'truework.addLeakCheck'],
  ] as const) {
    it(`when ${when}`, async () => {
      await run(command);
      await assertNoGit();
    });
  }

  it('when fixes are listed, previewed and run, also by other extensions', async () => {
    const problem = await openLeak();
    const uri = vscode.Uri.file(path.join(repository.folder, 'committed.js'));
    const actions = await fixesOf(uri, problem.range);
    assert.ok(actions.some(({ title, edit }) => title.startsWith('Move ') && edit !== undefined));
    const reference = { uri: uri.toString(), keyHash: hashKey(key('in a restricted commit')) };
    for (const command of [FIX_COMMANDS.untrackFile, FIX_COMMANDS.unstageFile, FIX_COMMANDS.showCleanUpSteps]) {
      await run(command, reference);
      await assertNoGit();
    }
    await assertNoGit();
  });

  it('before a commit with a key that is staged, or in its message', async () => {
    repository.write('staged.js', `const key = '${key('in a restricted index')}';\n`);
    // Without running the program.
    repository.git('-c', 'core.fsmonitor=', 'add', 'staged.js');
    await untilCodes(vscode.Uri.file(path.join(repository.folder, 'staged.js')), []);
    await vscode.commands.executeCommand('truework.refreshLeakedKeys');
    await assertNoGit();
  });

  it('although the wrapper records a run', async () => {
    (await discoverRepository(repository.folder)).repository.close();
    assert.ok(git.runs.length > 0);
  });
});
