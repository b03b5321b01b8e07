/** Finds leaked Truework secret keys in texts and files. Pure: no editor, no disk, no git. */
export { allowEntry, hashKey, isAllowEntry } from './allow-list.ts';
export { decodeBytes, encodingOf, scanBytes, type ByteEncoding, type ByteScan } from './bytes.ts';
export {
  isReported,
  MAX_FINDINGS,
  type Finding,
  type FindingEncoding,
  type Scan,
  type ScanOptions,
  type Suppression,
} from './finding.ts';
export { LONGEST_NEEDLE, mayHoldKey, mayHoldKeyBytes } from './needles.ts';
export { keyAt, scan, scanInSlices, scanText } from './scan.ts';
