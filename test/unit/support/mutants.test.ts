import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../support/cache.mjs';
import { mutate, parseMutants, readMutants, sampleOf } from '../../support/mutants.ts';

describe('The list of mutants', () => {
  it('matches the code: each original occurs once in its file, and each test file exists', () => {
    const stale = readMutants().flatMap((mutant) => {
      const file = path.join(root, mutant.file);
      const found = existsSync(file) && mutate(readFileSync(file, 'utf8'), mutant) !== undefined;
      return found && existsSync(path.join(root, mutant.test))
        ? []
        : [`${mutant.place}: ${mutant.file}: ${mutant.original}`];
    });
    assert.deepEqual(stale, []);
  });

  it('names tests in words of their files', () => {
    const stale = readMutants().filter(({ grep = '', test }) => {
      const text = readFileSync(path.join(root, test), 'utf8');
      return !(grep.match(/\w+/g) ?? []).every((word) => text.includes(word));
    });
    assert.deepEqual(
      stale.map(({ place, grep }) => `${place}: ${String(grep)}`),
      [],
    );
  });

  it('has no duplicate', () => {
    const names = readMutants().map(({ file, original, replacement }) => `${file} ${original} ${replacement}`);
    assert.equal(new Set(names).size, names.length);
  });
});

describe('A line of the list', () => {
  it('has four or five parts', () => {
    assert.deepEqual(
      parseMutants(
        '# comment\n\nsrc/a.ts ¦ one || two ¦ ¦ unit/a/b ¦ name | other\nsrc/a.ts ¦ x ¦ y ¦ host/c',
        'list.txt',
      ),
      [
        {
          file: 'src/a.ts',
          original: 'one || two',
          replacement: '',
          test: 'test/unit/a/b.test.ts',
          grep: 'name | other',
          level: 'unit',
          place: 'list.txt:3',
        },
        {
          file: 'src/a.ts',
          original: 'x',
          replacement: 'y',
          test: 'test/host/c.test.ts',
          grep: undefined,
          level: 'host',
          place: 'list.txt:4',
        },
      ],
    );
  });

  for (const line of [
    'src/a.ts ¦ x ¦ y',
    'src/a.ts ¦ ¦ y ¦ unit/a',
    'src/a.ts ¦ x ¦ x ¦ unit/a',
    'src/a.ts ¦ x ¦ y ¦ bench/a',
    'src/a.ts ¦ x ¦ y ¦ unit/a ¦',
    'a ¦ b ¦ c ¦ unit/d ¦ e ¦ f',
  ]) {
    it(`is invalid: ${JSON.stringify(line)}`, () => {
      assert.throws(() => parseMutants(line, 'list.txt'), /^Error: list\.txt:1: /);
    });
  }
});

describe('A mutant', () => {
  it('replaces code that occurs exactly once', () => {
    assert.equal(mutate('a(); b();', { original: 'b();', replacement: '' }), 'a(); ');
    assert.equal(mutate('a $& b', { original: '$&', replacement: '$1' }), 'a $1 b');
    assert.equal(mutate('a', { original: 'b', replacement: '' }), undefined);
    assert.equal(mutate('aaa', { original: 'aa', replacement: '' }), undefined);
  });
});

describe('A sample', () => {
  it('differs each time, and covers the list over time', () => {
    const list = Array.from({ length: 10 }, (_, n) => n);
    assert.deepEqual(sampleOf(list, 4, 0), [0, 1, 2, 3]);
    assert.deepEqual(sampleOf(list, 4, 2), [8, 9, 0, 1]);
    assert.deepEqual(new Set([0, 1, 2].flatMap((seed) => sampleOf(list, 4, seed))), new Set(list));
    assert.deepEqual(sampleOf(list, 20, 3), list);
  });
});
