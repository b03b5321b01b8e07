import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { root } from '../../support/cache.mjs';
import { key } from '../../support/keys.ts';
import {
  faultsOfFile,
  faultsOfLockFile,
  faultsOfManifest,
  faultsOfPackage,
  invisibleCharacters,
  type LockFile,
} from '../../support/shipped.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** What git tracks and what it would: a new file is checked before it is committed. */
function repositoryFiles(): string[] {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  return stdout.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)));
}

describe('The repository', () => {
  it('has no file with an invisible character, a whole key, or another encoding', () => {
    const files = repositoryFiles();
    assert.ok(files.includes('package.json') && files.includes('src/extension.ts'));
    assert.deepEqual(
      files.flatMap((file) => faultsOfFile(file, readFileSync(path.join(root, file)))),
      [],
    );
  });

  it('has a manifest that installs no extension and runs no script', () => {
    assert.deepEqual(faultsOfManifest(json('package.json') as Record<string, unknown>), []);
  });

  it('has a lock file that pins every package and needs no install script', () => {
    const lock = json('package-lock.json') as LockFile;
    assert.ok(Object.keys(lock.packages).length > 100);
    assert.deepEqual(faultsOfLockFile(lock), []);
  });
});

describe('An invisible character', () => {
  const hidden = {
    'zero-width space': 0x200b,
    'zero-width joiner': 0x200d,
    'word joiner': 0x2060,
    'byte order mark': 0xfeff,
    'right-to-left override': 0x202e,
    'left-to-right isolate': 0x2066,
    'soft hyphen': 0xad,
    'variation selector': 0xfe0f,
    'variation selector of the supplement': 0xe0100,
    'Mongolian variation selector': 0x180b,
    'tag letter': 0xe0041,
    'Hangul filler': 0x3164,
    'Braille blank': 0x2800,
    'combining grapheme joiner': 0x34f,
    'no-break space': 0xa0,
    'ideographic space': 0x3000,
    'line separator': 0x2028,
    'next line': 0x85,
    escape: 0x1b,
    null: 0,
    'private use': 0xe000,
    unassigned: 0x378,
  };

  for (const [name, codePoint] of Object.entries(hidden)) {
    it(`is detected: ${name}`, () => {
      assert.deepEqual(invisibleCharacters(`one\ntwo${String.fromCodePoint(codePoint)}`), [
        `2:4 U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`,
      ]);
    });
  }

  it('is detected at any position, and any number of times', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(...Object.values(hidden)).map((each) => String.fromCodePoint(each)),
            fc.stringMatching(/^[ -~\n\t]*$/),
          ),
        ),
        (parts) => {
          assert.equal(
            invisibleCharacters(parts.join('')).length,
            parts.filter((part) => invisibleCharacters(part).length > 0).length,
          );
        },
      ),
    );
  });

  it('is not confused with other scripts, typographic characters, tabs and line breaks', () => {
    assert.deepEqual(invisibleCharacters('Grüße, 東京, Ελλάδα, עברית: “quoted” – … → • ✔ 🔑\r\n\tindented'), []);
  });
});

describe('A file', () => {
  it('with a whole key is rejected, and the key is not shown', () => {
    const text = key('shipped');
    const [fault, ...others] = faultsOfFile('media/example.md', bytes(`Use ${text} here.\n`));
    assert.match(fault ?? '', /media\/example\.md holds what looks like a secret key/);
    assert.deepEqual(others, []);
    assert.ok(!fault?.includes(text.slice(10, 30)));
  });

  it('that is not UTF-8 is rejected, unless it is an image', () => {
    assert.deepEqual(faultsOfFile('a.js', Uint8Array.of(0x61, 0xff)), ['a.js is not valid UTF-8.']);
    assert.deepEqual(faultsOfFile('a.png', Uint8Array.of(0x61, 0xff)), []);
  });
});

