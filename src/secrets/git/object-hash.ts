import { createHash, type Hash } from 'node:crypto';

/** The hash that an object's id is, with the header in it that git puts before the content; the caller adds the content. */
export function startObjectHash(oid: string, type: string, size: number | string): Hash {
  return createHash(oid.length === 64 ? 'sha256' : 'sha1').update(`${type} ${size}\0`);
}
