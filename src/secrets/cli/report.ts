import type { Suppression } from '../detector/finding.ts';
import { scan } from '../detector/scan.ts';
import type { PlacedFinding } from '../scan/files.ts';
import { type Scope } from './arguments.ts';

/** Where in the history a key came in. */
interface CommitOfLeak {
  readonly commit: string;
  /** ISO 8601. */
  readonly authorDate: string;
  readonly authorName: string;
  /** A remote-tracking branch holds the key. */
  readonly pushed: boolean;
}

/** A key in a file, with lines and columns from 1. */
export interface ReportedKey {
  /** Relative to the repository or the folder that was scanned, with slashes. Never holds a whole key. */
  readonly path: string;
  readonly kind: 'production' | 'sandbox';
  readonly masked: string;
  readonly keyHash: string;
  /** Missing when the key lies in a version of the file that could not be read again. */
  readonly place?: {
    readonly startLine: number;
    readonly startColumn: number;
    readonly endLine: number;
    readonly endColumn: number;
    /** In a binary file, where there are no lines: the bytes it takes. */
    readonly bytes?: { readonly offset: number; readonly length: number };
  };
  readonly encoding: PlacedFinding['encoding'];
  readonly suppressedBy?: Suppression;
  readonly commit?: CommitOfLeak;
}

export interface Report {
  readonly scope: Scope;
  /** Suppressed ones included. */
  readonly leaks: readonly ReportedKey[];
  /** What the reader has to know besides: files that were not read, a history that is not complete. */
  readonly notes: readonly string[];
  /** Whether a part of what was to be looked at could not be read: then no leak does not mean that there is none. */
  readonly incomplete: boolean;
}

export function isLeak(leak: ReportedKey): boolean {
  return leak.suppressedBy === undefined;
}

export function toLeak(path: string, finding: PlacedFinding, isBinary: boolean): ReportedKey {
  const { kind, masked, keyHash, encoding, suppressedBy, start, end } = finding;
  return {
    path: withoutKeys(path),
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

/** The name of a file can hold a key as well as its content. */
export function withoutKeys(text: string): string {
  let result = '';
  let at = 0;
  for (const { start, end, masked } of scan(text)) {
    if (start < at) continue;
    result += text.slice(at, start) + masked;
    at = end;
  }
  return result + text.slice(at);
}
