import { type Environment } from '../../truework/keys.ts';

/** How a key was written down: as it is, wrapped in base64, or in two-byte characters. */
export type FindingEncoding = 'plain' | 'base64' | 'utf-16';

/** Why a finding is not reported: a comment in the text, or an entry of the allow-list. */
export type Suppression =
  | {
      readonly by: 'comment';
      /** Whose comment it is. */
      readonly scanner:
        | 'secretlint'
        | 'gitleaks'
        | 'betterleaks'
        | 'trufflehog'
        | 'ggshield'
        | 'kingfisher'
        | 'detect-secrets';
      /** The directive as written, such as `gitleaks:allow`. */
      readonly text: string;
      /** Where the directive stands, in the same units as the finding. */
      readonly start: number;
      readonly end: number;
    }
  | { readonly by: 'allow-list'; readonly entry: string };

/** A leaked key at a place. It never carries the key itself; `keyAt` reads it from the text again. */
export interface Finding {
  /** Offsets in UTF-16 code units, end exclusive: of the key, or of the whole base64 text that wraps it. */
  readonly start: number;
  readonly end: number;
  readonly kind: Environment;
  /** SHA-256 of the key as lower-case hexadecimal: the same key has the same hash wherever and however it is written. */
  readonly keyHash: string;
  /** The prefix and the last four characters. */
  readonly masked: string;
  readonly encoding: FindingEncoding;
  readonly suppressedBy?: Suppression;
}

/** The findings of one text, in order. */
export interface Scan {
  readonly findings: Finding[];
  /** True when the text holds more keys than were asked for. */
  readonly capped: boolean;
}

export interface ScanOptions {
  /** Keys that are no leak: `<sha256 of the key>` or `sha256:<salt>:<hash>`, see `allowEntry`. */
  readonly allow?: readonly string[];
  /** How many findings at most; {@link MAX_FINDINGS} when left out. */
  readonly limit?: number;
}

/** More findings than this in one text say nothing new and make every list slow. */
export const MAX_FINDINGS = 1000;

export function isReported(finding: Finding): boolean {
  return finding.suppressedBy === undefined;
}
