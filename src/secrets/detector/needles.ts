import { SECRET_PREFIX } from '../../truework/keys.ts';

/** A text that stands wherever a key does. */
export interface Needle {
  readonly text: string;
  /**
   * A part of it, looked for first: shorter than seven characters and beginning with a character that is rare in
   * files, which is what the engine's search is fast at. Over files of npm packages this takes an eighth of the time.
   */
  readonly part: string;
}

function needle(text: string, from: number, to: number): Needle {
  return { text, part: text.slice(from, to) };
}

export const PLAIN_NEEDLE = needle(SECRET_PREFIX, 1, 6);

/**
 * The prefix in two-byte characters that were read as single ones, without its outermost zero: the same in both byte
 * orders. Binary files hold keys this way, and so does a UTF-16 file that was taken for UTF-8.
 */
export const WIDE_NEEDLE = needle(SECRET_PREFIX.split('').join('\0'), 2, 8);

export interface Base64Needle extends Needle {
  /** Where it begins within a group of four characters. */
  readonly at: number;
}

/**
 * What the prefix looks like inside base64 text, by the position of its first byte within a group of three: only the
 * characters that its own bits decide.
 */
export const BASE64_NEEDLES: readonly Base64Needle[] = (
  [
    [0, 1, 7],
    [1, 2, 7],
    [2, 3, 7],
  ] as const
).map(([offset, from, to]) => {
  const encoded = Buffer.from('\0'.repeat(offset) + SECRET_PREFIX, 'latin1').toString('base64');
  const bits = (offset + SECRET_PREFIX.length) * 8;
  const at = Math.ceil((offset * 8) / 6);
  return { ...needle(encoded.slice(at, Math.floor(bits / 6)), from, to), at };
});

const NEEDLES = [PLAIN_NEEDLE, WIDE_NEEDLE, ...BASE64_NEEDLES];
const BYTE_NEEDLES = NEEDLES.map(({ text, part }) => ({
  text: Buffer.from(text, 'latin1'),
  part: Buffer.from(part, 'latin1'),
}));

/** The length of the longest needle in bytes; blocks that overlap by this much hide none. */
export const MAX_NEEDLE_LENGTH = Math.max(...NEEDLES.map(({ text }) => text.length));

/** Where a needle stands first; -1 when it does not. */
export function firstIndex(text: string, { text: whole, part }: Needle): number {
  const at = text.indexOf(part);
  return at < 0 ? -1 : text.indexOf(whole, Math.max(0, at - whole.length));
}

/** False means that `scan` finds nothing in this text. Costs a fraction of a millisecond per megabyte. */
export function mayHoldKey(text: string): boolean {
  return NEEDLES.some((each) => firstIndex(text, each) >= 0);
}

/** False means that `scanBytes` finds nothing in these bytes. */
export function mayHoldKeyBytes(bytes: Buffer): boolean {
  for (const { text, part } of BYTE_NEEDLES) if (bytes.includes(part) && bytes.includes(text)) return true;
  return false;
}