describe('A manifest', () => {
  it('is rejected if it installs other extensions or packages, or runs scripts', () => {
    for (const name of [
      'extensionDependencies',
      'extensionPack',
      'dependencies',
      'optionalDependencies',
      'bundledDependencies',
      'enabledApiProposals',
    ]) {
      assert.deepEqual(faultsOfManifest({ [name]: [] }), [`package.json has "${name}".`]);
    }
    for (const name of ['preinstall', 'install', 'postinstall', 'vscode:uninstall']) {
      assert.deepEqual(faultsOfManifest({ scripts: { [name]: 'node x.js' } }), [
        `package.json has the script "${name}".`,
      ]);
    }
  });

  it('is rejected if it handles URIs, provides authentication or language models, or activates for everything', () => {
    for (const name of ['authentication', 'languageModelTools', 'mcpServerDefinitionProviders'])
      assert.deepEqual(faultsOfManifest({ contributes: { [name]: [] } }), [`package.json contributes "${name}".`]);
    for (const event of ['*', 'onUri', 'onAuthenticationRequest:truework'])
      assert.deepEqual(faultsOfManifest({ activationEvents: ['onStartupFinished', event] }), [
        `package.json has the activation event "${event}".`,
      ]);
  });

  it('is rejected with a version range, or with code from another source', () => {
    for (const version of ['^1.2.3', '1.x', 'latest', '*', 'github:a/b', 'file:../a', 'https://example.com/a.tgz']) {
      assert.equal(faultsOfManifest({ devDependencies: { a: version } }).length, 1, version);
    }
    assert.deepEqual(faultsOfManifest({ devDependencies: { a: '1.2.3' } }), []);
  });
});

describe('A lock file', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`;
  const faults = (entry: LockFile['packages'][string]) =>
    faultsOfLockFile({ lockfileVersion: 3, packages: { '': {}, 'node_modules/a': entry } });

  it('is accepted if each package has its SHA-512 and comes from the public or the configured registry', () => {
    assert.deepEqual(faults({ integrity }), []);
    assert.deepEqual(faults({ integrity, resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' }), []);
  });

  it('is rejected with a package from another source, without a digest, or with an install script', () => {
    for (const resolved of [
      'https://registry.npmjs.org.example.com/a.tgz',
      'http://registry.npmjs.org/a.tgz',
      'git+ssh://git@github.com/a/b.git',
      'file:../a',
    ]) {
      assert.match(faults({ integrity, resolved }).join(), /not from the public npm registry/, resolved);
    }
    assert.match(faults({}).join(), /no SHA-512/);
    assert.match(faults({ integrity: `sha1-${'A'.repeat(27)}=` }).join(), /no SHA-512/);
    assert.match(faults({ integrity, link: true }).join(), /link to a folder/);
    assert.match(faults({ integrity, hasInstallScript: true }).join(), /install script/);
    assert.match(faultsOfLockFile({ lockfileVersion: 1, packages: {} }).join(), /version 1/);
  });
});

describe('A package', () => {
  const good = new Map([
    ['extension/package.json', bytes('{"name":"a"}')],
    ['extension/dist/extension.js', bytes('export const text = "// sourceMappingURL";\n')],
    ['extension/dist/THIRD-PARTY-NOTICES.txt', bytes('MIT\n')],
  ]);
  const faults = (file: string, text: string) => faultsOfPackage(new Map([...good, [file, bytes(text)]]));

  it('is accepted with a plain manifest, code and notices', () => {
    assert.deepEqual(faultsOfPackage(good), []);
  });

  it('is rejected with another extension, a hidden character, a key or a source map', () => {
    assert.match(faults('extension/package.json', '{"extensionPack":["a.b"]}').join(), /extensionPack/);
    assert.match(faults('extension/dist/extension.js', `a = "${String.fromCodePoint(0xe0101)}"`).join(), /U\+E0101/);
    assert.match(faults('extension/README.md', key('packaged')).join(), /secret key/);
    assert.match(
      faults('extension/dist/extension.js', 'a();\n//# sourceMappingURL=extension.js.map\n').join(),
      /source map/,
    );
  });

  it('is rejected without the licenses of bundled packages', () => {
    assert.match(faultsOfPackage(new Map([...good].slice(0, 2))).join(), /licenses/);
  });
});
