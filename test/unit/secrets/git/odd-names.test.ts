/** Names that git itself never writes, in objects and in the index: they lead to no file, and their keys are found. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isInside } from '../../../../src/secrets/git/executable.ts';
import { listFiles } from '../../../../src/secrets/git/files.ts';
import { scanHistory } from '../../../../src/secrets/git/history.ts';
import { isInWorkTree, labelOf } from '../../../../src/secrets/git/paths.ts';
import { stagedFindings } from '../../../../src/secrets/git/staging.ts';
import { entryOf } from '../../../../src/secrets/git/tree.ts';
import { hashOf, key, scan, Workbench } from './repositories.ts';

const ODD = ['..', '.', '.git', '.GIT', 'git~1', '.git ', '.g\u200cit'];

const part = fc.oneof(
  fc.constantFrom(...ODD, '', '...', '.gitignore', 'a', 'C:', '\\', '..\\..', 'a\\b', 'x.', 'y ', '%', '\0'),
  fc.string({ maxLength: 6 }),
);
const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

describe('A name from git', () => {
  it('is recognized if it leads out of the work tree or into git’s own folder', () => {
    for (const odd of [
      ...ODD.map((each) => `a/${each}/b`),
      ...ODD,
      '',
      '/etc/passwd',
      'a//b',
      'a/',
      '../a',
      'a/../../b',
      'a\0b',
    ])
      assert.equal(isInWorkTree(odd, 'linux'), false, JSON.stringify(odd));
    for (const ordinary of [
      'a',
      '.gitignore',
      '.github/x',
      '...',
      'a/..b',
      'a b',
      'a\nb',
      '-rf',
      ':(glob)x',
      'a\\b',
      'C:x',
      'git',
    ])
      assert.equal(isInWorkTree(ordinary, 'linux'), true, JSON.stringify(ordinary));
    for (const odd of ['a\\b', '..\\x', 'C:x', 'x:stream', 'a.', 'a '])
      assert.equal(isInWorkTree(odd, 'win32'), false, JSON.stringify(odd));
  });

  it('has a label below the root on each system, which is the name itself if that is harmless', () => {
    fc.assert(
      fc.property(name, fc.constantFrom('linux', 'win32', 'darwin'), (each, platform) => {
        const label = labelOf(each, platform);
        assert.equal(label === each, isInWorkTree(each, platform));
        assert.equal(isInWorkTree(label, platform), true, label);
        if (!label.includes('\0')) assert.equal(isInside(path.posix.join('/root', label), '/root'), true);
        if (platform === 'win32') {
          const joined = path.win32.join('C:\\root', label);
          assert.ok(joined.startsWith('C:\\root\\'), joined);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Writes an object that git would reject. */
