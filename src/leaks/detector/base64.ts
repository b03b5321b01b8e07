import { SECRET_PREFIX } from '../../truework/keys.ts';
import { isWholeKey } from './body.ts';
import { BASE64_NEEDLES, firstPlace } from './needles.ts';

/** Characters of base64 text read from a needle on: enough for the longest key that is worth reading. */
const LONGEST_WRAPPED = 1024;
/** Encoders that break lines do so at these lengths; a line shorter than all of them ends the text. */
const BROKEN_LINES = [60, 64, 76];
const SHORTEST_BROKEN_LINE = Math.min(...BROKEN_LINES);

const LONGEST_GLUE = 128;

/** A prefix found inside base64 text. */
export interface Wrapped {
  /** The base64 text around it: the line it stands on, up to the line on which the key ends. */
  readonly start: number;
  readonly end: number;
  /** The decoded text from the prefix on. */
  readonly decoded: string;
}

/** Characters of base64 side by side, as far as they go on one line. */
interface Run {
  readonly start: number;
  readonly end: number;
  /** Where the base64 text in it begins, by the number of characters that are too many for whole groups. */
  readonly starts: number[];
}

/** Where the prefix of a key is wrapped in base64 (Kubernetes secrets, Basic authentication), in order. */
export function* wrappedPrefixes(text: string): Generator<Wrapped> {
  const needles = BASE64_NEEDLES.map((needle) => ({ needle: needle.text, at: needle.at, next: firstPlace(text, needle) }));
  let lineRun: Run = { start: 0, end: -1, starts: [] };
  for (;;) {
    const found = needles.filter(({ next }) => next >= 0).sort((a, b) => a.next - b.next)[0];
    if (!found) return;
    const { next: hit, at, needle } = found;
    found.next = text.indexOf(needle, hit + needle.length);
    if (hit >= lineRun.end) lineRun = { start: runStart(text, hit, lineRun.end), end: runEnd(text, hit), starts: [] };
    const group = hit - at;
    if (group < lineRun.start) continue;
    // No key goes beyond the next prefix, so text full of prefixes is not decoded again and again.
    const nextHit = Math.min(...needles.map(({ next }) => (next < 0 ? text.length : next)));
    const { characters, end } = unwrap(text, group, Math.min(LONGEST_WRAPPED, nextHit - group + needle.length), lineRun);
    const decoded = Buffer.from(characters, 'base64').toString('latin1');
    const prefixAt = decoded.indexOf(SECRET_PREFIX);
    if (prefixAt < 0 || prefixAt > 2) continue;
    const start = lineRun.starts[(group - lineRun.start) % 4] ??= alignedStart(text, lineRun.start, group);
    yield { start, end, decoded: decoded.slice(prefixAt) };
  }
}

function isBase64(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 47 && code <= 57) || code === 43 || code === 45 || code === 95;
}

function runStart(text: string, from: number, floor: number): number {
  let at = from;
  while (at > floor && at > 0 && isBase64(text.charCodeAt(at - 1))) at--;
  return at;
}

function runEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBase64(text.charCodeAt(at))) at++;
  return at;
}

/**
 * Base64 text begins a whole number of groups before the needle. Characters glued to its front (`KEY_`, a path, an
 * escape) that break this are left out: as many as it takes for the rest to be text, up to a `-`, `_`, `/` or `+` if
 * there is one at such a place.
 */
function alignedStart(text: string, start: number, group: number): number {
  const first = start + ((group - start) % 4);
  if (first === start) return start;
  const places: number[] = [];
  for (let at = first; at <= Math.min(group, first + LONGEST_GLUE); at += 4) places.push(at);
  const afterMark = (at: number) => /[-_/+]/.test(text.charAt(at - 1));
  const asText = places.filter((at) => isText(Buffer.from(text.slice(at, Math.min(group, at + LONGEST_WRAPPED)), 'base64')));
  return asText.find(afterMark) ?? places.find(afterMark) ?? asText[0] ?? first;
}

function unwrap(text: string, from: number, longest: number, lineRun: Run): { characters: string; end: number } {
  let lineStart = lineRun.start;
  let end = lineRun.end;
  let characters = text.slice(from, Math.min(end, from + longest));
  while (characters.length < longest && end - lineStart >= SHORTEST_BROKEN_LINE && mayGoOn(characters, end - lineStart)) {
    const next = nextLine(text, end, characters);
    if (next === undefined) break;
    lineStart = next.start;
    end = next.end;
    characters += text.slice(next.start, Math.min(end, next.start + longest - characters.length));
  }
  while (end < text.length && text[end] === '=') end++;
  return { characters, end };
}

/**
 * False when the key is over: the decoded text holds something behind it, or it is a whole key at the end of a line
 * that no encoder has broken.
 */
function mayGoOn(characters: string, lineLength: number): boolean {
  const decoded = Buffer.from(characters, 'base64').toString('latin1');
  const key = decoded.slice(decoded.indexOf(SECRET_PREFIX));
  if (/[^A-Za-z0-9_-]/.test(key)) return false;
  return BROKEN_LINES.includes(lineLength) || !isWholeKey(key);
}

/** Where base64 text goes on after a line break, written out or as the escape `\n`, and indentation. */
const LINE_BREAK = /(?:\r?\n|\r|(?:\\r)?\\n)[ \t]*(?=[A-Za-z0-9+/_-])/y;
/** What may follow base64 text on its last line: its padding, and the end of the line, of a string, of an element; a comment. */
const END_OF_RUN = /(={0,2})(?:[ \t]*(?=["'`\\<\r\n]|$)|[ \t]+(?=#|\/\/|\/\*|--|;))/y;

/**
 * The next line when it goes on with the base64 text: when there is nothing else on it, and it decodes to more of the
 * key or, in whole groups, to text behind it.
 */
function nextLine(text: string, at: number, characters: string): { start: number; end: number } | undefined {
  LINE_BREAK.lastIndex = at;
  if (!LINE_BREAK.test(text)) return undefined;
  const start = LINE_BREAK.lastIndex;
  const end = runEnd(text, start);
  END_OF_RUN.lastIndex = end;
  const padding = END_OF_RUN.exec(text)?.[1]?.length;
  if (padding === undefined) return undefined;
  const decoded = Buffer.from(characters + text.slice(start, Math.min(end, start + LONGEST_WRAPPED)), 'base64');
  const added = decoded.subarray(Math.floor((characters.length * 3) / 4));
  const isWholeGroups = end - start >= SHORTEST_BROKEN_LINE || (characters.length + end - start + padding) % 4 === 0;
  return FOUR_OF_A_KEY.test(added.toString('latin1')) || (isWholeGroups && isText(added)) ? { start, end } : undefined;
}

const FOUR_OF_A_KEY = /^[A-Za-z0-9_-]{4}/;

/** UTF-8 without control characters. It may end within a character. */
function isText(bytes: Buffer): boolean {
  try {
    return !CONTROL.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    return false;
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\0-\x08\x0b\x0e-\x1f\x7f]/;
