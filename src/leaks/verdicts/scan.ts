import { scanBytes } from '../../secrets/detector/bytes.ts';
import type { Finding } from '../../secrets/detector/finding.ts';

/** How blobs are scanned. Includes allowed keys: a committed one gets a hint. */
export function scanForGit(bytes: Uint8Array): Finding[] {
  return scanBytes(bytes).findings;
}
