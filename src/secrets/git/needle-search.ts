import type { Hash } from 'node:crypto';
import { BASE64_NEEDLES, PLAIN_NEEDLE, WIDE_NEEDLE } from '../detector/needles.ts';
import { startObjectHash } from './object-hash.ts';

/**
 * One of these is in every blob with a secret key: the prefix itself, in UTF-16 of either byte order, and in base64 at
 * each of three offsets. The search stops at each byte that equals a needle's first, so each begins with a byte that is
 * rare in files; the few additional blobs with such a part of the prefix are scanned anyway.
 */
const NEEDLES: readonly Buffer[] = [
  PLAIN_NEEDLE.text.slice(1),
  WIDE_NEEDLE.text.slice(2),
  ...BASE64_NEEDLES.map(({ text }) => text.slice(text.search(/[A-Z0-9]/))),
].map((text) => Buffer.from(text, 'latin1'));
const MAX_NEEDLE_LENGTH = Math.max(...NEEDLES.map((needle) => needle.length));

/** The offsets of needles in `bytes`, in ascending order. */
function positions(bytes: Buffer): number[] {
  const found: number[] = [];
  for (const needle of NEEDLES) {
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) found.push(at);
  }
  return found.sort((one, other) => one - other);
}

const NEW_LINE = 10;

/** @param type undefined for an object that git does not have */
type OnObject = (oid: string, type: string | undefined, found: boolean) => void;

/** An object does not match its ID or its size, so the output cannot be parsed further. */
export class DesynchronizedError extends Error {}

/**
 * Reads the output of `git cat-file --batch=<NEEDLE_FORMAT>` in chunks and reports which objects contain a needle.
 * Chunks are searched in place: nothing is copied, nothing is decoded.
 */
export class NeedleSearch {
  readonly #onObject: OnObject;
  readonly #shouldVerify: (oid: string) => boolean;
  #hash: Hash | undefined;
  #header = '';
  #oid = '';
  #type = '';
  #found = false;
  /** Bytes of the current object and the line break after it that are still to come. */
  #missing = 0;
  /** The end of the last chunk, since a needle may span two chunks. */
  #tail = Buffer.alloc(0);

  /** @param shouldVerify whether to compare an object's ID with the hash of its content */
  constructor(onObject: OnObject, shouldVerify: (oid: string) => boolean = () => false) {
    this.#onObject = onObject;
    this.#shouldVerify = shouldVerify;
  }

  /** @throws DesynchronizedError */
  push(chunk: Buffer): void {
    if (this.#missing > 0 && !this.#found && this.#tail.length > 0) {
      this.#found = positions(Buffer.concat([this.#tail, chunk.subarray(0, MAX_NEEDLE_LENGTH - 1)])).length > 0;
    }
    const hits = positions(chunk);
    let nextHit = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#missing === 0) {
        const end = chunk.indexOf(NEW_LINE, at);
        this.#header += chunk.toString('latin1', at, end === -1 ? chunk.length : end);
        if (end === -1) break;
        at = end + 1;
        this.#begin();
        continue;
      }
      const end = Math.min(chunk.length, at + this.#missing);
      let hit: number | undefined;
      while ((hit = hits[nextHit]) !== undefined && hit < end) {
        if (hit >= at) this.#found = true;
        nextHit++;
      }
      this.#missing -= end - at;
      if (this.#hash !== undefined) this.#hash.update(chunk.subarray(at, this.#missing === 0 ? end - 1 : end));
      at = end;
      if (this.#missing === 0) this.#end(chunk[end - 1]);
    }
    // A copy, so that the chunk can be freed.
    this.#tail = Buffer.from(
      chunk.length >= MAX_NEEDLE_LENGTH
        ? chunk.subarray(1 - MAX_NEEDLE_LENGTH)
        : Buffer.concat([this.#tail, chunk]).subarray(1 - MAX_NEEDLE_LENGTH),
    );
  }

  #begin(): void {
    const [oid = '', type = '', size] = this.#header.split(' ');
    this.#header = '';
    // An object that git cannot find or read has a header of two words and no content.
    if (size === undefined) {
      this.#onObject(oid, undefined, false);
      return;
    }
    this.#oid = oid;
    this.#type = type;
    this.#found = false;
    this.#missing = Number(size) + 1;
    this.#hash = this.#shouldVerify(oid) ? startObjectHash(oid, type, size) : undefined;
  }

  /** @param last the byte after the object, a line break */
  #end(last: number | undefined): void {
    if (last !== NEW_LINE) throw new DesynchronizedError();
    if (this.#hash !== undefined && this.#hash.digest('hex') !== this.#oid) throw new DesynchronizedError();
    this.#hash = undefined;
    this.#onObject(this.#oid, this.#type, this.#found);
  }
}

export const NEEDLE_FORMAT = '%(objectname) %(objecttype) %(objectsize)';
