import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { GitError } from '../../../../src/secrets/git/error.ts';
import { findGit, isInside } from '../../../../src/secrets/git/executable.ts';
import { ObjectReader } from '../../../../src/secrets/git/objects.ts';
import { runGit } from '../../../../src/secrets/git/process.ts';
import { discoverRepository } from '../../../../src/secrets/git/repository.ts';
import { removeFromIndex, stagedFindings, unstage } from '../../../../src/secrets/git/staging.ts';
import { hashOf, key, listed, recordingSpawn, scan, temporaryFolder, Workbench } from './repositories.ts';

const gitPath = await findGit();
const posix = process.platform !== 'win32';

/** A program in place of git that runs the script. */
function program(folder: string, script: string, name = 'git'): string {
  const file = path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function withCode(code: string) {
  return (error: unknown) => error instanceof GitError && error.code === code;
}

describe('Which git runs', { skip: !posix && 'needs shell scripts' }, () => {
  it('is the first on the search path', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    program(two, 'true');
    assert.equal(await findGit({ searchPath: [one, two].join(path.delimiter) }), path.join(two, 'git'));
  });

  it('is never inside a workspace folder, directly or through a link, nor in the current directory', async () => {
    const workspace = temporaryFolder();
    const bin = path.join(workspace, 'bin');
    program(bin, 'true');
    const outside = temporaryFolder();
    symlinkSync(bin, path.join(outside, 'linked'));
    mkdirSync(path.join(outside, 'own'));
    symlinkSync(path.join(bin, 'git'), path.join(outside, 'own/git'));
    for (const entry of [bin, path.join(outside, 'linked'), path.join(outside, 'own')]) {
      await assert.rejects(findGit({ searchPath: entry, notInside: [workspace] }), withCode('not-found'));
    }
    await assert.rejects(findGit({ searchPath: ['', '.', 'bin'].join(path.delimiter) }), withCode('not-found'));
    const before = process.cwd();
    process.chdir(bin);
    try {
      await assert.rejects(findGit({ searchPath: bin }), withCode('not-found'));
    } finally {
      process.chdir(before);
    }
  });

  it('is never in the repository itself', async () => {
    const bench = Workbench.init();
    program(bench.file('tools'), 'touch "$0.ran"');
    mkdirSync(bench.file('src'));
    const before = process.env['PATH'];
    process.env['PATH'] = `${bench.file('tools')}${path.delimiter}${before ?? ''}`;
    try {
      const { repository } = await discoverRepository(bench.file('src/a.ts'));
      assert.equal(isInside(repository.tool.gitPath, bench.folder), false);
    } finally {
      process.env['PATH'] = before;
    }
    assert.equal(existsSync(bench.file('tools/git.ran')), false);
  });

  it('is an error with advice if there is none', async () => {
    await assert.rejects(findGit({ searchPath: temporaryFolder() }), /Install git/);
    await assert.rejects(runGit(temporaryFolder(), ['version'], { gitPath: '/nowhere/git' }), withCode('not-found'));
  });
});

describe('A git process', () => {
  it('inherits no variable of a surrounding git', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'hello' });
    const names = [
      'GIT_DIR',
      'GIT_WORK_TREE',
      'GIT_INDEX_FILE',
      'GIT_OBJECT_DIRECTORY',
      'GIT_EXTERNAL_DIFF',
      'GIT_TRACE',
    ];
    for (const name of names) process.env[name] = path.join(temporaryFolder(), 'elsewhere');
    try {
      const { repository } = await discoverRepository(bench.file('a.ts'));
      using open = repository;
      assert.equal(open.root, bench.folder);
      assert.equal((await open.indexed('a.ts')).length, 1);
      const { stdout } = await open.run(['var', 'GIT_PAGER']);
      assert.equal(stdout.toString().trim(), 'cat');
    } finally {
      for (const name of names) Reflect.deleteProperty(process.env, name);
    }
  });

  it('reports that there is no repository', async () => {
    await assert.rejects(discoverRepository(temporaryFolder()), withCode('not-a-repository'));
    await assert.rejects(
      discoverRepository(path.join(temporaryFolder(), 'no/such/file.ts')),
      withCode('not-a-repository'),
    );
  });

  it('reports that another user owns the repository', {
    skip: process.getuid?.() !== 0 && 'only root can change the owner of a folder',
  }, async () => {
    const bench = Workbench.init();
    const { chownSync } = await import('node:fs');
    chownSync(bench.folder, 12345, 12345);
    await assert.rejects(discoverRepository(bench.file('a.ts')), withCode('dubious-ownership'));
  });

  it('ends when canceled, when too slow, or when its output is too long', {
    skip: !posix && 'needs shell scripts',
  }, async () => {
    const folder = temporaryFolder();
    const slow = program(folder, 'exec sleep 60', 'slow');
    await assert.rejects(runGit(folder, ['version'], { gitPath: slow, timeoutMs: 50 }), withCode('timeout'));
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, 20);
    await assert.rejects(
      runGit(folder, ['version'], { gitPath: slow, signal: controller.signal }),
      withCode('aborted'),
    );
    await assert.rejects(
      runGit(folder, ['version'], { gitPath: slow, signal: AbortSignal.abort() }),
      withCode('aborted'),
    );
    const talkative = program(folder, 'exec yes', 'talkative');
    await assert.rejects(
      runGit(folder, ['version'], { gitPath: talkative, maxBytes: 1000 }),
      withCode('too-much-output'),
    );
  });

  it('shows no key in its errors', { skip: !posix && 'needs shell scripts' }, async () => {
    const folder = temporaryFolder();
    const failing = program(folder, `echo "fatal: bad file ${key('error')}" >&2; exit 128`);
    await assert.rejects(
      runGit(folder, ['status'], { gitPath: failing }),
      (error) =>
        error instanceof GitError &&
        error.exitCode === 128 &&
        error.detail.includes('bad file') &&
        !JSON.stringify([error.message, error.detail, error.stack]).includes(key('error').slice(8)),
    );
  });
});

