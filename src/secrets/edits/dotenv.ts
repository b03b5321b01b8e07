/** Reads `.env` files and adds variables to them. Pure. */
import { scan } from '../detector/scan.ts';
import type { Change } from './change.ts';

interface Assignment {
  readonly name: string;
  readonly value: string;
  /** Where the value stands, quotes and trailing comment excluded. */
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

export interface Placement {
  /** The variable that holds the key afterwards. */
  readonly name: string;
  /** Empty when a variable holds the key already. */
  readonly changes: readonly Change[];
}

/**
 * Puts a key under a name, or under the first free one after it: no value that is there is overwritten. A variable that
 * holds this key already is used as it is, one without a value gets it.
 */
export function putIntoDotenv(text: string, wanted: string, key: string): Placement {
  const holding = readDotenv(text).find(({ value }) => value === key);
  if (holding !== undefined) return { name: holding.name, changes: [] };
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${wanted}_${n}`;
    const changes = putUnder(text, name, key);
    if (changes !== undefined) return { name, changes };
  }
}

/** Puts a key under this name. @returns undefined when the name has another value */
export function putUnder(text: string, name: string, key: string): Change[] | undefined {
  const assignments = readDotenv(text).filter((each) => each.name === name);
  if (assignments.some(({ value }) => value !== '' && value !== key)) return undefined;
  const last = assignments.at(-1);
  if (last === undefined) return [appendLine(text, `${name}=${key}`)];
  return last.value === key ? [] : [{ start: last.start, end: last.end, text: key }];
}

/** Names a variable without giving it a value; `undefined` when the text names it already, even in a comment. */
export function nameInTemplate(text: string, name: string): Change | undefined {
  return new RegExp(`^[ \\t]*#?[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=`, 'm').test(text)
    ? undefined
    : appendLine(text, `${name}=`);
}

/** Replaces a key wherever it stands as it is: as a value, within one, in a comment. @param keyHash as in a finding */
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
