/**
 * A git that does not answer, and files that would block. Every wait ends with a clear result, every started process is
 * gone, and afterwards git works as before.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  constants,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { GitError } from '../../../../src/secrets/git/error.ts';
import { findGit } from '../../../../src/secrets/git/executable.ts';
import { readHistoryCache } from '../../../../src/secrets/git/history-cache.ts';
import { ObjectReader } from '../../../../src/secrets/git/objects.ts';
import { runGit, streamGit, type GitLimits } from '../../../../src/secrets/git/process.ts';
import { discoverRepository } from '../../../../src/secrets/git/repository.ts';
import { startWait } from '../../../../src/secrets/git/waiting.ts';
import { readRegularFile } from '../../../../src/files/regular-file.ts';
import { FileReader } from '../../../../src/secrets/scan/file-reader.ts';
import { runEverything } from './entry-points.ts';
import { key, temporaryFolder, Workbench } from './repositories.ts';

const posix = process.platform !== 'win32';
const gitPath = await findGit();
const SHORT: GitLimits = { answerMs: 300, silenceMs: 300 };

/** A wrapper of git that hangs for the command in a file `hang`, and records its process. */
function hangingGit(): {
  readonly gitPath: string;
  hangAt: (command: string | undefined) => void;
  readonly running: () => number[];
} {
  const folder = temporaryFolder();
  const file = path.join(folder, 'git');
  // It hangs in a child process that ignores SIGTERM, as a wrapper of git can.
  writeFileSync(
    file,
    `#!/bin/sh
hang=$(cat ${folder}/hang 2>/dev/null)
for each in "$@"; do
  if [ -n "$hang" ] && [ "$each" = "$hang" ]; then
    sh -c 'trap "" TERM; echo $$ >> ${folder}/running; while :; do sleep 1; done'
    exit 1
  fi
done
exec ${gitPath} "$@"
`,
  );
  chmodSync(file, 0o755);
  return {
    gitPath: file,
    hangAt: (command) => {
      if (command === undefined) rmSync(`${folder}/hang`, { force: true });
      else writeFileSync(`${folder}/hang`, command);
    },
    running: () =>
      existsSync(`${folder}/running`)
        ? readFileSync(`${folder}/running`, 'utf8').split('\n').filter(Boolean).map(Number).filter(isAlive)
        : [],
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has ended and waits for its parent.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function until(read: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !read(); ) {
    if (Date.now() > end) throw new Error('The condition was not met in time.');
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function pipe(file: string): void {
  rmSync(file, { force: true });
  const { status } = spawnSync('mkfifo', [file]);
  assert.equal(status, 0);
}

function withCode(code: string) {
  return (error: unknown) => error instanceof GitError && error.code === code;
}

describe('A git that does not answer', { skip: !posix && 'needs shell scripts' }, () => {
  for (const command of [
    'version',
    'rev-parse',
    'config',
    'cat-file',
    'ls-files',
    'check-ignore',
    'rev-list',
    'log',
    'for-each-ref',
    'diff',
    'update-index',
    'ls-tree',
    'symbolic-ref',
  ]) {
    it(`is ended, and answers again later, for ${command}`, async () => {
      const bench = Workbench.init();
      bench.commit({ 'a.ts': key('looked at') });
      bench.write('a.ts', `${key('looked at')}\n`).git('add', 'a.ts');
      const git = hangingGit();
      git.hangAt(command);
      const options = { gitPath: git.gitPath, limits: SHORT, changing: true };
      const outcomes = await runEverything(bench.file('a.ts'), key('looked at'), options);
      const codes = new Set(Object.values(outcomes));
      assert.ok(codes.has('timeout'), JSON.stringify(outcomes));
      await until(() => git.running().length === 0);

      git.hangAt(undefined);
      const after = await runEverything(bench.file('a.ts'), key('looked at'), {
        ...options,
        limits: { answerMs: 20_000, silenceMs: 20_000 },
      });
      assert.deepEqual(
        [after['check'], after['scan the history'], after['take a file out of the index']],
        ['head', 'found, complete', 'done'],
      );
    });
  }

  it('is never treated as a clean result', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('looked at') });
    const git = hangingGit();
    const { repository } = await discoverRepository(bench.file('a.ts'), { gitPath: git.gitPath, limits: SHORT });
    using open = repository;
    git.hangAt('cat-file');
    await assert.rejects(
      open.committed('HEAD', 'a.ts'),
      (error) =>
        withCode('timeout')(error) &&
        /did not answer within 1 second and was stopped. Check that/.test((error as Error).message),
    );
    await assert.rejects(
      Promise.all([open.object('HEAD'), open.object('HEAD:a.ts'), open.indexed('a.ts')]),
      withCode('timeout'),
    );
    // The same reader, with the next process.
    git.hangAt(undefined);
    assert.equal((await open.committed('HEAD', 'a.ts'))?.type, 'blob');
  });

  it('can be aborted immediately', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('looked at') });
    const git = hangingGit();
    for (const command of ['version', 'cat-file', 'rev-list', 'ls-files']) {
      git.hangAt(undefined);
      const { repository } = await discoverRepository(bench.file('a.ts'), { gitPath: git.gitPath });
      using open = repository;
      git.hangAt(command);
      const stop = new AbortController();
      const { signal } = stop;
      const asked =
        command === 'version'
          ? discoverRepository(bench.file('a.ts'), { gitPath: hangingCopy(git.gitPath), signal })
          : command === 'cat-file'
            ? open.committed('HEAD', 'a.ts', signal)
            : open.run([command], { signal });
      setImmediate(() => {
        stop.abort();
      });
      await assert.rejects(asked, withCode('aborted'), command);
    }
  });

  it('times out only while it is silent, not while it writes or its output is being read', async () => {
    const folder = temporaryFolder();
    const slow = path.join(folder, 'git');
    writeFileSync(slow, '#!/bin/sh\nfor each in 1 2 3 4 5 6 7 8; do echo $each; sleep 0.1; done\n');
    chmodSync(slow, 0o755);
    const slowly = await runGit(folder, ['log'], { gitPath: slow, timeoutMs: Infinity, silenceMs: 5_000 });
    assert.equal(slowly.stdout.toString().split('\n').length, 9);
    await assert.rejects(runGit(folder, ['log'], { gitPath: slow, timeoutMs: 300 }), withCode('timeout'));

    writeFileSync(slow, '#!/bin/sh\nhead -c 1000000 /dev/zero\n');
    const stream = streamGit(folder, ['log'], { gitPath: slow, silenceMs: 1_000 });
    let bytes = 0;
    for await (const chunk of stream.stdout as AsyncIterable<Buffer>) {
      if (bytes === 0)
        await new Promise((resolve) => {
          setTimeout(resolve, 1_500);
        });
      bytes += chunk.length;
    }
    assert.deepEqual([bytes, await stream.done], [1_000_000, 0]);
  });

  it('does not time out because the computer slept or this program was busy', async () => {
    let ended = false;
    const wait = startWait(400, () => {
      ended = true;
    });
    for (let busy = 0; busy < 3; busy++) {
      for (const end = Date.now() + 500; Date.now() < end; );
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    assert.equal(ended, false);
    wait.stop();
  });

  it('is replaced if it writes unexpected output', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('looked at') });
    const folder = temporaryFolder();
    for (const nonsense of [
      'echo hello',
      'head -c 300000 /dev/zero',
      'echo 0123456789012345678901234567890123456789 blob 5; echo hel',
    ]) {
      const once = path.join(folder, 'git');
      writeFileSync(
        once,
        `#!/bin/sh\nif [ -e ${folder}/again ]; then exec ${gitPath} "$@"; fi\ntouch ${folder}/again\nread line\n${nonsense}\nread line\n`,
      );
      chmodSync(once, 0o755);
      const reader = new ObjectReader(bench.folder, { gitPath: once, limits: SHORT });
      await assert.rejects(reader.read('HEAD'), GitError, nonsense);
      assert.equal((await reader.read('HEAD:a.ts'))?.type, 'blob');
      reader.close();
      rmSync(`${folder}/again`);
    }
  });
});

