/** Removes secrets and social security numbers from texts for display, logs and errors. */
import { withoutHiddenCharacters } from './hidden-characters.ts';

/** The beginning of a Truework key, whole or truncated. Up to four characters of its body reveal nothing. */
const KEY_SHAPED = /(tw_(?:sk|pk)_(?:test_|(?!test_)))[A-Za-z0-9_-]{5,}/g;
/** The user part of a URL, which follows `://`: proxy URLs often contain a password. */
const USER_PART = /[^\s/?#@]+@/y;
/** The beginning of a scheme. */
const SCHEME = /(?<!\w)[a-z]/i;
/** Nine digits on their own, or in the usual groups. */
const SOCIAL_SECURITY_NUMBER = /(?<![\w-])\d{3}-?\d{2}-?(\d{4})(?![\w-])/g;

/** Removes only keys: for texts in which nine digits can be something else. */
export function redactKeys(text: string): string {
  return text.replace(KEY_SHAPED, '$1•••');
}

/** Whether any part of the text begins like a Truework key, however well it is hidden among characters that do not show. */
export function holdsKey(text: string): boolean {
  const visible = withoutHiddenCharacters(text);
  return redactKeys(visible) !== visible;
}

/** Nine digits, in groups or not, with any separators. */
const ANY_NINE_DIGITS = /(?<!\d)\d{3}[\s.\-–—]*\d{2}[\s.\-–—]*\d{4}(?!\d)/;
const KEY_PREFIX = /tw_(?:sk|pk)_/i;

/**
 * Whether a text may contain a key or a social security number and therefore must not be saved to disk. Stricter than
 * {@link holdsKey}: the prefix of a key suffices, since the user may be about to type the rest.
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

/** The offset before the characters of a scheme that precede `end`. */
function schemeStart(text: string, end: number, floor: number): number {
  let start = end;
  while (start > floor && /[a-z0-9+.-]/i.test(text.charAt(start - 1))) start -= 1;
  return Math.max(floor, start - 1);
}

/** The length from which on a part of a secret is removed. */
const PIECE = 8;

/** Removes every part of `secret` with 8 or more characters from `text`. */
export function withoutSecret(text: string, secret: string): string {
  const pieces = new Set<string>();
  for (let at = 0; at + PIECE <= secret.length; at += 1) pieces.add(secret.slice(at, at + PIECE));
  let result = '';
  let done = 0;
  for (let at = 0; at + PIECE <= text.length; at += 1) {
    if (!pieces.has(text.slice(at, at + PIECE))) continue;
    let end = at + PIECE;
    // Overlapping parts are one.
    for (let next = at + 1; next < end && next + PIECE <= text.length; next += 1)
      if (pieces.has(text.slice(next, next + PIECE))) end = next + PIECE;
    result += `${text.slice(done, at)}•••`;
    done = end;
    at = end - 1;
  }
  return result + text.slice(done);
}
