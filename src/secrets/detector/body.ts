import {
  HEX_BODY_LENGTH,
  SANDBOX_MARK,
  SECRET_PREFIX,
  URL_SAFE_BODY_LENGTH,
  type Environment,
} from '../../truework/keys.ts';

const HEX = 1;
const URL_SAFE = 2;

const CHARACTERS = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
  CHARACTERS[character.charCodeAt(0)] = URL_SAFE;
for (const character of '0123456789abcdef') CHARACTERS[character.charCodeAt(0)] = HEX | URL_SAFE;

/** A key that begins at a prefix, judged by its shape alone. */
export interface Shape {
  readonly kind: Environment;
  readonly bodyStart: number;
  readonly end: number;
}

/**
 * Measures the key whose prefix is at `start`; it ends at `limit` at the latest.
 *
 * A sandbox key is tried first. `test_` followed by something too short for a body is a production key whose body
 * happens to begin with these letters.
 */
export function measureKey(text: string, start: number, limit: number): Shape | undefined {
  const afterPrefix = start + SECRET_PREFIX.length;
  if (text.startsWith(SANDBOX_MARK, afterPrefix)) {
    const bodyStart = afterPrefix + SANDBOX_MARK.length;
    const end = bodyEnd(text, bodyStart, limit);
    if (end !== undefined) return { kind: 'sandbox', bodyStart, end };
  }
  const end = bodyEnd(text, afterPrefix, limit);
  return end === undefined ? undefined : { kind: 'production', bodyStart: afterPrefix, end };
}

function bodyEnd(text: string, start: number, limit: number): number | undefined {
  const hexEnd = endOfCharacters(text, start, limit, HEX);
  if (hexEnd - start === HEX_BODY_LENGTH) return hexEnd;
  const end = endOfCharacters(text, hexEnd, limit, URL_SAFE);
  if (end - start < URL_SAFE_BODY_LENGTH) return undefined;
  return withoutTrailingMarks(text, start, hexEnd, end);
}

function endOfCharacters(text: string, from: number, limit: number, characterClass: number): number {
  let at = from;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code > 127 || ((CHARACTERS[code] ?? 0) & characterClass) === 0) break;
    at++;
  }
  return at;
}

/** Lengths of base64url text of 32, 64 and 128 bytes. Their last character has spare bits, which are zero. */
const WHOLE_LENGTHS = [URL_SAFE_BODY_LENGTH, 86, 171];
const LAST_WITH_TWO_SPARE_BITS = 'AEIMQUYcgkosw048';
const LAST_WITH_FOUR_SPARE_BITS = 'AQgw';

/**
 * One or two `_` or `-` at the end may be Markdown emphasis or the start of `-->`. They are dropped if the rest
 * is a whole body: base64url of a usual number of bytes, or hexadecimal digits only.
 */
function withoutTrailingMarks(text: string, start: number, hexEnd: number, end: number): number {
  for (let cut = end - 1; cut >= end - 2; cut--) {
    const mark = text[cut];
    if (mark !== '_' && mark !== '-') break;
    const length = cut - start;
    if (hexEnd === cut && length >= URL_SAFE_BODY_LENGTH) return cut;
    if (isWholeBody(length, text.charAt(cut - 1))) return cut;
  }
  return end;
}

function isWholeBody(length: number, lastCharacter: string): boolean {
  if (!WHOLE_LENGTHS.includes(length)) return false;
  return (length % 4 === 2 ? LAST_WITH_FOUR_SPARE_BITS : LAST_WITH_TWO_SPARE_BITS).includes(lastCharacter);
}

/** True for a text that is a key and unlikely to be the beginning of a longer one. */
export function isWholeKey(text: string): boolean {
  const shape = measureKey(text, 0, text.length);
  if (shape?.end !== text.length) return false;
  const length = shape.end - shape.bodyStart;
  return length === HEX_BODY_LENGTH || isWholeBody(length, text.charAt(shape.end - 1));
}
