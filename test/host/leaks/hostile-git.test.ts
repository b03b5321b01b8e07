import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { RecordedGit } from './recorded-git.ts';
import { closeAll, fixesOf, key, masked, open, problems, Repository, until, untilCodes } from './workbench.ts';

describe('A trusted repository', () => {
  let git: RecordedGit;
  let repository: Repository;
  before(async () => {
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
    git = await RecordedGit.install();
  });
  beforeEach(() => {
    repository = Repository.init();
  });
  afterEach(async () => {
    git.hangAt(undefined);
    await closeAll();
    repository.remove();
  });
  after(() => {
    git.remove();
  });

  it('does not run its own programs when git is queried', async () => {
    const uri = repository.commit('a.js', `const key = '${key('hostile')}';\n`);
    const evil = path.join(repository.folder, '.git', 'evil');
    writeFileSync(evil, '#!/bin/sh\ntouch "$0.ran"\nexit 1\n');
    chmodSync(evil, 0o755);
    for (const setting of [
      'core.fsmonitor',
      'core.pager',
      'diff.external',
      'filter.evil.clean',
      'filter.evil.process',
      'core.sshCommand',
      'gpg.program',
    ])
      repository.git('config', setting, evil);
    writeFileSync(path.join(repository.folder, '.git/info/attributes'), '* filter=evil diff=evil\n');
    for (const hook of ['post-index-change', 'reference-transaction', 'pre-commit']) {
      writeFileSync(
        path.join(repository.folder, '.git/hooks', hook),
        '#!/bin/sh\ntouch "$(dirname "$0")/../evil.ran"\n',
      );
      chmodSync(path.join(repository.folder, '.git/hooks', hook), 0o755);
    }
    git.forget();
    await open(uri);
    const [problem] = await until('the verdict that it is committed', () => {
      const found = problems(uri).filter(({ message }) => message.includes('is committed'));
      return found.length > 0 && found;
    });
    assert.ok(problem);
    await fixesOf(uri, problem.range);
    assert.ok(git.runs.length > 0);
    assert.equal(existsSync(`${evil}.ran`), false);
    assert.throws(() => {
      repository.git('status');
      assert.equal(existsSync(`${evil}.ran`), false);
    }, 'plain git runs the program');
  });

  it('offers fixes that need no git while git hangs, reports the timeout, and queries git again', async function () {
    // Twice the time limit of a git query.
    this.timeout(240_000);
    const uri = repository.commit('a.js', `const key = '${key('hanging')}';\n`);
    git.hangAt('cat-file');
    await open(uri);
    const [problem] = await untilCodes(uri, ['production-key-checking']);
    assert.ok(problem);
    const mask = masked(key('hanging'));
    const titles = (await fixesOf(uri, problem.range)).map(({ title }) => title);
    assert.ok(titles.includes(`Replace ${mask} with process.env.TRUEWORK_API_KEY`), titles.join('\n'));
    assert.ok(titles.includes(`Revoke and Replace ${mask}…`), titles.join('\n'));
    await until(
      'the timeout to be reported',
      () => problems(uri).some(({ message }) => message.includes('git did not answer in time')),
      150_000,
    );
    git.hangAt(undefined);
    await vscode.commands.executeCommand('truework.refreshLeakedKeys');
    await until('the verdict that it is committed', () =>
      problems(uri).some(({ message }) => message.includes('is committed')),
    );
  });
});
