import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../support/cache.mjs';
import { temporaryFolder } from '../support/processes.ts';

function readStrings(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** What only one of two lists has. */
function difference(present: Iterable<string>, wanted: Iterable<string>): { missing: string[]; unused: string[] } {
  const [has, wants] = [new Set(present), new Set(wanted)];
  const without = (from: ReadonlySet<string>, other: ReadonlySet<string>) =>
    [...from].filter((text) => !other.has(text)).sort();
  return { missing: without(wants, has), unused: without(has, wants) };
}

const NONE = { missing: [], unused: [] };

describe('The texts for translators', () => {
  it('are those of the code (npm run l10n collects them)', () => {
    const folder = temporaryFolder('l10n');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'node_modules/@vscode/l10n-dev/dist/cli.js'), 'export', '--outDir', folder, 'src'],
      { cwd: root, encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout + stderr);
    const used = readStrings(path.join(folder, 'bundle.l10n.json'));
    const collected = readStrings(path.join(root, 'l10n/bundle.l10n.json'));
    assert.ok(Object.keys(used).length > 100);
    assert.deepEqual(difference(Object.keys(collected), Object.keys(used)), NONE);
    assert.deepEqual(collected, used, 'comments for translators included');
  });

  it('of package.nls.json are those that package.json names', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
    const named = Array.from(manifest.matchAll(/"%([^%"]+)%"/g), ([, key = '']) => key);
    assert.ok(named.length > 50);
    assert.deepEqual(difference(Object.keys(readStrings(path.join(root, 'package.nls.json'))), named), NONE);
  });

  it('name commands by their titles, as do the documents', () => {
    const titles = Object.entries(readStrings(path.join(root, 'package.nls.json')))
      .filter(([key]) => key.startsWith('command.'))
      .map(([, title]) => title);
    const texts = ['l10n/bundle.l10n.json', 'README.md', 'CHANGELOG.md', '.github/CONTRIBUTING.md'];
    const named = texts.flatMap((file) =>
      Array.from(
        readFileSync(path.join(root, file), 'utf8').matchAll(/\*\*Truework: (.+?)\*\*/g),
        ([, title = '']) => title,
      ),
    );
    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter((title) => !titles.includes(title)),
      [],
    );
  });

  it('are what the README quotes', () => {
    const texts = Object.keys(readStrings(path.join(root, 'l10n/bundle.l10n.json')));
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const quoted = Array.from(readme.matchAll(/\*\*"(.+?)"\*\*/g), ([, text = '']) => text);
    assert.ok(quoted.length > 0);
    assert.deepEqual(
      quoted.filter((text) => !texts.includes(text)),
      [],
    );
  });
});
