/** Reads `.env` files and adds variables to them. */
import { scan } from '../detector/scan.ts';
import type { Change } from './change.ts';

interface Assignment {
  readonly name: string;
  readonly value: string;
  /** Offsets of the value, without quotes and trailing comment. */
  readonly start: number;
  readonly end: number;
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#'"][^\n#]*)?)/gm;

export function readDotenv(text: string): Assignment[] {
  return [...text.matchAll(ASSIGNMENT)].map((match) => {
    const [all, name = '', double, single, bare] = match;
    const value = double ?? single ?? bare?.trimEnd() ?? '';
    const quoted = double ?? single;
    const end = match.index + all.length - (quoted === undefined ? (bare?.length ?? 0) - value.length : 1);
    return { name, value, start: end - value.length, end };
  });
}

export interface DotenvAddition {
  /** The variable that has the key as its value afterwards. */
  readonly name: string;
  /** Empty if a variable already has the key as its value. */
  readonly changes: readonly Change[];
}

/**
 * Adds a key under a name or, if that has another value, under the first free name with a number. A variable that
 * already has this key is reused; one without a value gets it.
 */
export function putIntoDotenv(text: string, preferredName: string, key: string): DotenvAddition {
  const existing = readDotenv(text).find(({ value }) => value === key);
  if (existing !== undefined) return { name: existing.name, changes: [] };
  for (let n = 1; ; n++) {
    const name = n === 1 ? preferredName : `${preferredName}_${n}`;
    const changes = putUnder(text, name, key);
    if (changes !== undefined) return { name, changes };
  }
}

/** Adds a key under this name. @returns undefined if the name has another value */
export function putUnder(text: string, name: string, key: string): Change[] | undefined {
  const assignments = readDotenv(text).filter((each) => each.name === name);
  if (assignments.some(({ value }) => value !== '' && value !== key)) return undefined;
  const last = assignments.at(-1);
  if (last === undefined) return [appendLine(text, `${name}=${key}`)];
  return last.value === key ? [] : [{ start: last.start, end: last.end, text: key }];
}

/** Adds a variable without a value. @returns undefined if the text already names it, even in a comment */
export function nameInTemplate(text: string, name: string): Change | undefined {
  return new RegExp(`^[ \\t]*#?[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=`, 'm').test(text)
    ? undefined
    : appendLine(text, `${name}=`);
}

/** Replaces every plain occurrence of a key: as a value, within one, in a comment. @param keyHash as in a finding */
export function replaceInDotenv(text: string, keyHash: string, newKey: string): Change[] {
  return scan(text)
    .filter((finding) => finding.keyHash === keyHash && finding.encoding === 'plain')
    .map(({ start, end }) => ({ start, end, text: newKey }));
}

export function appendLine(text: string, line: string): Change {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  return { start: text.length, end: text.length, text: `${gap}${line}${eol}` };
}
