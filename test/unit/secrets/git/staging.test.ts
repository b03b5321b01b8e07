import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { listFiles } from '../../../../src/secrets/git/files.ts';
import { discoverRepository, type Repository } from '../../../../src/secrets/git/repository.ts';
import { removeFromIndex, stagedFiles, stagedFindings, unstage } from '../../../../src/secrets/git/staging.ts';
import { hashOf, key, listed, recordingSpawn, scan, Workbench } from './repositories.ts';

async function withRepository<T>(
  bench: Workbench,
  work: (repository: Repository) => Promise<T>,
  indexFile?: string,
): Promise<T> {
  const { repository } = await discoverRepository(bench.folder, { spawn: recordingSpawn, indexFile });
  using open = repository;
  return await work(open);
}

async function staged(bench: Workbench, indexFile?: string) {
  const files = await withRepository(bench, (open) => stagedFindings(open, { scan }), indexFile);
  return files.map(({ path, findings }) => [path, ...findings.map(({ keyHash }) => keyHash)]);
}

describe('What the next commit adds', () => {
  it('is read from the index, not from the working tree', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '', 'b.ts': '', 'same.ts': key('committed') });
    bench.write('a.ts', key('staged')).git('add', 'a.ts');
    bench.write('a.ts', 'process.env.TRUEWORK_API_KEY');
    bench.write('b.ts', key('only typed'));
    assert.deepEqual(await staged(bench), [['a.ts', hashOf(key('staged'))]]);
  });

  it('is the whole index on a branch without commits', async () => {
    const bench = Workbench.init();
    bench.write('a.ts', key('a')).write('b.ts', 'b').git('add', '--all');
    assert.deepEqual(await staged(bench), [['a.ts', hashOf(key('a'))]]);
  });

  it('includes renamed files and odd names, but not deleted files', async () => {
    const bench = Workbench.init();
    bench.commit({ 'old.ts': key('moved'), 'deleted.ts': key('deleted') });
    bench.git('mv', '--', 'old.ts', '-new.ts');
    bench.git('rm', '--quiet', 'deleted.ts');
    bench.write('two\nlines :x.ts', key('odd')).git('add', '--all');
    assert.deepEqual(await staged(bench), [
      ['-new.ts', hashOf(key('moved'))],
      ['two\nlines :x.ts', hashOf(key('odd'))],
    ]);
  });

  it('comes from the index that git names to a hook', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '', 'b.ts': '' });
    bench.write('b.ts', key('b')).git('add', 'b.ts');
    bench.write('a.ts', key('a'));
    bench.write(
      '.git/hooks/pre-commit',
      '#!/bin/sh\necho "$GIT_INDEX_FILE" > .git/named\ncp "$GIT_INDEX_FILE" .git/kept\n',
    );
    bench.git('update-index', '--chmod=+x', 'a.ts');
    bench.git('reset', '--quiet', 'a.ts');
    const { chmodSync } = await import('node:fs');
    chmodSync(bench.file('.git/hooks/pre-commit'), 0o755);
    bench.git('commit', '--quiet', '--message=only a', 'a.ts');
    assert.match(readFileSync(bench.file('.git/named'), 'utf8'), /next-index/);
    bench.git('reset', '--quiet', '--soft', 'HEAD~');
    assert.deepEqual(await staged(bench, bench.file('.git/kept')), [['a.ts', hashOf(key('a'))]]);
  });

  it('lists a file that is too large to read', async () => {
    const bench = Workbench.init();
    bench.write('huge.log', 'x'.repeat(5000)).git('add', '--all');
    const { repository } = await bench.discover('.', { maxObjectBytes: 1000 });
    using open = repository;
    assert.deepEqual(await stagedFindings(open, { scan }), [{ path: 'huge.log', findings: [], unread: 'too-large' }]);
  });

  it('includes no submodules', async () => {
    const inner = Workbench.init();
    inner.commit({ 'a.ts': key('a') });
    const bench = Workbench.init();
    bench.git('submodule', '--quiet', 'add', inner.folder, 'inner');
    assert.deepEqual(await staged(bench), []);
  });
});

describe('Resetting a file', () => {
  it('removes it from the index and keeps it on disk', async () => {
    const bench = Workbench.init();
    for (const name of ['.env', ':odd\nname', '-rf']) {
      bench.commit({ [name]: key('a') });
      await withRepository(bench, (open) => removeFromIndex(open, name));
      assert.equal(readFileSync(bench.file(name), 'utf8'), key('a'));
      assert.equal(bench.git('ls-files', '-z', '--', `:(literal)${name}`), '');
      rmSync(bench.file(name));
    }
  });

  it('restores the content of HEAD', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'before', 'deleted.ts': 'here' });
    bench.write('a.ts', key('a')).write('new.ts', key('new')).git('add', '--all');
    bench.git('rm', '--quiet', '--cached', 'deleted.ts');
    await withRepository(bench, async (open) => {
      for (const name of ['a.ts', 'new.ts', 'deleted.ts']) await unstage(open, name);
      assert.deepEqual(await stagedFiles(open), []);
    });
    assert.equal(bench.git('status', '--porcelain'), 'M a.ts\n?? new.ts');
    assert.equal(readFileSync(bench.file('a.ts'), 'utf8'), key('a'));
  });

  it('removes it from the index on a branch without commits', async () => {
    const bench = Workbench.init();
    bench.write('a.ts', key('a')).git('add', '--all');
    await withRepository(bench, (open) => unstage(open, 'a.ts'));
    assert.equal(bench.git('status', '--porcelain'), '?? a.ts');
  });

  it('fails with a clear error while another git has locked the index', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': '' });
    bench.write('.git/index.lock', '');
    await assert.rejects(
      withRepository(bench, (open) => removeFromIndex(open, 'a.ts')),
      { name: 'GitError', code: 'failed' },
    );
  });
});

describe('The files of a work tree', () => {
  it('are listed once each, as tracked, untracked or ignored', async () => {
    const bench = Workbench.init();
    bench.commit({ '.gitignore': '*.log\nbuild/\n.env\n', 'a.ts': '', 'tracked.log': '' });
    bench.git('add', '--force', 'tracked.log');
    bench.git('commit', '--quiet', '--message=log');
    bench.write('new\nfile.ts', '').write('build/out.js', '').write('.env', '').write('größe.ts', '');
    const files = await withRepository(bench, listed);
    assert.deepEqual(
      files.map(({ path, class: kind }) => `${kind} ${path}`),
      [
        'tracked .gitignore',
        'tracked a.ts',
        'tracked tracked.log',
        'untracked größe.ts',
        'untracked new\nfile.ts',
        'ignored .env',
        'ignored build/out.js',
      ],
    );
  });

  it('can be listed partially', async () => {
    const bench = Workbench.init();
    bench.commit(Object.fromEntries(Array.from({ length: 50 }, (_, each) => [`file${each}.ts`, ''])));
    await withRepository(bench, async (open) => {
      for await (const files of listFiles(open, ['tracked'])) {
        assert.deepEqual([...new Set(files.map((file) => file.class))], ['tracked']);
        break;
      }
    });
  });
});
