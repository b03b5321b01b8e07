import { scanBytes } from '../../secrets/detector/bytes.ts';
import type { Finding } from '../../secrets/detector/finding.ts';

/** How the git reader looks into a blob. Allowed keys are found too: whether they are committed is worth knowing. */
export function scanForGit(bytes: Uint8Array): Finding[] {
  return scanBytes(bytes).findings;
}
