import type { Suppression } from '../detector/finding.ts';
import { scan } from '../detector/scan.ts';
import type { PlacedFinding } from '../scan/files.ts';
import type { Scope } from './arguments.ts';

/** The commit that introduced a key. */
interface IntroducingCommit {
  readonly commit: string;
  /** ISO 8601. */
  readonly authorDate: string;
  readonly authorName: string;
  /** Whether a remote-tracking branch contains the key. */
  readonly pushed: boolean;
}

/** A key in a file, with lines and columns from 1. */
export interface ReportedKey {
  /** Relative to the repository or the folder that was scanned, with slashes. Never contains a whole key. */
  readonly path: string;
  readonly kind: 'production' | 'sandbox';
  readonly masked: string;
  readonly keyHash: string;
  /** Left out if the version of the file with the key could not be read again. */
  readonly place?: {
    readonly startLine: number;
    readonly startColumn: number;
    readonly endLine: number;
    readonly endColumn: number;
    /** In a binary file, which has no lines: the bytes of the key. */
    readonly bytes?: { readonly offset: number; readonly length: number };
  };
  readonly encoding: PlacedFinding['encoding'];
  readonly suppressedBy?: Suppression;
  readonly commit?: IntroducingCommit;
}

export interface ScanReport {
  readonly scope: Scope;
  /** Suppressed ones included. */
  readonly leaks: readonly ReportedKey[];
  /** Limits of the scan: files that were not read, a history that is not complete. */
  readonly notes: readonly string[];
  /** Whether a part could not be read, so that a report without leaks does not mean that there are none. */
  readonly incomplete: boolean;
}

export function isLeak(leak: ReportedKey): boolean {
  return leak.suppressedBy === undefined;
}

export function toLeak(path: string, finding: PlacedFinding, isBinary: boolean): ReportedKey {
  const { kind, masked, keyHash, encoding, suppressedBy, start, end } = finding;
  return {
    path: maskKeys(path),
    kind,
    masked,
    keyHash,
    encoding,
    place: {
      startLine: finding.line + 1,
      startColumn: finding.column + 1,
      endLine: finding.endLine + 1,
      endColumn: finding.endColumn + 1,
      ...(isBinary && { bytes: { offset: start, length: end - start } }),
    },
    ...(suppressedBy && { suppressedBy }),
  };
}

/** Masks every key that the detector finds. A file name can contain a key just as its content can. */
export function maskKeys(text: string): string {
  let result = '';
  let at = 0;
  for (const { start, end, masked } of scan(text)) {
    if (start < at) continue;
    result += text.slice(at, start) + masked;
    at = end;
  }
  return result + text.slice(at);
}
