/** Characters that a reader cannot see, or that change how the text around them is read. */

/**
 * Control characters, line and paragraph separators, bidirectional controls, zero-width and other format characters,
 * fillers that are rendered as nothing, and lone surrogates. U+200C and U+200D, which join and separate letters, count
 * unless they are between two non-ASCII characters: Persian and Hindi words and some emoji need them there.
 */
const HIDDEN = new RegExp(
  [
    '[\\p{Cc}\\p{Zl}\\p{Zp}]',
    '(?![\\u200c\\u200d])\\p{Cf}',
    '(?<![^\\x00-\\x7f])[\\u200c\\u200d]',
    '[\\u200c\\u200d](?![^\\x00-\\x7f])',
    '[\\u115f\\u1160\\u3164\\uffa0]',
    '\\u034f|\\u17b4|\\u17b5',
    '[\\u{fe00}-\\u{fe0e}\\u{e0100}-\\u{e01ef}]',
    '\\p{Cs}',
  ].join('|'),
  'gu',
);

/** Removes such characters from a one-line text; white space becomes a space. */
export function withoutHiddenCharacters(text: string): string {
  return text.replace(HIDDEN, (character) => (/\s/.test(character) && character !== '\ufeff' ? ' ' : ''));
}

export function holdsHiddenCharacters(text: string): boolean {
  return text.search(HIDDEN) !== -1;
}

/** Replaces such characters with something visible. @param escape called with each code point */
export function escapeHiddenCharacters(text: string, escape: (codePoint: number) => string): string {
  return text.replace(HIDDEN, (character) => escape(character.codePointAt(0) ?? 0));
}

/**
 * Writes such characters in a JSON text as `\uXXXX`. The value stays the same: outside of strings, JSON has only line
 * breaks and tabs, which stay.
 */
export function showHiddenCharactersInJson(json: string): string {
  return escapeHiddenCharacters(json, (codePoint) => {
    const character = String.fromCodePoint(codePoint);
    if (character === '\n' || character === '\t') return character;
    return character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
  });
}
