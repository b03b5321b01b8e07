import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { hashKey } from '../../../../src/secrets/detector/allow-list.ts';
import { keyAt } from '../../../../src/secrets/detector/scan.ts';
import type { FileToScan, ScannedFile } from '../../../../src/secrets/scan/files.ts';
import {
  scanFiles,
  walkFiles,
  type FilesToScan,
  type ScanFilesOptions,
  type Summary,
} from '../../../../src/secrets/scan/scan-files.ts';
import { productionHexKey, productionKey, sandboxKey } from '../detector/made-keys.ts';
import { bundle, temporaryFolder } from '../rule/bundle.ts';

const base = temporaryFolder();
const worker = path.join(base, 'leak-worker.mjs');
before(() => bundle('src/secrets/scan/worker.ts', worker));

let folders = 0;
/** A folder with these files, below a folder of its own. */
function folderWith(files: Record<string, string | Buffer>): string {
  const folder = path.join(base, `case-${++folders}`, 'root');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

async function run(
  files: FilesToScan,
  folder: string,
  options: Partial<ScanFilesOptions> = {},
): Promise<Summary & { files: Map<string, ScannedFile> }> {
  const found = new Map<string, ScannedFile>();
  const summary = await scanFiles(files, {
    worker,
    folders: [folder],
    onResult: (file) => {
      found.set(path.relative(folder, file.path).replaceAll(path.sep, '/'), file);
    },
    ...options,
  });
  return { ...summary, files: found };
}

const walked = (folder: string, skip: string[] = []) => walkFiles(folder, { worker, skip });
const placesOf = (file: ScannedFile | undefined) =>
  file?.findings.map(({ line, column, endLine, endColumn }) => [line, column, endLine, endColumn]);

describe('Scanning files', () => {
  const key = productionKey(1);

  it('finds keys in files of every encoding, with lines and columns', async () => {
    const text = `first\r\n\té = '${key}'\n`;
    const folder = folderWith({
      'a.txt': text,
      'b/wide.txt': Buffer.from(`\ufeff${text}`, 'utf16le'),
      'c/d/binary.bin': Buffer.concat([Buffer.alloc(100), Buffer.from(productionHexKey(2)), Buffer.alloc(10)]),
      'k8s.yml': `data:\n  key: ${Buffer.from(sandboxKey(3)).toString('base64')}\n`,
      'clean.txt': 'nothing\n',
      'empty.txt': '',
    });
    const { files, ...summary } = await run(walked(folder), folder);
    assert.deepEqual([...files.keys()].sort(), ['a.txt', 'b/wide.txt', 'c/d/binary.bin', 'k8s.yml']);
    const place = [[1, 6, 1, 6 + key.length]];
    assert.deepEqual(placesOf(files.get('a.txt')), place);
    assert.deepEqual(placesOf(files.get('b/wide.txt')), place);
    assert.equal(files.get('b/wide.txt')?.findings[0]?.encoding, 'utf-16');
    assert.deepEqual(
      [files.get('c/d/binary.bin')?.encoding, files.get('c/d/binary.bin')?.findings[0]?.start],
      ['binary', 100],
    );
    assert.equal(files.get('k8s.yml')?.findings[0]?.kind, 'sandbox');
    assert.deepEqual(summary, {
      read: { tracked: 0, untracked: 0, ignored: 0, 'no-repository': 6 },
      bytes: summary.bytes,
      filesWithKeys: 4,
      findings: 4,
      unreadable: [],
      linksOutside: 0,
      canceled: false,
    });
  });

  it('counts files by class and reports the class', async () => {
    const folder = folderWith({ a: key, b: key, c: 'x' });
    const files: FileToScan[] = [
      { path: path.join(folder, 'a'), class: 'tracked' },
      { path: path.join(folder, 'b'), class: 'ignored' },
      { path: path.join(folder, 'c'), class: 'untracked' },
      { path: path.join(folder, 'deleted'), class: 'tracked' },
    ];
    const summary = await run(files, folder);
    assert.deepEqual(summary.read, { tracked: 1, untracked: 1, ignored: 1, 'no-repository': 0 });
    assert.equal(summary.files.get('b')?.class, 'ignored');
    assert.deepEqual(summary.unreadable, []);
  });

  it('streams a file of any size, including keys at the boundary of parts', async () => {
    const line = '0123456789abcde\n';
    const megabyte = line.repeat(65536);
    const inFirstLine = `${key}${' '.repeat(16 - (key.length % 16) - 1)}\n`;
    const long = 'x'.repeat(2 * 1024 * 1024 - 20);
    const folder = folderWith({
      'lines.txt': inFirstLine + megabyte.repeat(12) + `k='${key}'\n`,
      'one-line.txt': `${long}'${key}'${long.repeat(4)}'${key}'`,
      'allowed.txt': megabyte.repeat(9) + `# secretlint-disable-next-line\n${key}\n`,
      'wide.txt': Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(megabyte.repeat(6) + key, 'utf16le').swap16()]),
      'emoji.txt': '😀\r\n'.repeat(1_500_000) + key,
      'no-key.txt': `${long}tw_sk${long}`,
      'at-the-block-border.txt': 'y'.repeat(256 * 1024 - 3) + key + 'é'.repeat(300_000),
    });
    const { files } = await run(walked(folder), folder);
    const before = key.length + (16 - (key.length % 16));
    assert.deepEqual(
      files.get('lines.txt')?.findings.map(({ start, line: at, column }) => [start, at, column]),
      [
        [0, 0, 0],
        [before + 12 * megabyte.length + 3, 12 * 65536 + 1, 3],
      ],
    );
    assert.deepEqual(
      files.get('one-line.txt')?.findings.map(({ start, end, line: at, column }) => [start, end - start, at, column]),
      [
        [long.length + 1, key.length, 0, long.length + 1],
        [5 * long.length + key.length + 3, key.length, 0, 5 * long.length + key.length + 3],
      ],
    );
    assert.equal(files.get('allowed.txt')?.findings[0]?.suppressedBy?.by, 'comment');
    assert.deepEqual(placesOf(files.get('wide.txt')), [[6 * 65536, 0, 6 * 65536, key.length]]);
    assert.deepEqual(
      [files.get('emoji.txt')?.findings[0]?.start, ...(placesOf(files.get('emoji.txt'))?.[0] ?? [])],
      [6_000_000, 1_500_000, 0, 1_500_000, key.length],
    );
    assert.ok(!files.has('no-key.txt'));
    assert.deepEqual(placesOf(files.get('at-the-block-border.txt'))?.[0]?.slice(0, 2), [0, 256 * 1024 - 3]);
  });

  it('reports positions from which the key can be read again', async () => {
    const folder = folderWith({ 'a.txt': `é${key}\n` });
    const { files } = await run(walked(folder), folder);
    const [finding] = files.get('a.txt')?.findings ?? [];
    assert.ok(finding);
    assert.equal(keyAt(`é${key}\n`, finding), key);
    assert.equal(finding.keyHash, hashKey(key));
  });

  it('scans a file once, and links lead to a scan only inside the folders', async () => {
    const folder = folderWith({ 'real.txt': key, 'folder/deep.txt': key });
    const outside = path.join(folder, '../outside.txt');
    writeFileSync(outside, key);
    symlinkSync(outside, path.join(folder, 'out-link.txt'));
    // Beside the folder, with a name that begins like the folder's.
    mkdirSync(`${folder}-other`);
    writeFileSync(`${folder}-other/a.txt`, key);
    symlinkSync(`${folder}-other/a.txt`, path.join(folder, 'other-link.txt'));
    symlinkSync('real.txt', path.join(folder, 'in-link.txt'));
    symlinkSync('folder', path.join(folder, 'folder-link'));
    symlinkSync('loop', path.join(folder, 'loop'));
    symlinkSync('gone', path.join(folder, 'dangling'));
    const twice = async function* () {
      yield* walked(folder);
      yield* walked(folder);
    };
    const { files, ...summary } = await run(twice(), folder);
    assert.deepEqual([...files.keys()].sort(), ['folder/deep.txt', 'real.txt']);
    assert.deepEqual([summary.read['no-repository'], summary.findings, summary.linksOutside], [2, 2, 2]);

    const onlyLink = await run([{ path: path.join(folder, 'in-link.txt'), class: 'tracked' }], folder);
    assert.deepEqual([...onlyLink.files.keys()], ['real.txt']);
  });

  it('skips folders, pipes and submodules, and lists unreadable files', {
    skip: process.platform === 'win32',
  }, async () => {
    const folder = folderWith({ 'closed.txt': key, 'sub/a.txt': 'x' });
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    chmodSync(path.join(folder, 'closed.txt'), 0);
    const files = ['closed.txt', 'sub', 'pipe', 'sub/a.txt'].map(
      (name): FileToScan => ({ path: path.join(folder, name), class: 'tracked' }),
    );
    const summary = await run(files, folder);
    const mayReadAll = process.getuid?.() === 0;
    assert.deepEqual(
      summary.unreadable.map(({ path: file, code }) => [path.basename(file), code]),
      mayReadAll ? [] : [['closed.txt', 'EACCES']],
    );
  });

  it('reports nothing more once it is canceled', async () => {
    const folder = folderWith(Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`d${i % 50}/f${i}`, key])));
    const controller = new AbortController();
    let results = 0;
    const summary = await run(walked(folder), folder, {
      signal: controller.signal,
      onResult: () => {
        results++;
        controller.abort();
      },
    });
    assert.equal(summary.canceled, true);
    assert.ok(results < 1500);
    const resultsThen = results;
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(results, resultsThen);

    const before = await run(walked(folder), folder, { signal: AbortSignal.abort() });
    assert.deepEqual([before.canceled, before.findings], [true, 0]);
  });

  it('reports findings before it reads a large file, and can be canceled within that file', async () => {
    const folder = folderWith({ 'a.txt': key, 'huge.img': '' });
    // All zeros, which take almost no space on disk.
    truncateSync(path.join(folder, 'huge.img'), 16 * 1024 ** 3);
    const controller = new AbortController();
    const found: string[] = [];
    const files = ['a.txt', 'huge.img'].map(
      (name): FileToScan => ({ path: path.join(folder, name), class: 'untracked' }),
    );
    const summary = await run(files, folder, {
      signal: controller.signal,
      onResult: (file) => {
        found.push(path.basename(file.path));
        controller.abort();
      },
    });
    assert.deepEqual(found, ['a.txt']);
    assert.deepEqual(
      [summary.canceled, summary.findings, summary.read.untracked, summary.bytes],
      [true, 1, 1, key.length],
    );
  });

  it('counts a large file once, with its keys', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const folder = folderWith({ 'a.txt': key, 'large.log': `${line.repeat(100_000)}${key}\n` });
    const { files, ...summary } = await run(walked(folder), folder);
    assert.deepEqual(
      [
        files.get('large.log')?.findings[0]?.line,
        summary.read['no-repository'],
        summary.findings,
        summary.filesWithKeys,
      ],
      [100_000, 2, 2, 2],
    );
  });

  it('reports progress, and applies the allow list', async () => {
    const folder = folderWith({ 'a.txt': key });
    const progress: number[] = [];
    const { files } = await run(walked(folder), folder, {
      allow: [hashKey(key)],
      onProgress: (so) => progress.push(so.files),
    });
    assert.equal(files.get('a.txt')?.findings[0]?.suppressedBy?.by, 'allow-list');
    assert.equal(progress.at(-1), 1);
  });

  it('fails if the worker is missing or the list of files fails', async () => {
    await assert.rejects(run([{ path: '/x', class: 'tracked' }], base, { worker: path.join(base, 'none.mjs') }));
    await assert.rejects(walkFiles(base, { worker: path.join(base, 'none.mjs') }).next());
    const failing = async function* (): AsyncGenerator<FileToScan[]> {
      yield [{ path: '/x', class: 'tracked' }];
      await Promise.reject(new Error('no list'));
    };
    await assert.rejects(run(failing(), base), /no list/);
  });
});

describe('Walking a folder', () => {
  it('leaves out .git and what the patterns match', async () => {
    const folder = folderWith(
      Object.fromEntries(
        [
          '.git/config',
          'node_modules/a/b.js',
          'src/node_modules/c.js',
          'src/d.js',
          'src/e.log',
          'build/out/f.js',
          'g.min.js',
          'h.js',
          '.env',
        ].map((name) => [name, 'x']),
      ),
    );
    const listed = async (skip: string[]) => {
      const names: string[] = [];
      for await (const listed of walked(folder, skip))
        names.push(...listed.map((file) => path.relative(folder, file.path).replaceAll(path.sep, '/')));
      return names.sort();
    };
    assert.deepEqual(await listed(['**/node_modules', '**/*.log', 'build/{out,tmp}', '*.min.js']), [
      '.env',
      'h.js',
      'src/d.js',
    ]);
    assert.equal((await listed([])).length, 8);
    assert.deepEqual(await listed(['src/**', '**/[a-f].js', 'node_modules/', '[', '{']), ['.env', 'g.min.js', 'h.js']);
  });
});
