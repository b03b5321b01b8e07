/**
 * Keys for tests: of the right shape, from a seed, never real ones. Built from parts so that no file contains a whole
 * key.
 */
import { SANDBOX_MARK, SECRET_PREFIX } from '../../../../src/truework/keys.ts';

const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** mulberry32: the same numbers from the same seed on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function randomBytes(seed: number, length: number): Buffer {
  const next = randomNumbers(seed);
  return Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)));
}

export function urlSafeBody(seed: number, bytes = 32): string {
  return randomBytes(seed, bytes).toString('base64url');
}

export function hexBody(seed: number, bytes = 20): string {
  return randomBytes(seed, bytes).toString('hex');
}

/** Any characters of the alphabet, so not necessarily base64url of whole bytes. */
export function characters(seed: number, length: number): string {
  const next = randomNumbers(seed);
  return Array.from({ length }, () => URL_SAFE.charAt(Math.floor(next() * URL_SAFE.length))).join('');
}

export const productionKey = (seed: number): string => SECRET_PREFIX + urlSafeBody(seed);
export const sandboxKey = (seed: number): string => SECRET_PREFIX + SANDBOX_MARK + urlSafeBody(seed);
export const productionHexKey = (seed: number): string => SECRET_PREFIX + hexBody(seed);
export const sandboxHexKey = (seed: number): string => SECRET_PREFIX + SANDBOX_MARK + hexBody(seed);

export interface Place {
  readonly start: number;
  readonly end: number;
  readonly kind: 'production' | 'sandbox';
}

/**
 * Writes a text from a template: `<P>`, `<S>` become production and sandbox keys, `<HP>`, `<HS>` hexadecimal ones; with
 * a minus (`<-P>`) the same, but not expected to be found.
 *
 * @returns the text, and the positions of the expected keys in it
 */
export function fromTemplate(template: string, seed = 1): { text: string; places: Place[] } {
  const places: Place[] = [];
  let text = '';
  let count = seed * 1000;
  for (const part of template.split(/(<-?H?[PS]>)/)) {
    const [, minus, hex, letter] = /^<(-?)(H?)([PS])>$/.exec(part) ?? [];
    if (letter === undefined) {
      text += part;
      continue;
    }
    const kind = letter === 'P' ? 'production' : 'sandbox';
    const body = hex ? hexBody(++count) : urlSafeBody(++count);
    const key = SECRET_PREFIX + (kind === 'sandbox' ? SANDBOX_MARK : '') + body;
    if (!minus) places.push({ start: text.length, end: text.length + key.length, kind });
    text += key;
  }
  return { text, places };
}
