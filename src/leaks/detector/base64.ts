import { SECRET_PREFIX } from '../../truework/keys.ts';
import { BASE64_NEEDLES, firstPlace } from './needles.ts';

/** Characters of base64 text read from a needle on: enough for the longest key that is worth reading. */
const LONGEST_WRAPPED = 1024;
/** Encoders that break lines do so at 64 or 76 characters; a shorter line ends the text. */
const SHORTEST_BROKEN_LINE = 60;

const LONGEST_GLUE = 128;

/** A prefix found inside base64 text. */
export interface Wrapped {
  /** The base64 text around it: the line it stands on, up to the line on which the key ends. */
  readonly start: number;
  readonly end: number;
  /** The decoded text from the prefix on. */
  readonly decoded: string;
}

/** Where the prefix of a key is wrapped in base64 (Kubernetes secrets, Basic authentication), in order. */
export function* wrappedPrefixes(text: string): Generator<Wrapped> {
  const needles = BASE64_NEEDLES.map((needle) => ({ needle: needle.text, at: needle.at, next: firstPlace(text, needle) }));
  let lineRun = { start: 0, end: -1 };
  for (;;) {
    const found = needles.filter(({ next }) => next >= 0).sort((a, b) => a.next - b.next)[0];
    if (!found) return;
    const { next: hit, at, needle } = found;
    found.next = text.indexOf(needle, hit + needle.length);
    if (hit >= lineRun.end) lineRun = { start: runStart(text, hit, lineRun.end), end: runEnd(text, hit) };
    const group = hit - at;
    if (group < lineRun.start) continue;
    // No key goes beyond the next prefix, so text full of prefixes is not decoded again and again.
    const nextHit = Math.min(...needles.map(({ next }) => (next < 0 ? text.length : next)));
    const { characters, end } = unwrap(text, group, Math.min(LONGEST_WRAPPED, nextHit - group + needle.length), lineRun);
    const decoded = Buffer.from(characters, 'base64').toString('latin1');
    const prefixAt = decoded.indexOf(SECRET_PREFIX);
    if (prefixAt < 0 || prefixAt > 2) continue;
    yield { start: alignedStart(text, lineRun.start, group), end, decoded: decoded.slice(prefixAt) };
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
 * Base64 text begins a whole number of groups before the needle. Characters glued to its front (`KEY_`, a path)
 * that break this are left out, at a `-`, `_` or `/` when there is one at the right place.
 */
function alignedStart(text: string, start: number, group: number): number {
  if ((group - start) % 4 === 0) return start;
  const aligned = start + ((group - start) % 4);
  for (let at = aligned; at <= Math.min(group, aligned + LONGEST_GLUE); at += 4) {
    const before = text[at - 1];
    if (before === '_' || before === '-' || before === '/') return at;
  }
  return aligned;
}

function unwrap(text: string, from: number, longest: number, lineRun: { start: number; end: number }): { characters: string; end: number } {
  let lineStart = lineRun.start;
  let end = lineRun.end;
  let characters = text.slice(from, Math.min(end, from + longest));
  while (characters.length < longest && end - lineStart >= SHORTEST_BROKEN_LINE && !keyIsOver(characters)) {
    const next = nextLine(text, end);
    if (next === undefined) break;
    lineStart = next;
    end = runEnd(text, next);
    characters += text.slice(next, Math.min(end, next + longest - characters.length));
  }
  while (end < text.length && text[end] === '=') end++;
  return { characters, end };
}

/** True when the decoded text holds something after the prefix that no key contains. */
function keyIsOver(characters: string): boolean {
  const decoded = Buffer.from(characters, 'base64').toString('latin1');
  const prefixAt = decoded.indexOf(SECRET_PREFIX);
  return /[^A-Za-z0-9_-]/.test(decoded.slice(prefixAt));
}

/** Where base64 text goes on after a line break, written out or as the escape `\n`, and indentation. */
const LINE_BREAK = /(?:\r?\n|\r|(?:\\r)?\\n)[ \t]*(?=[A-Za-z0-9+/_-])/y;

function nextLine(text: string, at: number): number | undefined {
  LINE_BREAK.lastIndex = at;
  return LINE_BREAK.test(text) ? LINE_BREAK.lastIndex : undefined;
}
