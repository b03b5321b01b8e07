import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { verdictsOf } from '../../../../src/secrets/git/verdict.ts';
import { certain, hashOf, key, scan, temporaryFolder, Workbench } from './repositories.ts';

describe('The location of a key', () => {
  it('is untracked if git does not know the file', async () => {
    const bench = Workbench.init();
    bench.commit({ 'readme.md': 'hello' });
    bench.write('config.ts', key('a'));
    const verdict = await bench.verdict('config.ts', key('a'));
    assert.deepEqual(verdict, {
      location: 'untracked',
      locations: ['untracked'],
      pushed: false,
      alsoIn: [],
    });
  });

  it('is ignored, with the matching line', async () => {
    const bench = Workbench.init();
    bench.commit({ '.gitignore': '# secrets\n.env*\n!.env.example\n' });
    bench.write('app/.env', key('a'));
    const verdict = await bench.verdict('app/.env', key('a'));
    assert.equal(verdict.location, 'ignored');
    assert.deepEqual(verdict.ignoredBy, { file: '.gitignore', line: 2, pattern: '.env*' });
    assert.equal((await bench.verdict('.env.example', key('a'))).location, 'untracked');
  });

  it('is in a tracked file even if .gitignore names it', async () => {
    const bench = Workbench.init();
    bench.commit({ '.env': 'empty' });
    bench.commit({ '.gitignore': '.env\n' });
    bench.write('.env', key('a'));
    const verdict = await bench.verdict('.env', key('a'));
    assert.deepEqual([verdict.location, verdict.ignoredBy], ['working-tree', undefined]);
    bench.git('add', '--force', '.env');
    assert.equal((await bench.verdict('.env', key('a'))).location, 'staged');
  });

  it('is working-tree, then staged, then head', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'nothing yet' });
    bench.write('a.ts', key('a'));
    assert.deepEqual((await bench.verdict('a.ts', key('a'))).locations, ['working-tree']);
    bench.git('add', 'a.ts');
    assert.deepEqual((await bench.verdict('a.ts', key('a'))).locations, ['staged']);
    const commit = bench.commit();
    const verdict = await bench.verdict('a.ts', key('a'));
    assert.deepEqual([verdict.locations, verdict.pushed, verdict.incompleteBecause], [['head'], false, undefined]);
    assert.equal(verdict.firstCommit?.commit, commit);
    assert.equal(verdict.firstCommit.authorName, 'Ada');
    assert.match(verdict.firstCommit.authorDate, /^2023-11-1\dT.*\+02:00$/);
  });

  it('is determined for each key of a file: one in the index, another in the working tree', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('committed') });
    bench.write('a.ts', `${key('committed')} ${key('staged')}`).git('add', 'a.ts');
    bench.write('a.ts', key('typed'));
    const { repository, relativePath } = await bench.discover('a.ts');
    using open = repository;
    const hashes = ['committed', 'staged', 'typed'].map((name) => hashOf(key(name)));
    const verdicts = await verdictsOf(open, relativePath, hashes, { scan, history: await bench.scanHistory() });
    assert.deepEqual(
      hashes.map((hash) => verdicts.get(hash)?.location),
      ['head', 'staged', 'working-tree'],
    );
  });

  it('follows the index and HEAD in the same open repository', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'nothing yet' });
    const { repository, relativePath } = await bench.discover('a.ts');
    using open = repository;
    const place = async () =>
      (await verdictsOf(open, relativePath, [hashOf(key('a'))], { scan })).get(hashOf(key('a')))?.location;
    assert.equal(await place(), 'working-tree');
    bench.write('a.ts', key('a')).git('add', 'a.ts');
    assert.equal(await place(), 'staged');
    bench.commit();
    assert.equal(await place(), 'head');
    bench.git('reset', '--quiet', '--soft', 'HEAD~');
    assert.equal(await place(), 'staged');
  });

  it('is history, with the earlier name, if the key was removed later', async () => {
    const bench = Workbench.init();
    const first = bench.commit({ 'old name.ts': `// some lines\n// that stay\n// the same\nconst k = '${key('a')}';` });
    bench.git('mv', 'old name.ts', 'new.ts');
    bench.commit();
    bench.commit({ 'new.ts': 'process.env.TRUEWORK_API_KEY' });
    bench.write('new.ts', key('a'));
    const verdict = await bench.verdict('new.ts', key('a'));
    assert.deepEqual(verdict.locations, ['history', 'working-tree']);
    assert.deepEqual([verdict.firstCommit?.commit, verdict.firstCommit?.path], [first, 'old name.ts']);
  });

  it('is history for an ignored .env whose key was once in another file', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('a'), '.gitignore': '.env' });
    bench.commit({ 'a.ts': '' });
    bench.write('.env', key('a'));
    const verdict = await bench.verdict('.env', key('a'));
    assert.deepEqual([verdict.locations, verdict.firstCommit?.path], [['history', 'ignored'], 'a.ts']);
  });

  it('is staged if either side of an unresolved conflict contains the key', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'base\n' });
    bench.git('checkout', '--quiet', '-b', 'theirs');
    bench.commit({ 'a.ts': `${key('theirs')}\n` });
    bench.git('checkout', '--quiet', 'main');
    bench.commit({ 'a.ts': 'ours\n' });
    assert.throws(() => bench.git('merge', 'theirs'));
    assert.deepEqual((await bench.verdict('a.ts', key('theirs'))).locations, ['history', 'staged']);
  });

  it('is staged on an unborn branch, where nothing is committed', async () => {
    const bench = Workbench.init();
    bench.write('a.ts', key('a'));
    assert.equal((await bench.verdict('a.ts', key('a'))).location, 'untracked');
    bench.git('add', 'a.ts');
    const verdict = await bench.verdict('a.ts', key('a'));
    assert.deepEqual([verdict.locations, verdict.pushed, verdict.incompleteBecause], [['staged'], false, undefined]);
  });

  it('is head on a detached HEAD with commits of its own', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '' });
    bench.git('checkout', '--quiet', '--detach');
    const commit = bench.commit({ 'a.ts': key('a') });
    const verdict = await bench.verdict('a.ts', key('a'));
    assert.deepEqual([verdict.locations, verdict.firstCommit?.commit], [['head'], commit]);
  });

  it('is determined in a repository with SHA-256 object names', async () => {
    const bench = Workbench.init('--object-format=sha256');
    const commit = bench.commit({ 'a.ts': key('a') });
    assert.equal(commit.length, 64);
    const verdict = await bench.verdict('a.ts', key('a'));
    assert.deepEqual([verdict.location, verdict.firstCommit?.commit], ['head', commit]);
  });

  it('is determined whatever the file is called', {
    skip: process.platform === 'win32' && 'Windows has no such names',
  }, async () => {
    const names = [
      '-rf',
      'two\nlines.ts',
      ':(top)odd',
      ':1:stage',
      'with space ',
      'größe/日本.ts',
      'back\\slash',
      'carriage\r',
      '*.ts',
      '"quoted"',
      '!not',
      '#hash',
    ];
    const bench = Workbench.init();
    const commit = bench.commit(Object.fromEntries(names.map((name) => [name, key(name)])));
    for (const name of names) bench.write(name, key(`staged in ${name}`));
    bench.git('add', '--all');
    for (const name of names) bench.write(`new/${name}`, '');
    const history = await bench.scanHistory();
    const { repository } = await bench.discover('.');
    using open = repository;
    for (const name of names) {
      const { relativePath } = await bench.discover(name);
      assert.equal(relativePath, name);
      const [committed, staged] = [hashOf(key(name)), hashOf(key(`staged in ${name}`))];
      const verdicts = await verdictsOf(open, name, [committed, staged], { scan, history });
      const { location: place, firstCommit } = certain(verdicts.get(committed));
      assert.deepEqual([place, firstCommit?.commit, firstCommit?.path], ['head', commit, name]);
      assert.equal(verdicts.get(staged)?.location, 'staged');
      assert.equal(
        (await verdictsOf(open, `new/${name}`, [committed], { scan })).get(committed)?.location,
        'untracked',
      );
    }
  });

  it('is that of the target for a symbolic link', async () => {
    const outer = Workbench.init();
    outer.commit({ 'readme.md': '' });
    const other = Workbench.init();
    other.commit({ 'real.ts': key('a') });
    symlinkSync(other.file('real.ts'), outer.file('link.ts'));
    symlinkSync(other.folder, outer.file('linked'));
    outer.commit();
    assert.equal((await outer.verdict('link.ts', key('a'))).location, 'head');
    assert.equal((await outer.verdict('linked/real.ts', key('a'))).location, 'head');
  });

  it('is determined in a linked work tree and in a submodule', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '' });
    const worktree = path.join(temporaryFolder(), 'tree');
    bench.git('worktree', 'add', '--quiet', '-b', 'side', worktree);
    const side = new Workbench(worktree);
    side.commit({ 'a.ts': key('a') });
    const verdict = await side.verdict('a.ts', key('a'));
    assert.deepEqual([verdict.locations, verdict.incompleteBecause], [['head'], undefined]);
    bench.write('a.ts', key('a'));
    const inMain = await bench.verdict('a.ts', key('a'));
    assert.deepEqual([inMain.locations, inMain.alsoIn], [['history', 'working-tree'], ['branch']]);

    const outer = Workbench.init();
    outer.git('submodule', '--quiet', 'add', bench.folder, 'inner');
    outer.commit();
    new Workbench(outer.file('inner')).write('b.ts', key('b'));
    assert.equal((await outer.verdict('inner/b.ts', key('b'))).location, 'untracked');
    const found = await outer.discover('inner/b.ts');
    assert.deepEqual([found.relativePath, found.repository.root], ['b.ts', outer.file('inner')]);
  });
});

