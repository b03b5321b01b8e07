import { BYTE_NEEDLES, LONGEST_NEEDLE } from '../detector/needles.ts';

/** Where needles begin in `bytes`, in ascending order. */
function positions(bytes: Buffer): number[] {
  const found: number[] = [];
  for (const needle of BYTE_NEEDLES) {
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) found.push(at);
  }
  return found.sort((one, other) => one - other);
}

const NEW_LINE = 10;

/**
 * Reads the output of `git cat-file --batch=<NEEDLE_FORMAT>` piece by piece and tells which objects hold a
 * needle. Every piece is searched where it lies: nothing is copied, nothing is decoded.
 */
export class NeedleSearch {
  readonly #onObject: (oid: string, type: string, found: boolean) => void;
  #header = '';
  #oid = '';
  #type = '';
  #found = false;
  /** Bytes of the present object and the line break after it that are still to come. */
  #missing = 0;
  /** The end of the last piece: a needle may lie across the border. */
  #tail = Buffer.alloc(0);

  constructor(onObject: (oid: string, type: string, found: boolean) => void) {
    this.#onObject = onObject;
  }

  push(chunk: Buffer): void {
    if (this.#missing > 0 && !this.#found && this.#tail.length > 0) {
      this.#found = positions(Buffer.concat([this.#tail, chunk.subarray(0, LONGEST_NEEDLE - 1)])).length > 0;
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
      at = end;
      if (this.#missing === 0) this.#onObject(this.#oid, this.#type, this.#found);
    }
    // A copy, so that the piece itself can go.
    this.#tail = Buffer.from(chunk.length >= LONGEST_NEEDLE ? chunk.subarray(1 - LONGEST_NEEDLE) : Buffer.concat([this.#tail, chunk]).subarray(1 - LONGEST_NEEDLE));
  }

  #begin(): void {
    const [oid = '', type = '', size] = this.#header.split(' ');
    this.#header = '';
    // A missing object has a header of two words and no content.
    if (size === undefined) return;
    this.#oid = oid;
    this.#type = type;
    this.#found = false;
    this.#missing = Number(size) + 1;
  }
}

export const NEEDLE_FORMAT = '%(objectname) %(objecttype) %(objectsize)';