function write(bench: Workbench, type: string, content: Buffer): string {
  const { stdout, status, stderr } = spawnSync('git', ['hash-object', '--literally', '-t', type, '-w', '--stdin'], {
    cwd: bench.folder,
    input: content,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

function treeOf(entries: readonly (readonly [mode: string, name: string, oid: string])[]): Buffer {
  return Buffer.concat(
    entries.map(([mode, each, oid]) => Buffer.concat([Buffer.from(`${mode} ${each}\0`), Buffer.from(oid, 'hex')])),
  );
}

/** A commit with a file at this path, whatever its name. */
function commitAt(bench: Workbench, parts: readonly string[], text: string): string {
  let oid = write(bench, 'blob', Buffer.from(text));
  let mode = '100644';
  for (const each of parts.toReversed()) {
    oid = write(bench, 'tree', treeOf([[mode, each, oid]]));
    mode = '40000';
  }
  const commit = bench.git('commit-tree', oid, '-m', 'odd');
  bench.git('update-ref', 'refs/heads/main', commit);
  return commit;
}

/** An index, version 2, with these entries. */
function indexOf(entries: readonly (readonly [name: string, oid: string])[]): Buffer {
  const header = Buffer.alloc(12);
  header.write('DIRC');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(entries.length, 8);
  const body = entries.map(([each, oid]) => {
    const bytes = Buffer.from(each);
    const entry = Buffer.alloc(Math.ceil((62 + bytes.length + 1) / 8) * 8);
    entry.writeUInt32BE(0o100644, 24);
    entry.write(oid, 40, 'hex');
    entry.writeUInt16BE(Math.min(bytes.length, 0xfff), 60);
    bytes.copy(entry, 62);
    return entry;
  });
  const content = Buffer.concat([header, ...body]);
  return Buffer.concat([content, createHash('sha1').update(content).digest()]);
}

describe('A repository with odd names', () => {
  for (const parts of [
    ['..', '..', 'outside.ts'],
    ['..'],
    ['.'],
    ['.git', 'config'],
    ['a', '..', '..', 'b.ts'],
    ['a/../../b.ts'],
    ['/etc/passwd'],
  ]) {
    it(`is scanned with ${JSON.stringify(parts.join('/'))} in its commits`, async () => {
      const bench = Workbench.init();
      const commit = commitAt(bench, parts, key('odd'));
      const { repository } = await bench.discover('.');
      using open = repository;
      const hit = (await scanHistory(open, { scan })).hits.get(hashOf(key('odd')));
      assert.deepEqual([hit?.committed, hit?.firstCommit?.commit], [true, commit]);
      const label = hit?.firstCommit?.path ?? '';
      assert.equal(isInWorkTree(label), true, label);
      assert.equal(label, labelOf(parts.join('/')));
    });
  }

  it('is scanned incompletely if git cannot read the tree, and the key is found', async () => {
    const bench = Workbench.init();
    commitAt(bench, [''], key('odd'));
    const history = await bench.scanHistory();
    assert.deepEqual([history.hits.has(hashOf(key('odd'))), history.incompleteBecause], [true, 'objects-unreadable']);
  });

  it('is scanned with odd names in its index', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'a' });
    const oid = write(bench, 'blob', Buffer.from(key('odd')));
    const names = ['../outside.ts', '.git/config', '/etc/passwd', 'a/../../b.ts', 'ordinary.ts'];
    writeFileSync(bench.file('.git/index'), indexOf(names.toSorted().map((each) => [each, oid])));
    const { repository } = await bench.discover('.');
    using open = repository;
    const [files, odd]: [string[], string[]] = [[], []];
    for await (const listed of listFiles(open, ['tracked'], undefined, (label) => {
      odd.push(label);
    }))
      files.push(...listed.map(({ path: each }) => each));
    assert.deepEqual(
      [files, odd.toSorted()],
      [
        ['ordinary.ts'],
        names
          .filter((each) => each !== 'ordinary.ts')
          .map((each) => labelOf(each))
          .toSorted(),
      ],
    );
    const staged = await stagedFindings(open, { scan });
    assert.deepEqual(
      staged.map(({ path: each, findings }) => [each, findings.length]).toSorted(),
      names.map((each) => [labelOf(each), 1]).toSorted(),
    );
  });

  it('treats names that look like patterns literally', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('tracked'), 'x.ts': key('tracked'), 'sub/a.ts': key('tracked') });
    for (const each of ['?.ts', '*', '[ax].ts', ':(glob)**/a.ts', ':!x.ts', ':(top)a.ts', 'sub/*.ts']) {
      bench.write(each, key('untracked'));
      const { repository, relativePath } = await bench.discover(each);
      using open = repository;
      assert.deepEqual(await open.indexed(relativePath), [], each);
      assert.equal((await bench.verdict(each, key('untracked'))).location, 'untracked', each);
    }
  });
});

describe('A tree', () => {
  it('returns the entry with exactly this name, however many there are', () => {
    const entry = fc.record({
      mode: fc.constantFrom('100644', '100755', '120000', '40000', '160000'),
      name: fc.string({ minLength: 1, maxLength: 8 }).filter((each) => !each.includes('\0')),
      oid: fc.stringMatching(/^[0-9a-f]{40}$/),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: (each) => each.name, maxLength: 12 }),
        fc.string({ maxLength: 8 }),
        (entries, other) => {
          const tree = treeOf(entries.map((each) => [each.mode, each.name, each.oid]));
          for (const each of entries) {
            const kind = each.mode === '40000' ? 'tree' : each.mode === '160000' ? 'submodule' : 'file';
            assert.deepEqual(entryOf(tree, each.name, 'sha1'), { kind, oid: each.oid });
          }
          if (!entries.some((each) => each.name === other)) assert.equal(entryOf(tree, other, 'sha1'), undefined);
          // Ends for a tree that is truncated anywhere.
          entryOf(tree.subarray(0, Math.floor(tree.length / 2)), other, 'sha1');
        },
      ),
    );
  });
});
