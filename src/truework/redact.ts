/** Takes secrets and social security numbers out of texts that are shown, logged or carried by errors. */
import { withoutHiddenCharacters } from './hidden-characters.ts';

/** Anything that begins like a Truework key, whole or cut off. Four characters and fewer tell nothing. */
const KEY_SHAPED = /(tw_(?:sk|pk)_(?:test_|(?!test_)))[A-Za-z0-9_-]{5,}/g;
/** The user part of a URL: proxies are often configured with a password in it. */
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]+@/gi;
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

export function redact(text: string): string {
  return redactKeys(text)
    .replace(URL_CREDENTIALS, '$1•••@')
    .replace(SOCIAL_SECURITY_NUMBER, '***-**-$1');
}

/** From this length on, a piece of a secret is taken out. */
const PIECE = 8;

/** Takes every piece of `secret` that is 8 characters or longer out of `text`, wherever and however cut it stands. */
export function withoutSecret(text: string, secret: string): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    let end = at + PIECE;
    if (end > text.length || !secret.includes(text.slice(at, end))) {
      result += text.charAt(at);
      at += 1;
      continue;
    }
    while (end < text.length && secret.includes(text.slice(at, end + 1))) end += 1;
    result += '•••';
    at = end;
  }
  return result;
}
