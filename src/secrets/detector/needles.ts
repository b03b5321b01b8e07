import { SECRET_PREFIX } from '../../truework/keys.ts';

/** A text that occurs wherever a key does. */
export interface Needle {
  readonly text: string;
  /**
   * A part of it, searched for first: shorter than seven characters and beginning with a character that is rare in
   * files, for which the engine's search is fast. For files of npm packages this takes an eighth of the time.
   */
  readonly part: string;
}

function needle(text: string, from: number, to: number): Needle {
  return { text, part: text.slice(from, to) };
}

export const PLAIN_NEEDLE = needle(SECRET_PREFIX, 1, 6);

/**
 * The prefix in two-byte characters read as single ones, without the outermost zero: the same in both byte orders.
 * Occurs in binary files and in UTF-16 files read as UTF-8.
 */
export const WIDE_NEEDLE = needle(SECRET_PREFIX.split('').join('\0'), 2, 8);

export interface Base64Needle extends Needle {
  /** Its offset within a group of four characters. */
  readonly at: number;
}

/**
 * The prefix inside base64 text, for each position of its first byte within a group of three: only the characters
 * that its own bits determine.
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

/** The length of the longest needle in bytes: blocks that overlap by this much miss none. */
export const MAX_NEEDLE_LENGTH = Math.max(...NEEDLES.map(({ text }) => text.length));

/** The offset of the first occurrence of a needle; -1 if there is none. */
export function firstIndex(text: string, { text: whole, part }: Needle): number {
  const at = text.indexOf(part);
  return at < 0 ? -1 : text.indexOf(whole, Math.max(0, at - whole.length));
}

/** If false, `scan` finds nothing in the text. Takes a fraction of a millisecond per megabyte. */
export function mayHoldKey(text: string): boolean {
  return NEEDLES.some((each) => firstIndex(text, each) >= 0);
}

/** If false, `scanBytes` finds nothing in the bytes. */
export function mayHoldKeyBytes(bytes: Buffer): boolean {
  for (const { text, part } of BYTE_NEEDLES) if (bytes.includes(part) && bytes.includes(text)) return true;
  return false;
}
