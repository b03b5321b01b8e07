import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsOfSize, largestEntries, packagedFiles, unexpectedFiles } from '../../support/vsix.ts';

describe('The package', () => {
  it('contains the manifest, documents and pictures, and only code that runs', () => {
    const files = packagedFiles();
    for (const file of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']) assert.ok(files.includes(file), file);
    assert.deepEqual(unexpectedFiles(files), []);
  });

  it('is rejected with a source file, a test or a source map in it', () => {
    const stray = [
      'src/extension.ts',
      'dist/extension.js.map',
      '.env',
      'node_modules/undici/index.js',
      'dist-test/index.js',
      'dist/other.js',
      'dist/chunks/a.js',
      'media/order.fixture.json',
    ];
    assert.deepEqual(
      unexpectedFiles(['dist/extension.js', 'dist/chunks/a-2PZXBU4R.js', 'dist/THIRD-PARTY-NOTICES.txt', ...stray]),
      stray,
    );
  });

  it('is limited to 600 KB, to the byte', () => {
    assert.deepEqual(faultsOfSize(600 * 1024), []);
    assert.match(faultsOfSize(600 * 1024 + 1).join(), /^600\.0 KB, of 600\.0 KB/);
  });

  it('is explained by its ten largest files, by compressed size', () => {
    const noise = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
    const files = new Map([
      ['zeros.js', new Uint8Array(9_000)],
      ...Array.from({ length: 12 }, (_, n): [string, Uint8Array] => [`${n}.png`, noise(1024 * (n + 1))]),
    ]);
    const lines = largestEntries(files);
    assert.equal(lines.length, 10);
    assert.match(lines[0] ?? '', /^ +12\.\d KB {2}11\.png$/);
    assert.match(lines[9] ?? '', /^ +3\.\d KB {2}2\.png$/);
  });
});
