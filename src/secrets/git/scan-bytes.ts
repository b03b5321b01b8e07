/** A key that a scan found in some bytes. */
export interface ScannedKey {
  /** SHA-256 of the key, in hexadecimal. */
  readonly keyHash: string;
  readonly kind: 'production' | 'sandbox';
  /** The key as it may be shown. */
  readonly masked: string;
}

/** The detector, handed in: git's side knows nothing of what a key looks like beyond its prefix. */
export type ScanBytes = (bytes: Uint8Array) => readonly ScannedKey[];