describe('Whether a key is pushed', () => {
  function withRemote(): { bench: Workbench; remote: string } {
    const remote = temporaryFolder();
    new Workbench(remote).git('init', '--quiet', '--bare', '--initial-branch=main');
    const bench = Workbench.init();
    bench.git('remote', 'add', 'origin', remote);
    bench.commit({ 'readme.md': '' });
    bench.git('push', '--quiet', 'origin', 'main');
    return { bench, remote };
  }

  it('is true only if a remote-tracking branch reaches a commit with it', async () => {
    const { bench } = withRemote();
    bench.commit({ 'a.ts': key('a') });
    bench.commit({ 'a.ts': '' });
    bench.write('a.ts', key('a'));
    assert.deepEqual(
      [(await bench.verdict('a.ts', key('a'))).pushed, (await bench.verdict('a.ts', key('a'))).location],
      [false, 'history'],
    );
    bench.git('push', '--quiet', 'origin', 'main:topic');
    const verdict = await bench.verdict('a.ts', key('a'));
    assert.deepEqual([verdict.pushed, verdict.alsoIn], [true, ['remote-branch']]);
  });

  it('follows from HEAD and the remote branches if the history is not scanned', async () => {
    const { bench } = withRemote();
    bench.commit({ 'a.ts': key('a') });
    const before = await bench.verdict('a.ts', key('a'), { history: false });
    assert.deepEqual(
      [before.location, before.pushed, before.incompleteBecause],
      ['head', 'unknown', 'history-not-scanned'],
    );
    bench.git('push', '--quiet', 'origin', 'main');
    assert.equal((await bench.verdict('a.ts', key('a'), { history: false })).pushed, true);
    bench.commit({ 'b.ts': '' });
    assert.equal((await bench.verdict('a.ts', key('a'), { history: false })).pushed, true);
  });

  it('is incomplete if the history was scanned before the last commit', async () => {
    const { bench } = withRemote();
    const history = await bench.scanHistory();
    bench.commit({ 'a.ts': key('a') });
    bench.git('push', '--quiet', 'origin', 'main');
    const { repository, relativePath } = await bench.discover('a.ts');
    using open = repository;
    const verdict = certain(
      (await verdictsOf(open, relativePath, [hashOf(key('a'))], { scan, history })).get(hashOf(key('a'))),
    );
    assert.deepEqual(
      [verdict.location, verdict.pushed, verdict.incompleteBecause],
      ['head', true, 'history-not-scanned'],
    );
  });

  it('is false in a repository without a remote', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('a') });
    assert.equal((await bench.verdict('a.ts', key('a'), { history: false })).pushed, false);
  });
});

