/** Reads `.env` files and adds variables to them. Pure. */
import type { Change } from '../change.ts';

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
  const assignments = readDotenv(text);
  const holding = assignments.find(({ value }) => value === key);
  if (holding !== undefined) return { name: holding.name, changes: [] };
  let name = wanted;
  for (let n = 2; assignments.some((each) => each.name === name && each.value !== ''); n += 1) name = `${wanted}_${n}`;
  const empty = assignments.findLast((each) => each.name === name);
  if (empty !== undefined) return { name, changes: [{ start: empty.start, end: empty.end, text: key }] };
  return { name, changes: [appendLine(text, `${name}=${key}`)] };
}

/** Names a variable without giving it a value; `undefined` when the text names it already, even in a comment. */
export function nameInTemplate(text: string, name: string): Change | undefined {
  return new RegExp(`^[ \\t]*#?[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=`, 'm').test(text) ? undefined : appendLine(text, `${name}=`);
}

/** Replaces a key wherever a variable holds it. */
export function replaceInDotenv(text: string, oldKey: string, newKey: string): Change[] {
  return readDotenv(text).filter(({ value }) => value === oldKey).map(({ start, end }) => ({ start, end, text: newKey }));
}

export function appendLine(text: string, line: string): Change {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  return { start: text.length, end: text.length, text: `${gap}${line}${eol}` };
}
