import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packagedFiles, unexpectedFiles } from '../../support/vsix.ts';

describe('The package', () => {
  it('holds the manifest and what a person reads, and nothing that does not run', () => {
    const files = packagedFiles();
    for (const file of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']) assert.ok(files.includes(file), file);
    assert.deepEqual(unexpectedFiles(files), []);
  });

  it('would not go unnoticed with a source, a test or a map in it', () => {
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
});
