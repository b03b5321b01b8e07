/** Scans files of a workspace for leaked keys in worker threads. Pure: no editor, no git. */
export {
  type FileClass,
  type FileToScan,
  type PlacedFinding,
  type ScannedFile,
  type Unreadable,
} from './files.ts';
export { placed } from './positions.ts';
export {
  scanFiles,
  walkFiles,
  type FilesToScan,
  type Progress,
  type ScanFilesOptions,
  type Summary,
} from './scan-files.ts';
