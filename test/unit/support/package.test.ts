import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { build } from 'esbuild';
import fc from 'fast-check';
import { readArchive, sha256, writeArchive } from '../../support/archive.ts';
import { cacheRoot, root } from '../../support/cache.mjs';
import { faultsOfPackage } from '../../support/shipped.ts';
import { unexpectedFiles } from '../../support/vsix.ts';

describe('An archive', () => {
  const files = fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}\.js$/), fc.uint8Array({ maxLength: 2_000 })),
    { selector: ([name]) => name },
  );

  it('has the same bytes for any order of its files, and returns the files unchanged', () => {
    fc.assert(
      fc.property(files, (entries) => {
        const archive = writeArchive(new Map(entries));
        assert.deepEqual(writeArchive(new Map(entries.toReversed())), archive);
        assert.deepEqual(
          new Map([...readArchive(archive)].map(([name, content]) => [name, [...content]])),
          new Map(entries.map(([name, content]) => [name, [...content]])),
        );
      }),
    );
  });
});

/** The packages, as folders below the root, of which the sources import something. */
async function importedPackages(): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: globSync('src/**/*.ts', { cwd: root }),
    outdir: 'dist',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['vscode'],
    logLevel: 'silent',
  });
  return new Set(
    Object.keys(metafile.inputs).flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
}

/**
 * The repository as a clone would have it, in a folder of its own. What is bundled is there as files: a link to a folder
 * would lead the bundler back to one and the same place. Tools may lie elsewhere.
 */
function checkout(name: string, packages: ReadonlySet<string>): string {
  mkdirSync(cacheRoot, { recursive: true });
  const temporary = mkdtempSync(path.join(cacheRoot, '.package-'));
  after(() => {
    rmSync(temporary, { recursive: true, force: true });
  });
  const folder = path.join(temporary, name);
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of stdout.split('\0').filter((each) => each !== '' && existsSync(path.join(root, each)))) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    copyFileSync(path.join(root, file), path.join(folder, file));
  }
  for (const each of packages) cpSync(path.join(root, each), path.join(folder, each), { recursive: true });
  for (const tool of ['esbuild', 'fflate', '@vscode/vsce']) {
    if (packages.has(`node_modules/${tool}`)) continue;
    mkdirSync(path.dirname(path.join(folder, 'node_modules', tool)), { recursive: true });
    symlinkSync(path.join(root, 'node_modules', tool), path.join(folder, 'node_modules', tool), 'junction');
  }
  return folder;
}

describe('npm run package', () => {
  function runPackage(folder: string, env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'test/support/package.ts'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  }

  /** Packages a checkout as another person would, elsewhere; returns the bytes and what was printed. */
  function packaged(
    name: string,
    packages: ReadonlySet<string>,
    env: NodeJS.ProcessEnv,
    umask: number,
  ): { readonly bytes: Uint8Array; readonly printed: string } {
    const before = process.umask(umask);
    try {
      const folder = checkout(name, packages);
      const { status, stdout, stderr } = runPackage(folder, env);
      assert.equal(status, 0, stdout + stderr);
      const file = readdirSync(folder).find((each) => each.endsWith('.vsix'));
      assert.ok(file);
      return { bytes: readFileSync(path.join(folder, file)), printed: stdout };
    } finally {
      process.umask(before);
    }
  }

  it('builds the same bytes in another folder, time zone, language and year, prints their SHA-256, and packs only what it may', async () => {
    const packages = await importedPackages();
    const one = packaged('one', packages, { TZ: 'UTC', LC_ALL: 'C', SOURCE_DATE_EPOCH: '1000000000' }, 0o022);
    const other = packaged(
      'another/further down',
      packages,
      { TZ: 'Asia/Tokyo', LC_ALL: 'sv_SE.UTF-8', SOURCE_DATE_EPOCH: '1700000000' },
      0o002,
    );
    assert.equal(sha256(other.bytes), sha256(one.bytes));
    assert.match(one.printed, new RegExp(`SHA-256 ${sha256(one.bytes)}`));

    const files = readArchive(one.bytes);
    assert.deepEqual(faultsOfPackage(files), []);
    const names = [...files.keys()];
    const ours = names.filter((name) => name.startsWith('extension/')).map((name) => name.slice('extension/'.length));
    assert.deepEqual(
      names.filter((name) => !name.startsWith('extension/')),
      ['[Content_Types].xml', 'extension.vsixmanifest'],
    );
    // vsce gives what a person reads other names.
    const renamed: Readonly<Record<string, string>> = {
      'readme.md': 'README.md',
      'changelog.md': 'CHANGELOG.md',
      'LICENSE.txt': 'LICENSE',
    };
    assert.deepEqual(unexpectedFiles(ours.map((name) => renamed[name] ?? name)), []);
    assert.deepEqual(
      names.filter((name) => Buffer.from(files.get(name) ?? []).includes(root + path.sep)),
      [],
      'no path of this machine',
    );
  });

  it('lists the largest files and leaves no package if it exceeds its budget', async () => {
    const folder = checkout('large', await importedPackages());
    writeFileSync(path.join(folder, 'media/large.png'), randomBytes(600 * 1024));
    const { status, stdout, stderr } = runPackage(folder);
    assert.equal(status, 1, stdout + stderr);
    assert.match(stdout, /^The largest files, packed:\n +600\.\d KB {2}extension\/media\/large\.png\n/m);
    assert.match(stderr, /^The package is too large:\n {2}1?\d{3}\.\d KB, of 600\.0 KB that it may have/m);
    assert.deepEqual(
      readdirSync(folder).filter((file) => file.endsWith('.vsix')),
      [],
    );
  });
});
