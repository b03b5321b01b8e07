import { wordLengthAt } from './words.ts';

/**
 * Limits beyond which a body counts as a placeholder. Together they reject about one in a million random keys, which
 * `test/bench/leaks-inline.ts` measures. For comparison, the usual entropy limit of 3.5 bits would reject one in twenty
 * keys of 40 hexadecimal characters.
 */
interface Limits {
  /** Fewer different characters than this. */
  readonly distinct: number;
  /** Less entropy than this, in bits per character. */
  readonly entropy: number;
  /** Share of characters that continue a row: `abcdef`, `1a2b3c`. */
  readonly sequence: number;
  /** Share of characters of the same class (upper, lower, digit) as the one a fixed distance before. */
  readonly rhythm: number;
  /** Share of characters in words, and in rows of at least `row` characters. */
  readonly readable: number;
  readonly row: number;
}

const HEX: Limits = { distinct: 9, entropy: 2.7, sequence: 0.65, rhythm: 0.95, readable: 0.5, row: 4 };
const URL_SAFE: Limits = { distinct: 16, entropy: 3.9, sequence: 0.45, rhythm: 0.8, readable: 0.35, row: 4 };

/** A longer body is judged by its beginning. */
const SAMPLE_LENGTH = 256;
const MAX_PERIOD = 64;
/** Share of characters that equal the one a period before. In random text it is below a third. */
const PERIODIC_SHARE = 0.6;
/** Share of characters in runs of three and more letters of one case, as in identifiers. */
const LETTER_RUNS = 0.6;
const LETTER_RUNS_WITH_DIGITS = 0.7;

const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const MARK = 4;
const HEX_DIGIT = 8;

const CLASS = new Uint8Array(128).fill(MARK);
const FOLDED = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) CLASS[code] = LOWER;
  if (/[A-Z]/.test(character)) CLASS[code] = UPPER;
  if (/[0-9]/.test(character)) CLASS[code] = DIGIT;
  if (/[0-9a-f]/.test(character)) CLASS[code] = (CLASS[code] ?? 0) | HEX_DIGIT;
  FOLDED[code] = character.toLowerCase().charCodeAt(0);
}

/** Rows of characters that people count or type one after the other. */
const ROWS = ['0123456789abcdefghijklmnopqrstuvwxyz0', 'f0', '90', '9a', 'za', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
/** Whether two characters, case aside, are the same or adjacent in a row: `STEP[a * 128 + b]`. */
const STEP = new Uint8Array(128 * 128);
for (let code = 0; code < 128; code++) STEP[code * 128 + code] = 1;
for (const row of ROWS) {
  for (let i = 1; i < row.length; i++) {
    const [a, b] = [row.charCodeAt(i - 1), row.charCodeAt(i)];
    STEP[a * 128 + b] = 1;
    STEP[b * 128 + a] = 1;
  }
}

/** The body being judged: characters in lower case, and their classes. Reused, as this runs for every key of a text. */
const codes = new Uint8Array(SAMPLE_LENGTH);
const folded = new Uint8Array(SAMPLE_LENGTH);
const classes = new Uint8Array(SAMPLE_LENGTH);
const counts = new Uint16Array(128);

/** True for a body that is not random: a placeholder, a masked key, an identifier, or typed by hand. */
export function isPlaceholder(body: string): boolean {
  const length = Math.min(body.length, SAMPLE_LENGTH);
  let allHex = HEX_DIGIT;
  const seen = [0, 0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const code = body.charCodeAt(i) & 127;
    const kind = CLASS[code] ?? MARK;
    allHex &= kind;
    codes[i] = code;
    folded[i] = FOLDED[code] ?? 0;
    classes[i] = kind & ~HEX_DIGIT;
    seen[kind & ~HEX_DIGIT] = 1;
  }
  const isHex = allHex === HEX_DIGIT;
  const limits = isHex ? HEX : URL_SAFE;
  if (!isHex && !(seen[UPPER] && seen[LOWER])) return true;
  return (
    isUniform(length, limits) ||
    isSequence(length, limits.sequence) ||
    isPeriodic(length) ||
    hasRhythm(length, limits.rhythm) ||
    (!isHex && isIdentifier(length, seen[DIGIT] ? LETTER_RUNS_WITH_DIGITS : LETTER_RUNS)) ||
    isReadable(body.slice(0, length).toLowerCase(), limits)
  );
}

function isUniform(length: number, limits: Limits): boolean {
  counts.fill(0);
  for (let i = 0; i < length; i++) {
    const code = codes[i] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  let distinct = 0;
  let entropy = 0;
  for (const count of counts) {
    if (count === 0) continue;
    distinct++;
    entropy -= (count / length) * Math.log2(count / length);
  }
  return distinct < limits.distinct || entropy < limits.entropy;
}

/** Whether the share of characters that continue the one one, two or three places before reaches the limit. */
function isSequence(length: number, limit: number): boolean {
  for (let stride = 1; stride <= 3; stride++) {
    let steps = 0;
    for (let i = stride; i < length; i++) steps += STEP[((folded[i - stride] ?? 0) << 7) + (folded[i] ?? 0)] ?? 0;
    if (steps >= limit * (length - stride)) return true;
  }
  return false;
}

function isPeriodic(length: number): boolean {
  const maxPeriod = Math.min(MAX_PERIOD, length >> 1);
  for (let period = 1; period <= maxPeriod; period++) if (repeats(codes, period, length, PERIODIC_SHARE)) return true;
  return false;
}

/** `xT8bM3nK2`: people who type a key, and language models, alternate the classes of characters regularly. */
function hasRhythm(length: number, limit: number): boolean {
  return repeats(classes, 2, length, limit) || repeats(classes, 3, length, limit) || repeats(classes, 4, length, limit);
}

function repeats(values: Uint8Array, period: number, length: number, share: number): boolean {
  let different = Math.floor((1 - share) * (length - period)) + 1;
  for (let i = period; i < length; i++) if (values[i] !== values[i - period] && --different === 0) return false;
  return true;
}

/** Words run together, as in `valueFromPrivateKeyFile`: long runs of lower-case letters, or of upper-case ones. */
function isIdentifier(length: number, limit: number): boolean {
  const inRuns = [0, 0, 0, 0, 0];
  let runStart = 0;
  for (let i = 1; i <= length; i++) {
    const kind = classes[runStart] ?? MARK;
    if (i < length && classes[i] === kind) continue;
    if (i - runStart >= 3) inRuns[kind] = (inRuns[kind] ?? 0) + i - runStart;
    runStart = i;
  }
  return Math.max(inRuns[LOWER] ?? 0, inRuns[UPPER] ?? 0) >= limit * length;
}

function isReadable(lowerCase: string, limits: Limits): boolean {
  let covered = 0;
  let i = 0;
  while (i < lowerCase.length) {
    const row = rowLengthAt(i, lowerCase.length);
    const length = Math.max(wordLengthAt(lowerCase, i), row >= limits.row ? row : 0);
    covered += length;
    i += length || 1;
  }
  return covered >= limits.readable * lowerCase.length;
}

/** The number of characters from an offset on that each are one more than the one before, one less, or the same. */
function rowLengthAt(start: number, length: number): number {
  const difference = (folded[start + 1] ?? 0) - (folded[start] ?? 0);
  if (start + 1 >= length || Math.abs(difference) > 1) return 1;
  let end = start + 2;
  while (end < length && (folded[end] ?? 0) - (folded[end - 1] ?? 0) === difference) end++;
  return end - start;
}
