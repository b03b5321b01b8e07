import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Metafile } from 'esbuild';
import { temporaryFolder } from '../../support/processes.ts';
import { bundledPackages, isAllowedLicense, thirdPartyNotices } from '../../support/third-party.mjs';

function metafile(inputs: Readonly<Record<string, number>>): Pick<Metafile, 'outputs'> {
  const entries = Object.entries(inputs).map(([file, bytesInOutput]) => [file, { bytesInOutput }]);
  return {
    outputs: {
      'dist/a.js': {
        bytes: 0,
        inputs: Object.fromEntries(entries) as Metafile['outputs'][string]['inputs'],
        imports: [],
        exports: [],
      },
    },
  };
}

function installed(
  packages: Readonly<Record<string, { readonly license?: unknown; readonly files: Readonly<Record<string, string>> }>>,
): string {
  const root = temporaryFolder('licenses');
  for (const [name, { license, files }] of Object.entries(packages)) {
    const folder = path.join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
  }
  return root;
}

describe('The bundled packages', () => {
  it('are those with code in an output, by folder', () => {
    assert.deepEqual(
      bundledPackages([
        metafile({
          'src/extension.ts': 10,
          'node_modules/b/index.js': 5,
          'node_modules/b/lib/c.js': 5,
          'node_modules/unused/index.js': 0,
        }),
        metafile({ 'node_modules/@scope/a/index.js': 1, 'node_modules/b/node_modules/c/index.js': 1 }),
      ]),
      ['node_modules/@scope/a', 'node_modules/b', 'node_modules/b/node_modules/c'],
    );
  });
});

describe('The third-party notices', () => {
  it('contain the name, version and license files of each package, in a fixed order', () => {
    const root = installed({
      b: { license: 'ISC', files: { 'license.md': 'Text of b\r\n' } },
      a: {
        license: 'BSD-2-Clause',
        files: { 'LICENSE.BSD': 'Text of a', 'LICENSE.OTHER': 'Another text of a', 'index.js': 'no text' },
      },
    });
    const text = thirdPartyNotices(root, ['node_modules/a', 'node_modules/b']);
    assert.match(
      text,
      /a 1\.2\.3 \(BSD-2-Clause\)\n-+\n\nText of a\n\nAnother text of a\n\n-+\nb 1\.2\.3 \(ISC\)\n-+\n\nText of b\n$/,
    );
    assert.doesNotMatch(text, /no text|\r/);
    assert.equal(thirdPartyNotices(root, ['node_modules/b', 'node_modules/a']), text);
  });

  it('are rejected for a license that is not allowed, not named, or without a text', () => {
    const root = installed({
      copyleft: { license: 'GPL-3.0-only', files: { LICENSE: 'x' } },
      silent: { files: { LICENSE: 'x' } },
      bare: { license: 'MIT', files: { 'index.js': 'x' } },
    });
    assert.throws(
      () => thirdPartyNotices(root, ['node_modules/copyleft']),
      /copyleft 1\.2\.3 is bundled under the license "GPL-3\.0-only"/,
    );
    assert.throws(() => thirdPartyNotices(root, ['node_modules/silent']), /silent 1\.2\.3/);
    assert.throws(() => thirdPartyNotices(root, ['node_modules/bare']), /bare 1\.2\.3 .*without the text/);
  });

  it('support license expressions: OR needs one license, AND needs all', () => {
    assert.equal(isAllowedLicense('MIT'), true);
    assert.equal(isAllowedLicense('(GPL-2.0-only OR MIT)'), true);
    assert.equal(isAllowedLicense('MIT AND GPL-2.0-only'), false);
    assert.equal(isAllowedLicense('MIT AND ISC'), true);
    assert.equal(isAllowedLicense('MIT AND (GPL-2.0-only OR ISC)'), false);
    assert.equal(isAllowedLicense('UNLICENSED'), false);
    assert.equal(isAllowedLicense('SEE LICENSE IN LICENSE'), false);
  });
});
