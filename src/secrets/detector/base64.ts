import { isUtf8 } from 'node:buffer';
import { HEX_BODY_LENGTH, SECRET_PREFIX } from '../../truework/keys.ts';
import { isWholeKey } from './body.ts';
import { BASE64_NEEDLES, firstIndex } from './needles.ts';

/** Characters of base64 text read from a needle on: enough for the longest key that is worth reading. */
const MAX_BASE64_LENGTH = 1024;
/** Fewer characters of base64 text contain no key. */
const MIN_BASE64_LENGTH = Math.ceil(((SECRET_PREFIX.length + HEX_BODY_LENGTH) * 4) / 3);
/** Encoders that break lines do so at these lengths; a shorter line ends the text. */
const BROKEN_LINES = [60, 64, 76];
const SHORTEST_BROKEN_LINE = Math.min(...BROKEN_LINES);

/** Characters that suffice to recognize a prefix. */
const MAX_PREFIX_LENGTH = 12;

const MAX_SEPARATOR_LENGTH = 128;

/** A prefix inside base64 text. */
export interface Base64Match {
  /** Where the base64 text around it ends: on the line on which the key ends. */
  readonly end: number;
  /** The decoded text from the prefix on. */
  readonly decoded: string;
  /** Where the base64 text around it starts, on the line of the prefix. Slow, so only called for keys. */
  readonly start: () => number;
}

/** Consecutive base64 characters on one line. */
interface Run {
  readonly start: number;
  readonly end: number;
  /** Possible offsets of prefixes, and starts of the base64 text, by the number of characters before it modulo four. */
  readonly prefixes: readonly [number[], number[], number[], number[]];
  readonly starts: (number | undefined)[];
}

function newRun(start: number, end: number): Run {
  return { start, end, prefixes: [[], [], [], []], starts: [] };
}

/**
 * Finds prefixes of keys in base64 text (Kubernetes secrets, Basic authentication), in order. Yields `undefined` for
 * false matches, so that the caller can pause there.
 */
export function* base64Prefixes(text: string): Generator<Base64Match | undefined> {
  const needles = BASE64_NEEDLES.map((needle) => ({
    needle: needle.text,
    at: needle.at,
    next: firstIndex(text, needle),
  }));
  let run = newRun(0, -1);
  for (;;) {
    const found = first(needles);
    if (found === undefined) return;
    const { next: hit, at, needle } = found;
    found.next = text.indexOf(needle, hit + needle.length);
    if (hit >= run.end) run = newRun(startOfRun(text, hit, run.end), endOfRun(text, hit));
    const group = hit - at;
    // A key ends before the next prefix, so text full of prefixes is not decoded again and again.
    const maxLength = Math.min(MAX_BASE64_LENGTH, (first(needles)?.next ?? text.length) - group + needle.length);
    if (group >= run.start) run.prefixes[residueOf(group, run)].push(group);
    yield group < run.start || maxLength < MIN_BASE64_LENGTH ? undefined : base64MatchAt(text, group, maxLength, run);
  }
}

function first<T extends { readonly next: number }>(needles: readonly T[]): T | undefined {
  let earliest: T | undefined;
  for (const needle of needles)
    if (needle.next >= 0 && (earliest === undefined || needle.next < earliest.next)) earliest = needle;
  return earliest;
}

function base64MatchAt(text: string, group: number, maxLength: number, run: Run): Base64Match | undefined {
  const { characters, end } = decodeMatch(text, group, maxLength, run);
  if (characters.length < MIN_BASE64_LENGTH) return undefined;
  const decoded = Buffer.from(characters, 'base64').toString('latin1');
  const prefixAt = prefixIn(decoded);
  return prefixAt === undefined
    ? undefined
    : { end, decoded: decoded.slice(prefixAt), start: () => startOf(text, group, run) };
}

function prefixIn(decoded: string): number | undefined {
  const at = decoded.indexOf(SECRET_PREFIX);
  return at < 0 || at > 2 ? undefined : at;
}

/** The base64 text begins before the first prefix in it, even one without a key. */
function startOf(text: string, group: number, run: Run): number {
  const residue = residueOf(group, run);
  const isPrefix = (at: number) =>
    prefixIn(Buffer.from(decodeMatch(text, at, MAX_PREFIX_LENGTH, run).characters, 'base64').toString('latin1')) !==
    undefined;
  return (run.starts[residue] ??= alignedStart(text, run.start, run.prefixes[residue].find(isPrefix) ?? group));
}

function residueOf(group: number, run: Run): 0 | 1 | 2 | 3 {
  return ((group - run.start) % 4) as 0 | 1 | 2 | 3;
}

function isBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 95
  );
}

function startOfRun(text: string, from: number, floor: number): number {
  let at = from;
  while (at > floor && at > 0 && isBase64(text.charCodeAt(at - 1))) at--;
  return at;
}

function endOfRun(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBase64(text.charCodeAt(at))) at++;
  return at;
}

/**
 * Base64 text begins a whole number of groups before the needle. Characters directly before it (`KEY_`, a path, an
 * escape) that break this are left out: as many as needed for the rest to decode to text, up to a `-`, `_`, `/` or `+`
 * if there is one at such an offset.
 */
