import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { excludeMatcher } from '../../../../src/secrets/scan/exclude.ts';

const excludes = (pattern: string, path: string): boolean => excludeMatcher([pattern])(path);

/** For each pattern, paths that it excludes and paths that it does not. */
const patterns: Readonly<Record<string, readonly [excluded: readonly string[], included: readonly string[]]>> = {
  // Across folders.
  '**': [['a', 'a/b', '.env'], []],
  '**/node_modules': [
    ['node_modules', 'a/node_modules/b/c.js'],
    ['a/my_node_modules/b', 'node_modules.txt'],
  ],
  '**/*.log': [['a.log', 'a/b/c.log', '.log', 'logs.log/a.txt'], ['a.log.txt']],
  'a/**/b.js': [
    ['a/b.js', 'a/x/b.js', 'a/x/y/b.js'],
    ['b.js', 'x/a/b.js'],
  ],
  '**/fixtures/**': [['fixtures/a', 'a/fixtures/b'], ['a/fixture/b']],
  // Within a name.
  '*.js': [
    ['a.js', '.js', 'a.js/b'],
    ['a/b.js', 'a.jsx'],
  ],
  'a**z': [['az', 'abcz'], ['a/z']],
  'a?.txt': [['ab.txt'], ['a.txt', 'abc.txt', 'a/.txt']],
  '[a-c].js': [['b.js'], ['d.js', '[a-c].js']],
  '[!a-c].js': [['d.js', '..js'], ['b.js']],
  // Alternatives, also with folders and in one another.
  '{src,test}/**': [['src/a', 'test/b/c'], ['lib/a']],
  'build/{out,tmp}': [['build/out/a', 'build/tmp'], ['build/other']],
  '{**/*.pem,**/*.key}': [['a.pem', 'a/b.key'], ['a.txt']],
  'a/{b,{c,d}}.ts': [['a/b.ts', 'a/c.ts', 'a/d.ts'], ['a/e.ts']],
  '{only}': [['only'], ['{only}']],
  // A folder with a slash before or after it, or spaces around it.
  'src/': [['src/a/b'], ['a/src']],
  '/src': [['src', 'src/a'], ['a/src']],
  '/src/**/': [['src/a'], ['a/src']],
  ' src ': [['src/a'], [' src ']],
  // Names that start with a dot.
  '*': [['.env', 'a'], []],
  '.env*': [
    ['.env', '.env.local'],
    ['a/.env', 'env'],
  ],
  '**/.env': [['.env', 'a/.env'], ['a/b.env']],
  // Case, and characters that other kinds of patterns have a meaning for.
  Build: [['Build/a'], ['build/a']],
  'copy (1)*.txt': [['copy (1).txt'], ['copy 1.txt']],
  '+(a)|b"c"': [['+(a)|b"c"'], ['aa', 'bc', 'b"c"']],
  '[a]+': [['a+'], ['aa']],
  '!a': [['!a'], ['b']],
  // A backslash is not a separator, on Windows either; VS Code documents `/` for all platforms.
  'src\\a.txt': [['src\\a.txt'], ['src/a.txt']],
  // What the command writes for a file whose name has special characters.
  'a[[]b[]][{]c,d[}][*][?].txt': [['a[b]{c,d}*?.txt'], ['a[b]c*?.txt', 'a[b]{c,d}xx.txt']],
  // Incomplete patterns.
  '[': [['['], ['a']],
  '{': [['{'], ['a']],
  '[z-a]': [[], ['a', 'z', 'z-a']],
  '': [[], ['a']],
  '/': [[], ['a']],
};

describe('An exclude pattern', () => {
  for (const [pattern, [excluded, included]] of Object.entries(patterns))
    it(`${JSON.stringify(pattern)} excludes the same in each setting`, () => {
      for (const path of excluded) assert.ok(excludes(pattern, path), `${path} is not excluded`);
      for (const path of included) assert.ok(!excludes(pattern, path), `${path} is excluded`);
    });

  it('matches absolute paths of files outside all workspace folders when it is absolute or starts with **', () => {
    assert.ok(excludes('/home/me/**', '/home/me/a.txt'));
    assert.ok(excludes('**/*.txt', '/home/me/a.txt'));
    assert.ok(!excludes('home/**', '/home/me/a.txt'));
    assert.ok(!excludes('*', '/home/me/a.txt'));
  });

  it('excludes with any of several patterns', () => {
    const isExcluded = excludeMatcher(['**/dist', 'a/*.js', '**/*.min.*.js']);
    assert.deepEqual(['dist/x', 'b/dist', 'a/x.js', 'c/x.min.1.js', 'b/x.js'].map(isExcluded), [
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('gives up on a path that could match in too many ways', () => {
    const name = 'a'.repeat(250);
    // A regular expression matches these at once, but would take years to reject the same path with another end.
    for (const [pattern, path] of [
      ['*a'.repeat(20), name],
      ['**/a/'.repeat(20) + 'b', 'a/'.repeat(500) + 'b'],
      ['*a*/'.repeat(20) + 'b', `${name}/`.repeat(20) + 'b'],
    ] as const) {
      assert.equal(excludes(pattern, path), false, pattern);
      assert.equal(excludes(pattern, `${path}b`), false, pattern);
    }
    // The patterns of a list share the limit.
    const isExcluded = excludeMatcher([...Array.from({ length: 10 }, () => '*a*a*a*b'), '*a*a*a*y', '**/z']);
    assert.equal(isExcluded(`${'a'.repeat(40)}y`), false);
    assert.equal(isExcluded('aaaay'), true);
    assert.equal(isExcluded(`z/${'a'.repeat(40)}y`), true);
  });

  it('is dropped when it is too long, or has too many combinations of alternatives', () => {
    assert.ok(excludes('{a,b}{c,d}{e,f}', 'ade'));
    assert.ok(!excludes('{a,b}'.repeat(60), 'a'.repeat(60)));
    assert.ok(!excludes(`{${'a,'.repeat(600)}}`, 'a'));
    assert.ok(!excludes('?'.repeat(5_000), 'a'.repeat(5_000)));
  });
});