/** Another name for the same program: the version is read once for each name. */
function hangingCopy(file: string): string {
  const copy = path.join(temporaryFolder(), 'git');
  writeFileSync(copy, readFileSync(file));
  chmodSync(copy, 0o755);
  return copy;
}

describe('A named pipe in place of a file', { skip: !posix && 'there are none' }, () => {
  const limits: GitLimits = { answerMs: 500, silenceMs: 500 };

  for (const name of [
    '.gitignore',
    '.gitattributes',
    '.git/index',
    '.git/HEAD',
    '.git/config',
    '.git/packed-refs',
    '.git/shallow',
    '.git/info/exclude',
    '.git/info/attributes',
    '.git/objects/info/alternates',
    '.git/refs/heads/main',
    '.gitmodules',
    'a.ts',
    '.secretlintrc.json',
  ]) {
    it(`blocks nothing as ${name}`, async () => {
      const bench = Workbench.init();
      bench.commit({ 'a.ts': key('looked at') });
      bench.write('b.ts', key('looked at'));
      const aside = `${temporaryFolder()}/aside`;
      if (existsSync(bench.file(name))) renameSync(bench.file(name), aside);
      pipe(bench.file(name));
      for (const file of ['a.ts', 'b.ts']) {
        const outcomes = await runEverything(bench.file(file), key('looked at'), { limits });
        for (const [what, outcome] of Object.entries(outcomes)) {
          // Calls that need the file fail with a reason, all others answer.
          assert.ok(!['failed', 'not-found', 'aborted'].includes(outcome), `${what}: ${outcome}`);
        }
        // Detected before git runs, so that nothing waits.
        if (['.git/index', '.git/HEAD', '.git/config', '.git/packed-refs', '.git/shallow'].includes(name))
          assert.equal(outcomes['discover'], 'unreadable');
        // Unknown, not "nowhere".
        if (['.git/index', '.git/HEAD', '.git/packed-refs', '.git/refs/heads/main'].includes(name))
          assert.match(outcomes['check'] ?? outcomes['discover'] ?? '', /^(?:timeout|unreadable)$/);
      }
      unlinkSync(bench.file(name));
      if (existsSync(aside)) renameSync(aside, bench.file(name));
      assert.equal((await runEverything(bench.file('a.ts'), key('looked at')))['check'], 'head');
    });
  }

  it('blocks nothing as an object', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('looked at'), 'b.ts': key('other') });
    const oid = bench.git('rev-parse', 'HEAD:a.ts');
    const file = bench.file(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`);
    const content = readFileSync(file);
    pipe(file);
    const { repository } = await discoverRepository(bench.file('a.ts'), { limits });
    using open = repository;
    await assert.rejects(open.committed('HEAD', 'a.ts'), GitError);
    assert.equal((await open.committed('HEAD', 'b.ts'))?.type, 'blob');
    unlinkSync(file);
    writeFileSync(file, content);
    assert.equal((await open.committed('HEAD', 'a.ts'))?.type, 'blob');
  });

  it('is opened by none of our processes', async () => {
    const file = path.join(temporaryFolder(), 'pipe');
    pipe(file);
    await assert.rejects(readRegularFile(file), { code: 'EINVAL' });
    assert.equal(await readHistoryCache(file), undefined);
    assert.deepEqual(new FileReader({}).read(file), { kind: 'no-file' });
    // Nor is it opened, which would unblock a waiting writer.
    let opened = false;
    const writing = open(file, 'w').then((handle) => {
      opened = true;
      return handle;
    });
    await assert.rejects(readRegularFile(file), { code: 'EINVAL' });
    for (let round = 0; round < 20; round++)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    assert.equal(opened, false);
    const reading = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    await (await writing).close();
    await reading.close();
    await assert.rejects(readRegularFile(temporaryFolder()), { code: 'EINVAL' });
    const large = path.join(temporaryFolder(), 'large');
    writeFileSync(large, 'x'.repeat(100));
    await assert.rejects(readRegularFile(large, 99), { code: 'EFBIG' });
    assert.equal((await readRegularFile(large, 100)).length, statSync(large).size);
  });
});
