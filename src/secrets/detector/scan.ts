import { maskKey, SANDBOX_MARK, SECRET_PREFIX } from '../../truework/keys.ts';
import { allowListReader, hashKey } from './allow-list.ts';
import { base64Prefixes, type Base64Match } from './base64.ts';
import { measureKey, type Shape } from './body.ts';
import { commentReader } from './comments.ts';
import { MAX_FINDINGS, type Finding, type FindingEncoding, type Scan, type ScanOptions } from './finding.ts';
import { isPlaceholder } from './placeholder.ts';
import { firstIndex, PLAIN_NEEDLE, WIDE_NEEDLE } from './needles.ts';

/** SHA-256 of the example key printed in https://www.truework.com/docs/api-reference/authentication. */
const DOCUMENTED_EXAMPLE = '92b7098d189f6e069f66d4c517f023b7f02542175c41d59491542b9a34ded4a7';

/** A key in the text, before comments and the allow list are applied. */
interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly kind: Finding['kind'];
  readonly key: string;
  readonly encoding: FindingEncoding;
}

/**
 * Finds secret keys in a text, suppressed ones included: see `suppressedBy`. Takes time
 * proportional to the length of the text, whatever it contains.
 */
export function scan(text: string, options: ScanOptions = {}): Finding[] {
  return scanText(text, options).findings;
}

/** Like {@link scan}, and reports whether there are more keys than it returns. */
export function scanText(text: string, options: ScanOptions = {}): Scan {
  const steps = scanSteps(text, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The longest time for which a slice occupies the thread, in milliseconds. */
const SLICE_MS = 8;

/**
 * Like {@link scanText}, but yields the thread every few milliseconds.
 * @throws the signal's reason if it is aborted
 */
export async function scanInSlices(
  text: string,
  { signal, ...options }: ScanOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<Scan> {
  const steps = scanSteps(text, options);
  for (let sliceStart = performance.now(), count = 1; ; count++) {
    const step = steps.next();
    if (step.done === true) return step.value;
    // Reading the clock takes longer than a typical step.
    if (count % 16 !== 0 || performance.now() - sliceStart < SLICE_MS) continue;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    signal?.throwIfAborted();
    sliceStart = performance.now();
  }
}

/** The steps of a scan: yields after each offset that might have been a key or a comment. */
function* scanSteps(text: string, options: ScanOptions): Generator<undefined, Scan> {
  const limit = options.limit ?? MAX_FINDINGS;
  const comments = commentReader(text);
  const allowingEntry = allowListReader(options.allow ?? []);
  const findings: Finding[] = [];
  let previous: Finding | undefined;
  let reported = 0;
  let suppressed = 0;
  for (const candidate of mergedByStart(plainKeys(text), mergedByStart(base64Keys(text), wideKeys(text)))) {
    yield;
    if (candidate === undefined) continue;
    const { start, end, kind, key, encoding } = candidate;
    const keyHash = hashKey(key);
    if (keyHash === DOCUMENTED_EXAMPLE) continue;
    if (previous?.start === start && previous.end === end && previous.keyHash === keyHash) continue;
    const entry = allowingEntry(key, keyHash);
    const suppressedBy = entry === undefined ? yield* comments(start, end) : { by: 'allow-list' as const, entry };
    // Suppressed findings have a limit of their own, so that many of them do not hide a leak.
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
 * @returns undefined if the text has changed and the key is no longer there
 */
export function keyAt(
  text: string,
  finding: Pick<Finding, 'start' | 'end' | 'keyHash' | 'encoding'>,
): string | undefined {
  const part = text.slice(finding.start, finding.end);
  const candidates =
    finding.encoding === 'base64'
      ? [...base64Keys(part)].flatMap((candidate) => candidate?.key ?? [])
      : [part.replaceAll('\0', '')];
  return candidates.find((key) => hashKey(key) === finding.keyHash);
}

/** Keys in order, and `undefined` for each prefix without a key. */
type CandidateStream = Generator<Candidate | undefined, void>;

function* plainKeys(text: string): CandidateStream {
  let next = firstIndex(text, PLAIN_NEEDLE);
  while (next >= 0) {
    const start = next;
    next = text.indexOf(SECRET_PREFIX, start + SECRET_PREFIX.length);
    const shape = readKey(text, start, next < 0 ? text.length : next);
    yield shape && { start, end: shape.end, kind: shape.kind, key: text.slice(start, shape.end), encoding: 'plain' };
  }
}

function* base64Keys(text: string): CandidateStream {
  for (const match of base64Prefixes(text)) yield match && base64Key(match);
}

function base64Key({ start, end, decoded }: Base64Match): Candidate | undefined {
  const next = decoded.indexOf(SECRET_PREFIX, SECRET_PREFIX.length);
  const shape = readKey(decoded, 0, next < 0 ? decoded.length : next);
  return shape && { start: start(), end, kind: shape.kind, key: decoded.slice(0, shape.end), encoding: 'base64' };
}

/** Keys with a zero between any two characters: in programs, databases, and UTF-16 files read as something else. */
function* wideKeys(text: string): CandidateStream {
  let next = firstIndex(text, WIDE_NEEDLE);
  while (next >= 0) {
    const start = next;
    next = text.indexOf(WIDE_NEEDLE.text, start + WIDE_NEEDLE.text.length);
    // A key ends before the next prefix, so text full of prefixes is not read again and again.
    const narrow = narrowed(text, start, Math.min(next < 0 ? text.length : next, start + 2 * MAX_WIDE_LENGTH));
    const shape = readKey(narrow, 0, narrow.length);
    yield shape && {
      start,
      end: start + shape.end * 2 - 1,
      kind: shape.kind,
      key: narrow.slice(0, shape.end),
      encoding: 'utf-16',
    };
  }
}

const MAX_WIDE_LENGTH = 1024;

/** The characters at every second offset, as long as there are zeros between them. */
function narrowed(text: string, start: number, limit: number): string {
  let end = start + 1;
  while (end + 1 < limit && text.charCodeAt(end) === 0 && text.charCodeAt(end + 1) !== 0) end += 2;
  return text.slice(start, end).replaceAll('\0', '');
}

/** The key at a prefix: of the right shape, and not a placeholder. */
function readKey(text: string, start: number, limit: number): Shape | undefined {
  const shape = measureKey(text, start, limit);
  if (!shape) return undefined;
  const body = text.slice(shape.bodyStart, shape.end);
  if (isPlaceholder(body)) return undefined;
  // Too short for a sandbox key, and a placeholder: for a sandbox key, or one in capitals.
  if (body.startsWith(SANDBOX_MARK) && shape.kind === 'production' && isPlaceholder(body.slice(SANDBOX_MARK.length)))
    return undefined;
  return shape;
}

function* mergedByStart(first: CandidateStream, second: CandidateStream): CandidateStream {
  let a = first.next();
  let b = second.next();
  while (a.done !== true || b.done !== true) {
    if (
      a.done !== true &&
      (a.value === undefined || b.done === true || (b.value !== undefined && a.value.start <= b.value.start))
    ) {
      yield a.value;
      a = first.next();
    } else if (b.done !== true) {
      yield b.value;
      b = second.next();
    }
  }
}
