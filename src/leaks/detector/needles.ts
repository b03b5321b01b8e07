import { SECRET_PREFIX } from '../../truework/keys.ts';

/**
 * What the key prefix looks like inside base64 text, by the position of its first byte within a group of three:
 * only the characters that its own bits decide. `at` is where they begin within a group of four characters.
 */
export const BASE64_NEEDLES: readonly { readonly text: string; readonly at: number }[] = [0, 1, 2].map((offset) => {
  const encoded = Buffer.from('\0'.repeat(offset) + SECRET_PREFIX, 'latin1').toString('base64');
  const bits = (offset + SECRET_PREFIX.length) * 8;
  const at = Math.ceil((offset * 8) / 6);
  return { text: encoded.slice(at, Math.floor(bits / 6)), at };
});

/**
 * The prefix in two-byte characters that were read as single ones, without its outermost zero: the same in both byte
 * orders. Binary files hold keys this way, and so does a UTF-16 file that was taken for UTF-8.
 */
export const WIDE_NEEDLE = SECRET_PREFIX.split('').join('\0');

const NEEDLES = [SECRET_PREFIX, WIDE_NEEDLE, ...BASE64_NEEDLES.map(({ text }) => text)];
/** What to look for in bytes: every form in which the prefix of a key is written. */
export const BYTE_NEEDLES: readonly Buffer[] = NEEDLES.map((needle) => Buffer.from(needle, 'latin1'));

/** The length of the longest needle in bytes; blocks that overlap by this much hide none. */
export const LONGEST_NEEDLE = Math.max(...NEEDLES.map((needle) => needle.length));

/** False means that `scan` finds nothing in this text. Costs a fraction of a millisecond per megabyte. */
export function mayHoldKey(text: string): boolean {
  return NEEDLES.some((needle) => text.includes(needle));
}

/** False means that `scanBytes` finds nothing in these bytes. */
export function mayHoldKeyBytes(bytes: Buffer): boolean {
  for (const needle of BYTE_NEEDLES) if (bytes.includes(needle)) return true;
  return false;
}
