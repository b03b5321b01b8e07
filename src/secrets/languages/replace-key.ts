/** Replaces a key in a text by a read of an environment variable, in the text's language. */
import type { Finding } from '../detector/finding.ts';
import { keyAt } from '../detector/scan.ts';
import { languageOf, type NamedText } from './registry.ts';
import type { Replacement } from './site.ts';

export interface KeyInText extends NamedText {
  readonly text: string;
  readonly finding: Finding;
  /** The environment variable to read; see {@link variableFor}. */
  readonly variable: string;
}

/** The usual name of the variable for a key of this kind. */
export function variableFor(kind: Finding['kind']): string {
  return kind === 'sandbox' ? 'TRUEWORK_SANDBOX_API_KEY' : 'TRUEWORK_API_KEY';
}

/** @returns undefined if the key is no longer there, is encoded in base64, or is where no variable can be read */
export function replaceKey({ text, finding, languageId, fileName, variable }: KeyInText): Replacement | undefined {
  if (finding.encoding !== 'plain' || keyAt(text, finding) === undefined) return undefined;
  const { start, end } = finding;
  return languageOf({ languageId, fileName })?.replace?.({ text, start, end, variable });
}
