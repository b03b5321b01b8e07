import { maskKey, SANDBOX_MARK, SECRET_PREFIX } from '../../truework/keys.ts';
import { allowListReader, hashKey } from './allow-list.ts';
import { wrappedPrefixes } from './base64.ts';
import { measureKey, type Shape } from './body.ts';
import { commentReader } from './comments.ts';
import { MAX_FINDINGS, type Finding, type FindingEncoding, type Scan, type ScanOptions } from './finding.ts';
import { looksInvented } from './invented.ts';
import { firstPlace, PLAIN_NEEDLE, WIDE_NEEDLE } from './needles.ts';

/** SHA-256 of the example key printed in https://www.truework.com/docs/api-reference/authentication. */
const DOCUMENTED_EXAMPLE = '92b7098d189f6e069f66d4c517f023b7f02542175c41d59491542b9a34ded4a7';

/** A key in the text, before comments and allow-list have their say. */
interface Sighting {
  readonly start: number;
  readonly end: number;
  readonly kind: Finding['kind'];
  readonly key: string;
  readonly encoding: FindingEncoding;
}

/**
 * Finds secret keys in a text, suppressed ones included: see `suppressedBy`. Takes time in proportion to the length
 * of the text, whatever it holds.
 */
export function scan(text: string, options: ScanOptions = {}): Finding[] {
  return scanText(text, options).findings;
}

/** As {@link scan}, and says whether there were more keys than it returns. */
export function scanText(text: string, options: ScanOptions = {}): Scan {
  return toScan(text, inOrder(plainKeys(text), inOrder(wrappedKeys(text), wideKeys(text))), options);
}

/** Turns sightings, which are in order, into findings. */
function toScan(text: string, sightings: Iterable<Sighting>, options: ScanOptions): Scan {
  const limit = options.limit ?? MAX_FINDINGS;
  const suppressingComment = commentReader(text);
  const allowingEntry = allowListReader(options.allow ?? []);
  const findings: Finding[] = [];
  let previous: Finding | undefined;
  let reported = 0;
  let suppressed = 0;
  for (const { start, end, kind, key, encoding } of sightings) {
    const keyHash = hashKey(key);
    if (keyHash === DOCUMENTED_EXAMPLE) continue;
    if (previous?.start === start && previous.end === end && previous.keyHash === keyHash) continue;
    const entry = allowingEntry(key, keyHash);
    const suppressedBy = entry === undefined ? suppressingComment(start, end) : { by: 'allow-list' as const, entry };
    // Suppressed findings have a limit of their own: a thousand of them must not hide a leak behind them.
    if (suppressedBy ? ++suppressed > limit : ++reported > limit) {
      if (!suppressedBy) break;
      continue;
    }
    previous = { start, end, kind, keyHash, masked: maskKey(key), encoding, ...(suppressedBy && { suppressedBy }) };
    findings.push(previous);
  }
  return { findings, capped: reported > limit || suppressed > limit };
}

/**
 * The key of a finding, for an edit that moves it elsewhere.
 *
 * @param text The text that was scanned.
 * @returns undefined when the text has changed and the key is no longer there.
 */
export function keyAt(text: string, finding: Pick<Finding, 'start' | 'end' | 'keyHash' | 'encoding'>): string | undefined {
  const part = text.slice(finding.start, finding.end);
  const candidates = finding.encoding === 'base64' ? [...wrappedKeys(part)].map(({ key }) => key) : [part.replaceAll('\0', '')];
  return candidates.find((key) => hashKey(key) === finding.keyHash);
}

function* plainKeys(text: string): Generator<Sighting> {
  let next = firstPlace(text, PLAIN_NEEDLE);
  while (next >= 0) {
    const start = next;
    next = text.indexOf(SECRET_PREFIX, start + SECRET_PREFIX.length);
    const shape = readKey(text, start, next < 0 ? text.length : next);
    if (shape) yield { start, end: shape.end, kind: shape.kind, key: text.slice(start, shape.end), encoding: 'plain' };
  }
}

function* wrappedKeys(text: string): Generator<Sighting> {
  for (const { start, end, decoded } of wrappedPrefixes(text)) {
    const next = decoded.indexOf(SECRET_PREFIX, SECRET_PREFIX.length);
    const shape = readKey(decoded, 0, next < 0 ? decoded.length : next);
    if (shape) yield { start, end, kind: shape.kind, key: decoded.slice(0, shape.end), encoding: 'base64' };
  }
}

/** Programs, databases, and UTF-16 files read as something else hold keys with a zero between any two characters. */
function* wideKeys(text: string): Generator<Sighting> {
  for (let at = firstPlace(text, WIDE_NEEDLE); at >= 0; at = text.indexOf(WIDE_NEEDLE.text, at + WIDE_NEEDLE.text.length)) {
    let narrow = text.charAt(at);
    for (let i = at + 1; narrow.length < LONGEST_WIDE && text[i] === '\0'; i += 2) narrow += text.charAt(i + 1);
    const next = narrow.indexOf(SECRET_PREFIX, SECRET_PREFIX.length);
    const shape = readKey(narrow, 0, next < 0 ? narrow.length : next);
    if (shape) yield { start: at, end: at + shape.end * 2 - 1, kind: shape.kind, key: narrow.slice(0, shape.end), encoding: 'utf-16' };
  }
}

const LONGEST_WIDE = 1024;

/** The key at a prefix: of the right shape, and not invented. */
function readKey(text: string, start: number, limit: number): Shape | undefined {
  const shape = measureKey(text, start, limit);
  if (!shape) return undefined;
  const body = text.slice(shape.bodyStart, shape.end);
  if (looksInvented(body)) return undefined;
  // Too short for a sandbox key, and invented: a placeholder for one, or one in capitals.
  if (body.startsWith(SANDBOX_MARK) && shape.kind === 'production' && looksInvented(body.slice(SANDBOX_MARK.length))) return undefined;
  return shape;
}

function* inOrder(first: Iterator<Sighting, void>, second: Iterator<Sighting, void>): Generator<Sighting> {
  let a = first.next();
  let b = second.next();
  while (!a.done || !b.done) {
    if (!a.done && (b.done || a.value.start <= b.value.start)) {
      yield a.value;
      a = first.next();
    } else if (!b.done) {
      yield b.value;
      b = second.next();
    }
  }
}
