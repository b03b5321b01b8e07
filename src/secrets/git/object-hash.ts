import { createHash, type Hash } from 'node:crypto';

/**
 * Starts the hash that is an object's ID, with the header that git puts before the content. The caller adds the
 * content.
 */
export function startObjectHash(oid: string, type: string, size: number | string): Hash {
  return createHash(oid.length === 64 ? 'sha256' : 'sha1').update(`${type} ${size}\0`);
}
