import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { GitError } from '../../../../src/secrets/git/error.ts';
import { type History, scanHistory } from '../../../../src/secrets/git/history.ts';
import { readHistoryCache, writeHistoryCache } from '../../../../src/secrets/git/history-cache.ts';
import { verdictsOf } from '../../../../src/secrets/git/verdict.ts';
import { referencesContaining } from '../../../../src/secrets/git/references.ts';
import { certain, commandLines, hashOf, key, scan, temporaryFolder, Workbench } from './repositories.ts';

function hit(history: History, text: string) {
  return history.hits.get(hashOf(text));
}

describe('What a scan of the history finds', () => {
  it('finds every key of every commit in every encoding', async () => {
    const bench = Workbench.init();
    const first = bench.commit({ 'plain.ts': `${key('plain')} ${key('second', 'sandbox')}` });
    bench.commit({
      'plain.ts': '',
      'wide.txt': Buffer.from(`\ufeff${key('wide')}`, 'utf16le'),
      'secret.yaml': `key: ${Buffer.from(key('base64')).toString('base64')}\n`,
    });
    bench.commit({
      'program.bin': Buffer.concat([Buffer.from([0, 1, 2, 0]), Buffer.from(key('binary')), Buffer.from([0, 255])]),
    });
    const history = await bench.scanHistory();
    for (const name of ['plain', 'wide', 'base64', 'binary'])
      assert.equal(hit(history, key(name))?.committed, true, name);
    assert.deepEqual(
      [hit(history, key('second', 'sandbox'))?.kind, hit(history, key('plain'))?.kind],
      ['sandbox', 'production'],
    );
    assert.deepEqual(
      [hit(history, key('plain'))?.firstCommit?.commit, hit(history, key('plain'))?.firstCommit?.path],
      [first, 'plain.ts'],
    );
    assert.deepEqual([history.commits, history.incompleteBecause, history.hits.size], [3, undefined, 5]);
  });

  it('finds nothing without commits, without keys, and in a key that is too short', async () => {
    const bench = Workbench.init();
    assert.equal((await bench.scanHistory()).hits.size, 0);
    bench.commit({ 'a.ts': `${['tw', 'sk', ''].join('_')}short new_sk_abc` });
    assert.equal((await bench.scanHistory()).hits.size, 0);
  });

  it('finds a key that only the resolution of a merge contains', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'base\n' });
    bench.git('checkout', '--quiet', '-b', 'side');
    bench.commit({ 'a.ts': 'side\n' });
    bench.git('checkout', '--quiet', 'main');
    bench.commit({ 'a.ts': 'main\n' });
    assert.throws(() => bench.git('merge', 'side'));
    const merge = bench.commit({ 'a.ts': `${key('merge')}\n` });
    bench.commit({ 'a.ts': 'clean\n' });
    assert.equal(
      bench.git('log', '--all', '-S', ['tw', 'sk', ''].join('_'), '--format=%H').includes(merge),
      false,
      'git log -S does not see it',
    );
    const found = hit(await bench.scanHistory(), key('merge'));
    assert.deepEqual([found?.committed, found?.firstCommit?.commit], [true, merge]);
  });

  it('finds a key in a stash, also in an older one, also of an untracked file', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '' });
    bench.write('a.ts', key('older')).git('stash', '--quiet');
    bench.write('new.ts', key('newer')).git('stash', '--quiet', '--include-untracked');
    const history = await bench.scanHistory();
    for (const name of ['older', 'newer']) {
      const found = hit(history, key(name));
      assert.deepEqual(
        [found?.committed, found?.alsoIn, found?.firstCommit === undefined],
        [false, ['stash'], false],
        name,
      );
    }
    bench.write('c.ts', key('older'));
    const verdict = await bench.verdict('c.ts', key('older'));
    assert.deepEqual([verdict.locations, verdict.alsoIn], [['untracked'], ['stash']]);
  });

  it('finds a key that only a tag reaches', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '' });
    bench.git('checkout', '--quiet', '--detach');
    const commit = bench.commit({ 'a.ts': key('tagged') });
    bench.git('tag', '--annotate', '--message=v1', 'v1');
    bench.git('checkout', '--quiet', 'main');
    const history = await bench.scanHistory();
    assert.deepEqual([hit(history, key('tagged'))?.committed, hit(history, key('tagged'))?.alsoIn], [true, ['tag']]);
    const { repository } = await bench.discover('.');
    using open = repository;
    assert.deepEqual(await referencesContaining(open, [commit]), ['refs/tags/v1']);
    bench.git('tag', '--delete', 'v1');
    const after = hit(await bench.scanHistory({ cache: history.cache }), key('tagged'));
    assert.deepEqual([after?.committed, after?.alsoIn], [false, ['reflog']]);
  });

  it('finds that a key which only the reflog reaches is not committed', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '' });
    const commit = bench.commit({ 'a.ts': key('amended') });
    bench.write('a.ts', '').git('add', 'a.ts');
    bench.git('commit', '--quiet', '--amend', '--allow-empty', '--message=clean');
    const found = hit(await bench.scanHistory(), key('amended'));
    assert.deepEqual([found?.committed, found?.alsoIn, found?.firstCommit?.commit], [false, ['reflog'], commit]);
  });

  it('finds that a file which was only staged is not committed', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '' });
    bench.write('a.ts', key('staged')).git('add', 'a.ts');
    bench.write('a.ts', '').git('add', 'a.ts');
    const found = hit(await bench.scanHistory(), key('staged'));
    assert.deepEqual([found?.committed, found?.alsoIn, found?.firstCommit], [false, [], undefined]);
  });

  it('finds the keys of a bare repository', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('a') });
    const bare = Workbench.clone(bench.folder, '--bare');
    assert.equal(hit(await bare.scanHistory(), key('a'))?.committed, true);
  });

  it('reports that objects are too large to read', async () => {
    const bench = Workbench.init();
    bench.commit({
      'huge.log': Buffer.concat([Buffer.alloc(5000, 'x'), Buffer.from(key('huge'))]),
      'small.ts': key('small'),
    });
    const history = await bench.scanHistory({}, { maxObjectBytes: 1000 });
    assert.deepEqual([history.incompleteBecause, history.hits.size], ['objects-too-large', 1]);
    const { repository, relativePath } = await bench.discover('huge.log', { maxObjectBytes: 1000 });
    using open = repository;
    const verdict = certain(
      (await verdictsOf(open, relativePath, [hashOf(key('huge'))], { scan, history })).get(hashOf(key('huge'))),
    );
    assert.deepEqual([verdict.incompleteBecause, verdict.pushed], ['objects-too-large', 'unknown']);
  });
});