describe('A repository whose settings name programs', { skip: !posix && 'needs shell scripts' }, () => {
  it('starts none of them', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('a'), 'b.ts': key('b'), 'gone.ts': 'x' });
    const marker = path.join(temporaryFolder(), 'ran');
    const evil = program(temporaryFolder(), `echo "$0 $*" >> ${marker}; cat`, 'evil');
    for (const setting of [
      'core.fsmonitor',
      'core.pager',
      'pager.log',
      'pager.diff',
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'gpg.program',
      'core.sshCommand',
      'core.askPass',
      'core.editor',
      'core.alternateRefsCommand',
      'credential.helper',
      'merge.evil.driver',
      'uploadpack.packObjectsHook',
      'remote.origin.uploadpack',
    ]) {
      bench.git('config', setting, evil);
    }
    bench.git('config', 'log.showSignature', 'true');
    bench.git('config', 'log.diffMerges', 'separate');
    bench.git('config', 'log.showRoot', 'false');
    bench.git('config', 'diff.orderFile', '/nowhere/order');
    bench.git('config', 'diff.relative', 'true');
    bench.git('config', 'diff.noprefix', 'true');
    bench.git('config', 'format.pretty', 'oneline');
    bench.git('config', 'color.ui', 'always');
    bench.git('config', 'core.hooksPath', path.dirname(evil));
    for (const hook of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction', 'pre-commit']) {
      program(bench.file('.git/hooks'), `echo hook >> ${marker}`, hook);
      program(path.dirname(evil), `echo hook >> ${marker}`, hook);
    }
    bench.write('.gitattributes', '* filter=evil diff=evil merge=evil\n');
    bench.write('new.ts', key('new'));
    const { repository } = await bench.discover('a.ts');
    using open = repository;
    const history = await bench.scanHistory();
    assert.equal(history.hits.get(hashOf(key('a')))?.firstCommit?.path, 'a.ts');
    await bench.verdict('a.ts', key('a'));
    await bench.verdict('new.ts', key('new'));
    await stagedFindings(open, { scan });
    assert.equal((await listed(open)).length, 5);
    await unstage(open, 'a.ts');
    await removeFromIndex(open, 'b.ts');
    assert.equal(existsSync(marker) ? readFileSync(marker, 'utf8') : '', '');
    // The trap works with plain git.
    assert.throws(() => {
      bench.git('add', '--all');
      bench.git('diff', 'HEAD');
      assert.equal(existsSync(marker), false);
    });
  });

  it('does not use a work tree that the settings move elsewhere', async () => {
    const bench = Workbench.init();
    bench.write('a.ts', '');
    bench.git('config', 'core.worktree', temporaryFolder());
    await assert.rejects(discoverRepository(bench.file('a.ts')), withCode('not-a-repository'));
    await assert.rejects(discoverRepository(bench.file('.git/COMMIT_EDITMSG')), withCode('not-a-repository'));
  });

  it('does not use the work tree of another project through a .git file', async () => {
    const other = Workbench.init();
    other.git('config', 'core.worktree', other.folder);
    const bench = new Workbench(temporaryFolder());
    bench.write('.git', `gitdir: ${path.join(other.folder, '.git')}\n`).write('a.ts', '');
    await assert.rejects(discoverRepository(bench.file('a.ts')), withCode('not-a-repository'));
  });
});

describe('The reader of objects', () => {
  it('answers in order, also for objects that are missing or too large', async () => {
    const bench = Workbench.init();
    const big = 'x'.repeat(300_000);
    bench.commit({ 'a.ts': 'hello\n', 'empty.ts': '', 'big.ts': big });
    const reader = new ObjectReader(bench.folder, { gitPath, spawn: recordingSpawn }, { maxBytes: 100_000 });
    const names = [
      'HEAD:a.ts',
      'HEAD:no such file',
      'HEAD:big.ts',
      'HEAD:empty.ts',
      'HEAD:a.ts',
      '0'.repeat(40),
      'HEAD',
    ];
    const [a, none, large, empty, again, zero, head] = await Promise.all(names.map((name) => reader.read(name)));
    assert.equal(a?.content?.toString(), 'hello\n');
    assert.equal(none, undefined);
    assert.deepEqual([large?.size, large?.content], [big.length, undefined]);
    assert.deepEqual([empty?.size, empty?.content?.length], [0, 0]);
    assert.equal(again?.oid, a.oid);
    assert.equal(zero, undefined);
    assert.equal(head?.type, 'commit');
    reader.close();
    assert.equal((await reader.read('HEAD:a.ts'))?.size, 6);
    reader.close();
  });

  it('rejects a name with a line break, and rejects all requests when git ends', async () => {
    const reader = new ObjectReader(temporaryFolder(), { gitPath });
    await assert.rejects(reader.read('HEAD:a\nHEAD:b'), withCode('failed'));
    await assert.rejects(Promise.all([reader.read('HEAD'), reader.read('HEAD')]), withCode('not-a-repository'));
  });

  it('ends after a while without requests, and starts again', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'hello' });
    let started = 0;
    const reader = new ObjectReader(
      bench.folder,
      {
        gitPath,
        spawn: (...args) => {
          started++;
          return recordingSpawn(...args);
        },
      },
      { idleMs: 1 },
    );
    await reader.read('HEAD');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await reader.read('HEAD:a.ts'))?.size, 5);
    assert.equal(started, 2);
    reader.close();
  });
});
