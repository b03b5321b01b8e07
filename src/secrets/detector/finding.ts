import type { Environment } from '../../truework/keys.ts';

/** How a key is written: as it is, encoded in base64, or in two-byte characters. */
export type FindingEncoding = 'plain' | 'base64' | 'utf-16';

/** Why a finding is not reported: a comment in the text, or an entry of the allow list. */
export type Suppression =
  | {
      readonly by: 'comment';
      /** The scanner whose syntax the comment uses. */
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
      /** Offsets of the directive, in the same units as the finding. */
      readonly start: number;
      readonly end: number;
    }
  | { readonly by: 'allow-list'; readonly entry: string };

/** A leaked key at a location. It never contains the key itself; `keyAt` reads it from the text again. */
export interface Finding {
  /** Offsets in UTF-16 code units, end exclusive: of the key, or of the whole base64 text that encodes it. */
  readonly start: number;
  readonly end: number;
  readonly kind: Environment;
  /** SHA-256 of the key as lower-case hexadecimal: the same however the key is written. */
  readonly keyHash: string;
  /** The prefix and the last four characters. */
  readonly masked: string;
  readonly encoding: FindingEncoding;
  readonly suppressedBy?: Suppression;
}

/** The findings of one text, in order. */
export interface Scan {
  readonly findings: Finding[];
  /** True if the text contains more keys than the limit. */
  readonly capped: boolean;
}

export interface ScanOptions {
  /** Keys that are not leaks: `<sha256 of the key>` or `sha256:<salt>:<hash>`, see `allowEntry`. */
  readonly allow?: readonly string[];
  /** The maximum number of findings; {@link MAX_FINDINGS} by default. */
  readonly limit?: number;
}

/** More findings in one text tell nothing new and slow every list down. */
export const MAX_FINDINGS = 1000;

export function isReported(finding: Finding): boolean {
  return finding.suppressedBy === undefined;
}