describe('A later scan', () => {
  it('reads only new objects, and keeps earlier results', async () => {
    const bench = Workbench.init();
    for (let each = 0; each < 5; each++) bench.commit({ 'a.ts': `${key('old')} ${each}` });
    const before = await bench.scanHistory();
    const added = bench.commit({ 'b.ts': key('new') });
    let scanned = 0;
    const after = await bench.scanHistory({
      cache: before.cache,
      scan: (bytes) => {
        scanned++;
        return scan(bytes);
      },
    });
    assert.equal(scanned, 1);
    assert.deepEqual(
      [hit(after, key('old'))?.committed, hit(after, key('new'))?.firstCommit?.commit, after.commits],
      [true, added, 6],
    );
    assert.deepEqual(hit(after, key('old')), hit(before, key('old')));
    const again = await bench.scanHistory({ cache: after.cache, scan: () => assert.fail('Nothing is new.') });
    assert.deepEqual(again, after);
  });

  it('has the same result as a scan from the start, whatever happened in between', async () => {
    const bench = Workbench.init();
    const remote = temporaryFolder();
    new Workbench(remote).git('init', '--quiet', '--bare', '--initial-branch=main');
    bench.git('remote', 'add', 'origin', remote);
    let { cache } = await bench.scanHistory();
    const steps: Record<string, () => void> = {
      'a commit': () => {
        bench.commit({ 'a.ts': key('one'), 'b.ts': 'b' });
      },
      'a branch': () => {
        bench.git('checkout', '--quiet', '-b', 'side');
        bench.commit({ 'b.ts': key('two') });
      },
      'the same key elsewhere': () => {
        bench.git('checkout', '--quiet', 'main');
        bench.commit({ 'c.ts': key('two'), 'a.ts': '' });
      },
      'a push': () => {
        bench.git('push', '--quiet', 'origin', 'main');
      },
      'a merge': () => {
        bench.git('merge', '--quiet', '--no-edit', 'side');
      },
      'a tag': () => {
        bench.git('tag', '--annotate', '--message=v1', 'v1');
      },
      'a stash': () => {
        bench.write('a.ts', key('three'));
        bench.git('stash', '--quiet');
      },
      'a repack': () => {
        bench.git('gc', '--quiet');
      },
      'a stash that is applied': () => {
        bench.git('stash', 'pop', '--quiet');
        bench.commit();
      },
      'a reset': () => {
        bench.git('reset', '--quiet', '--hard', 'HEAD~2');
      },
      'a forced push': () => {
        bench.git('push', '--quiet', '--force', 'origin', 'main');
      },
      'a branch that is deleted': () => {
        bench.git('branch', '--quiet', '-D', 'side');
        bench.git('tag', '--delete', 'v1');
      },
      'a cherry-pick of what was lost': () => {
        bench.git('cherry-pick', 'ORIG_HEAD');
      },
    };
    for (const [name, step] of Object.entries(steps)) {
      step();
      const later = await bench.scanHistory({ cache });
      const fresh = await bench.scanHistory();
      const plain = (history: History) =>
        [...history.hits.values()]
          .filter((each) => each.introductions.length > 0)
          .map(({ introductions, ...each }) => ({
            ...each,
            blobs: each.blobs.toSorted(),
            places: introductions.map(({ commit, path: at }) => `${commit} ${at}`).toSorted(),
          }))
          .sort((one, other) => (one.keyHash < other.keyHash ? -1 : 1));
      assert.deepEqual(plain(later), plain(fresh), name);
      cache = later.cache;
    }
  });

  it('drops what a rewritten history no longer contains', async () => {
    const bench = Workbench.init();
    bench.commit({ 'readme.md': '' });
    bench.commit({ 'a.ts': key('purged') });
    const before = await bench.scanHistory();
    assert.equal(hit(before, key('purged'))?.committed, true);
    bench.git(
      'filter-branch',
      '--force',
      '--index-filter',
      'git rm --quiet --cached --ignore-unmatch a.ts',
      '--',
      '--all',
    );
    bench
      .git('for-each-ref', '--format=delete %(refname)', 'refs/original')
      .split('\n')
      .forEach((line) => bench.git('update-ref', '-d', line.replace('delete ', '')));
    const rewritten = await bench.scanHistory({ cache: before.cache });
    assert.deepEqual(
      [hit(rewritten, key('purged'))?.committed, hit(rewritten, key('purged'))?.alsoIn],
      [false, ['reflog']],
    );
    bench.git('reflog', 'expire', '--expire=now', '--all');
    bench.git('gc', '--quiet', '--prune=now');
    const after = await bench.scanHistory({ cache: rewritten.cache });
    assert.deepEqual([after.hits.size, Object.keys(after.cache.blobs), after.cache.introductions], [0, [], []]);
  });

  it('starts over if the rules of the detector changed', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('a') });
    const { cache } = await bench.scanHistory({ rules: '1', scan: () => [] });
    assert.equal((await bench.scanHistory({ rules: '1', cache })).hits.size, 0);
    assert.equal((await bench.scanHistory({ rules: '2', cache })).hits.size, 1);
  });
});