describe('The verdict in a clone', () => {
  function source(): Workbench {
    const bench = Workbench.init();
    bench.git('config', 'uploadpack.allowFilter', 'true');
    bench.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    bench.commit({ 'a.ts': key('old') });
    bench.commit({ 'a.ts': 'gone' });
    bench.commit({ 'b.ts': key('new') });
    return bench;
  }

  it('reports a shallow clone until it is deepened', async () => {
    const clone = Workbench.clone(`file://${source().folder}`, '--depth=1');
    clone.write('c.ts', key('old'));
    const verdict = await clone.verdict('c.ts', key('old'));
    assert.deepEqual(
      [verdict.locations, verdict.pushed, verdict.incompleteBecause],
      [['untracked'], 'unknown', 'shallow'],
    );
    const { cache } = await clone.scanHistory();
    clone.git('fetch', '--quiet', '--unshallow');
    const deepened = await clone.scanHistory({ cache });
    assert.equal(deepened.incompleteBecause, undefined);
    assert.equal(deepened.hits.get(hashOf(key('old')))?.pushed, true);
  });

  it('reports a clone without blobs, and fetches nothing', async () => {
    const origin = source();
    const clone = Workbench.clone(`file://${origin.folder}`, '--filter=blob:none');
    const objects = () => clone.git('cat-file', '--batch-all-objects', '--batch-check').split('\n').length;
    const before = objects();
    clone.write('c.ts', key('old'));
    const verdict = await clone.verdict('c.ts', key('old'));
    assert.deepEqual(
      [verdict.locations, verdict.pushed, verdict.incompleteBecause],
      [['untracked'], 'unknown', 'partial-clone'],
    );
    const { repository } = await clone.discover('a.ts');
    using open = repository;
    await assert.rejects(open.committed('HEAD~2', 'a.ts'), { code: 'unreadable' });
    assert.equal(objects(), before);
    // Finds what is present, and what is fetched later.
    const { cache, hits } = await clone.scanHistory();
    assert.equal(hits.get(hashOf(key('new')))?.pushed, true);
    clone.git('show', 'HEAD~2:a.ts');
    assert.equal((await clone.scanHistory({ cache })).hits.get(hashOf(key('old')))?.pushed, true);
  });

  it('exists in a clone without trees', async () => {
    const clone = Workbench.clone(`file://${source().folder}`, '--filter=tree:0');
    const verdict = await clone.verdict('b.ts', key('new'));
    assert.deepEqual([verdict.location, verdict.incompleteBecause], ['head', 'partial-clone']);
  });
});

it('reads verdicts without changing the repository', async () => {
  const bench = Workbench.init();
  bench.commit({ 'a.ts': key('a') });
  const before = bench.git('cat-file', '--batch-all-objects', '--batch-check');
  await bench.verdict('a.ts', key('a'));
  assert.equal(bench.git('cat-file', '--batch-all-objects', '--batch-check'), before);
  assert.equal(existsSync(bench.file('.git/index.lock')), false);
});