function alignedStart(text: string, start: number, group: number): number {
  const earliest = start + ((group - start) % 4);
  if (earliest === start) return start;
  const offsets: number[] = [];
  for (let at = earliest; at <= Math.min(group, earliest + MAX_SEPARATOR_LENGTH); at += 4) offsets.push(at);
  const afterMark = (at: number) => /[-_/+]/.test(text.charAt(at - 1));
  const asText = (at: number) => isText(Buffer.from(text.slice(at, Math.min(group, at + MAX_BASE64_LENGTH)), 'base64'));
  const marked = offsets.filter(afterMark);
  return marked.find(asText) ?? marked[0] ?? offsets.find(asText) ?? earliest;
}

function decodeMatch(text: string, from: number, maxLength: number, run: Run): { characters: string; end: number } {
  let lineStart = run.start;
  let end = run.end;
  let characters = text.slice(from, Math.min(end, from + maxLength));
  while (
    characters.length < maxLength &&
    end - lineStart >= SHORTEST_BROKEN_LINE &&
    mayContinue(characters, end - lineStart)
  ) {
    const next = nextLine(text, end, characters);
    if (next === undefined) break;
    lineStart = next.start;
    end = next.end;
    characters += text.slice(next.start, Math.min(end, next.start + maxLength - characters.length));
  }
  while (end < text.length && text[end] === '=') end++;
  return { characters, end };
}

/**
 * False if the key has ended: other characters follow it in the decoded text, or it is whole and the line is not one
 * that an encoder broke.
 */
function mayContinue(characters: string, lineLength: number): boolean {
  const decoded = Buffer.from(characters, 'base64').toString('latin1');
  const key = decoded.slice(decoded.indexOf(SECRET_PREFIX));
  if (/[^A-Za-z0-9_-]/.test(key)) return false;
  return BROKEN_LINES.includes(lineLength) || !isWholeKey(key);
}

/** A line break, itself or as the escape `\n`, and indentation, before more base64 text. */
const LINE_BREAK = /(?:\r?\n|\r|(?:\\r)?\\n)[ \t]*(?=[A-Za-z0-9+/_-])/y;
/** What may follow base64 text on its last line: padding, then the end of the line, string or element, or a comment. */
const END_OF_RUN = /(={0,2})(?:[ \t]*(?=["'`\\<\r\n]|$)|[ \t]+(?=#|\/\/|\/\*|--|;))/y;

/**
 * The next line if it continues the base64 text: it contains nothing else, and decodes to more of the key or, in whole
 * groups, to text after it.
 */
function nextLine(text: string, at: number, characters: string): { start: number; end: number } | undefined {
  LINE_BREAK.lastIndex = at;
  if (!LINE_BREAK.test(text)) return undefined;
  const start = LINE_BREAK.lastIndex;
  const end = endOfRun(text, start);
  END_OF_RUN.lastIndex = end;
  const padding = END_OF_RUN.exec(text)?.[1]?.length;
  if (padding === undefined) return undefined;
  // From the last whole group on: earlier characters say nothing about this line.
  const decoded = Buffer.from(
    characters.slice(characters.length & ~3) + text.slice(start, Math.min(end, start + MAX_BASE64_LENGTH)),
    'base64',
  );
  const added = decoded.subarray(Math.floor(((characters.length & 3) * 3) / 4));
  const isWholeGroups = end - start >= SHORTEST_BROKEN_LINE || (characters.length + end - start + padding) % 4 === 0;
  return FOUR_OF_A_KEY.test(added.toString('latin1')) || (isWholeGroups && isText(added)) ? { start, end } : undefined;
}

const FOUR_OF_A_KEY = /^[A-Za-z0-9_-]{4}/;

/** Whether the bytes are UTF-8 without control characters. They may end within a character. */
function isText(bytes: Buffer): boolean {
  const whole = bytes.length - lengthOfIncompleteEnd(bytes);
  return (
    isUtf8(bytes.subarray(0, whole)) &&
    (whole === bytes.length || isUtf8(completeCharacter(bytes.subarray(whole)))) &&
    !CONTROL.test(bytes.toString('latin1'))
  );
}

/** The number of bytes at the end that begin an incomplete character. */
function lengthOfIncompleteEnd(bytes: Buffer): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const lead = bytes[bytes.length - length] ?? 0;
    if (lead < 0x80) return 0;
    if (lead >= 0xc0) return length < (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2) ? length : 0;
  }
  return 0;
}

/** An incomplete character with bytes that may complete it. */
function completeCharacter(start: Buffer): Buffer {
  const lead = start[0] ?? 0;
  // Some lead bytes restrict the second byte: https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506
  const second = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  return Buffer.concat([
    start,
    Buffer.from([second, 0x80, 0x80]).subarray(start.length - 1, lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1),
  ]);
}

// eslint-disable-next-line no-control-regex -- searches for control characters
const CONTROL = /[\0-\x08\x0b\x0e-\x1f\x7f]/;
