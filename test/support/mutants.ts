/**
 * The lists of mutants below test/mutants/: defenses taken out, each with the tests that have to fail without it. One mutant a
 * line, its parts set apart by ` ¦ `: file, original text (once in the file), replacement (may be empty), test file
 * (below test/, without `.test.ts`) and, if not all of its tests are needed, a regular expression for their names.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './cache.mjs';

/** Where a mutant's tests run. */
export type Level = 'unit' | 'host' | 'ui';

export interface Mutant {
  /** Relative to the repository, with slashes. */
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  /** Relative to the repository, with slashes. */
  readonly test: string;
  readonly grep: string | undefined;
  readonly level: Level;
  /** `test/mutants/NAME.txt:LINE`, for messages. */
  readonly place: string;
}

/** @throws Error that names the line when it is not in the form above */
export function parseMutants(text: string, listName: string): Mutant[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const place = `${listName}:${index + 1}`;
    const [file, original, replacement, test, grep, ...rest] = line.split('¦').map((part) => part.trim());
    if (!file || !original || replacement === undefined || !test || grep === '' || rest.length > 0) {
      throw new Error(`${place}: expected "file ¦ original ¦ replacement ¦ test [¦ test names]".`);
    }
    if (original === replacement) throw new Error(`${place}: the replacement is the original.`);
    const level = (['unit', 'host', 'ui'] as const).find((each) => test.startsWith(`${each}/`));
    if (level === undefined) throw new Error(`${place}: the test lies in unit/, host/ or ui/.`);
    return [{ file, original, replacement, test: `test/${test}.test.ts`, grep, level, place }];
  });
}

export function readMutants(): Mutant[] {
  return globSync('test/mutants/*.txt', { cwd: root })
    .sort()
    .flatMap((name) => parseMutants(readFileSync(path.join(root, name), 'utf8'), name.split(path.sep).join('/')));
}

/**
 * Takes a defense out, wherever the formatter breaks its lines: white space, and a comma before a closing bracket, do not count.
 * @returns undefined when the original is not in the text exactly once
 */
export function mutate(
  text: string,
  { original, replacement }: Pick<Mutant, 'original' | 'replacement'>,
): string | undefined {
  const [match, ...others] = text.matchAll(anyLayout(original));
  if (match?.[1] === undefined || others.length > 0) return undefined;
  return text.slice(0, match.index) + replacement + text.slice(match.index + match[1].length);
}

/** Matches wherever the code begins, so that places which overlap are told apart; the code is the first group. */
function anyLayout(code: string): RegExp {
  const tokens = code.match(/[\w$]+|\S/g) ?? [];
  const pattern = tokens.map((token) => {
    const escaped = token.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
    return /^[)\]}]$/.test(token) ? `,?\\s*${escaped}` : escaped;
  });
  return new RegExp(`(?=(${pattern.join(String.raw`\s*`)}))`, 'g');
}

/**
 * A part of the list that is another one for each seed, and over several seeds in a row the whole of it.
 * @param seed a whole number, 0 or larger
 */
export function sampleOf<T>(list: readonly T[], size: number, seed: number): T[] {
  if (list.length <= size) return [...list];
  const start = (seed * size) % list.length;
  return [...list, ...list].slice(start, start + size);
}
