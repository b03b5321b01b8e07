/** Takes secrets and social security numbers out of texts that are shown, logged or carried by errors. */
import { withoutHiddenCharacters } from './hidden-characters.ts';

/** Anything that begins like a Truework key, whole or cut off. Four characters and fewer tell nothing. */
const KEY_SHAPED = /(tw_(?:sk|pk)_(?:test_|(?!test_)))[A-Za-z0-9_-]{5,}/g;
/** What follows `://` when it is the user part of a URL: proxies are often configured with a password in it. */
const USER_PART = /[^\s/?#@]+@/y;
/** A scheme in the characters that one can consist of. */
const SCHEME = /(?<!\w)[a-z]/i;
/** Nine digits standing alone, or in the usual groups. */
const SOCIAL_SECURITY_NUMBER = /(?<![\w-])\d{3}-?\d{2}-?(\d{4})(?![\w-])/g;

/** Only keys: for texts in which numbers of nine digits may well be something else. */
export function redactKeys(text: string): string {
  return text.replace(KEY_SHAPED, '$1•••');
}

/** Whether any part of the text begins like a Truework key, however well it is hidden among characters that do not show. */
export function holdsKey(text: string): boolean {
  const visible = withoutHiddenCharacters(text);
  return redactKeys(visible) !== visible;
}

/** Nine digits, in groups or not, whatever stands between the groups and around them. */
const ANY_NINE_DIGITS = /(?<!\d)\d{3}[\s.\-–—]*\d{2}[\s.\-–—]*\d{4}(?!\d)/;
const KEY_PREFIX = /tw_(?:sk|pk)_/i;

/**
 * Whether a text may hold a key or a social security number, so that it must stay in memory and off the disk. Stricter
 * than {@link holdsKey}: the prefix of a key suffices, since the rest of it may be about to be typed.
 */
export function isSensitive(text: string): boolean {
  const visible = withoutHiddenCharacters(text);
  return ANY_NINE_DIGITS.test(visible) || KEY_PREFIX.test(visible);
}

export function redact(text: string): string {
  return withoutUserParts(redactKeys(text)).replace(SOCIAL_SECURITY_NUMBER, '***-**-$1');
}

/** From one `://` to the next, since a regular expression that begins with the scheme reads `a.a.a…` again for every `a`. */
function withoutUserParts(text: string): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    USER_PART.lastIndex = at + 3;
    if (!USER_PART.test(text) || !SCHEME.test(text.slice(schemeStart(text, at, done), at))) continue;
    result += `${text.slice(done, at + 3)}•••@`;
    done = USER_PART.lastIndex;
  }
  return result + text.slice(done);
}

/** Where the characters before `end` begin that a scheme can consist of, and the one before them. */
function schemeStart(text: string, end: number, floor: number): number {
  let start = end;
  while (start > floor && /[a-z0-9+.-]/i.test(text.charAt(start - 1))) start -= 1;
  return Math.max(floor, start - 1);
}

/** From this length on, a piece of a secret is taken out. */
const PIECE = 8;

/** Takes every piece of `secret` that is 8 characters or longer out of `text`, wherever and however cut it stands. */
export function withoutSecret(text: string, secret: string): string {
  const pieces = new Set<string>();
  for (let at = 0; at + PIECE <= secret.length; at += 1) pieces.add(secret.slice(at, at + PIECE));
  let result = '';
  let done = 0;
  for (let at = 0; at + PIECE <= text.length; at += 1) {
    if (!pieces.has(text.slice(at, at + PIECE))) continue;
    let end = at + PIECE;
    // Pieces that overlap are one.
    for (let next = at + 1; next < end && next + PIECE <= text.length; next += 1)
      if (pieces.has(text.slice(next, next + PIECE))) end = next + PIECE;
    result += `${text.slice(done, at)}•••`;
    done = end;
    at = end - 1;
  }
  return result + text.slice(done);
}
