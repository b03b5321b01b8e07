/** A key found in some bytes. */
export interface ScannedKey {
  /** SHA-256 of the key, in hexadecimal. */
  readonly keyHash: string;
  readonly kind: 'production' | 'sandbox';
  /** The masked key, for display. */
  readonly masked: string;
}

/** The detector, passed in: this folder knows only the prefix of a key. */
export type ScanBytes = (bytes: Uint8Array) => readonly ScannedKey[];
