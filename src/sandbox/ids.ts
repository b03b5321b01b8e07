/**
 * Opaque identifiers in Truework's format: 56 base64url characters, which encode an 8-byte counter, a
 * 2-byte kind and 32 unguessable bytes. The same seed gives the same identifiers.
 */
import { createHmac } from 'node:crypto';

/** The codes of verification requests and reports are those in Truework's published samples; the others are assumed. */
const ID_KIND_CODES = {
  verificationRequest: 7,
  report: 11,
  order: 101,
  event: 102,
  paystub: 103,
  document: 104,
  qualificationCheck: 105,
  qualificationCheckSet: 106,
  tenantProperty: 107,
} as const;

export type IdKind = keyof typeof ID_KIND_CODES;

const ID_BYTES = 42;
const HEAD_BYTES = 10;
/** A page of orders has hundreds of identifiers, and the same page is requested again and again. */
const REMEMBERED = 32_768;
/** Larger than every kind's code. */
const KINDS = 1024;

export class Ids {
  readonly #key: string;
  readonly #made = new Map<number, string>();

  constructor(seed: string) {
    this.#key = `truework-sandbox:${seed}`;
  }

  make(kind: IdKind, counter: number): string {
    const place = counter * KINDS + ID_KIND_CODES[kind];
    const known = this.#made.get(place);
    if (known !== undefined) return known;
    const id = this.#build(kind, counter);
    if (this.#made.size >= REMEMBERED) this.#made.clear();
    this.#made.set(place, id);
    return id;
  }

  #build(kind: IdKind, counter: number): string {
    const bytes = Buffer.allocUnsafe(ID_BYTES);
    bytes.writeBigUInt64BE(BigInt(counter), 0);
    bytes.writeUInt16BE(ID_KIND_CODES[kind], 8);
    createHmac('sha256', this.#key).update(bytes.subarray(0, HEAD_BYTES)).digest().copy(bytes, HEAD_BYTES);
    return bytes.toString('base64url');
  }

  /** @returns the counter of an identifier, or undefined if it is not one of this kind and seed */
  read(kind: IdKind, id: string): number | undefined {
    if (id.length !== (ID_BYTES / 3) * 4) return undefined;
    const bytes = Buffer.from(id, 'base64url');
    if (bytes.length !== ID_BYTES) return undefined;
    const counter = Number(bytes.readBigUInt64BE(0));
    // Not cached: guessed identifiers would evict real ones.
    return Number.isSafeInteger(counter) && this.#build(kind, counter) === id ? counter : undefined;
  }

  /** 43 base64url characters (32 bytes), the format of Truework Direct session tokens. */
  token(label: string, counter: number): string {
    return createHmac('sha256', this.#key).update(`${label}:${counter}`).digest('base64url');
  }
}
