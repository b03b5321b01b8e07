/** Characters that a reader cannot see, or that change how the text around them is read. */

/**
 * Control characters, line and paragraph separators, bidirectional controls, zero-width and other format characters,
 * fillers that are drawn as nothing, and lone surrogates. U+200C and U+200D, which join and part letters, count unless
 * they stand between two characters outside of ASCII: Persian and Hindi words and some emoji need them there.
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

/** What such characters become where a text has one line: white space stays a space, everything else goes. */
export function withoutHiddenCharacters(text: string): string {
  return text.replace(HIDDEN, (character) => (/\s/.test(character) && character !== '\ufeff' ? ' ' : ''));
}

export function holdsHiddenCharacters(text: string): boolean {
  return text.search(HIDDEN) !== -1;
}

/** Writes such characters as something that shows. @param escape is given a code point */
export function escapeHiddenCharacters(text: string, escape: (codePoint: number) => string): string {
  return text.replace(HIDDEN, (character) => escape(character.codePointAt(0) ?? 0));
}

/**
 * Writes such characters in a JSON text as `\uXXXX`. That changes how the text looks and not what it says: outside of strings
 * JSON has none of them but the line breaks and tabs, which stay.
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