describe('A scan', () => {
  it('can be canceled, which is reported', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('a') });
    const controller = new AbortController();
    await assert.rejects(
      bench.scanHistory({
        signal: controller.signal,
        onProgress: () => {
          controller.abort();
        },
      }),
      (error) => error instanceof GitError && error.code === 'aborted',
    );
    await assert.rejects(bench.scanHistory({ signal: AbortSignal.abort() }), { name: 'GitError', code: 'aborted' });
  });

  it('reports its progress', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('a'), 'b.ts': 'b' });
    const phases = new Set<string>();
    let last = { done: 0, known: 0 };
    await bench.scanHistory({
      onProgress: (progress) => {
        phases.add(progress.phase);
        if (progress.phase === 'blobs') last = progress;
      },
    });
    assert.deepEqual([[...phases], last.done, last.known], [['blobs', 'keys', 'commits'], 2, 2]);
  });
});

describe('The stored history', () => {
  it('is read back unchanged, and contains no key', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('stored') });
    const { cache } = await bench.scanHistory();
    const file = path.join(temporaryFolder(), 'new folder', 'history.json');
    await writeHistoryCache(file, cache);
    assert.deepEqual(await readHistoryCache(file), cache);
    const text = readFileSync(file, 'utf8');
    assert.equal(text.includes(key('stored').slice(0, 20)), false);
    assert.equal(text.includes(hashOf(key('stored'))), true);
  });

  it('is undefined if it is missing, damaged, or of another version', async () => {
    const file = path.join(temporaryFolder(), 'history.json');
    assert.equal(await readHistoryCache(file), undefined);
    for (const text of ['', '{', 'null', '{"version":1}', '{"version":2,"objectFormat":"sha1"}']) {
      writeFileSync(file, text);
      assert.equal(await readHistoryCache(file), undefined);
    }
  });
});

it('puts no part of a key on a command line', async () => {
  const bench = Workbench.init();
  bench.commit({ [`named ${key('name')}.ts`]: key('content') });
  const { repository } = await bench.discover('.');
  using open = repository;
  await scanHistory(open, { scan });
  assert.ok(commandLines.length > 0);
  // `recordingSpawn` checks the keys of the tests; this checks for any key.
  assert.deepEqual(
    commandLines.filter((line) => line.some((arg) => /tw_sk_/.test(arg))),
    [],
  );
});
