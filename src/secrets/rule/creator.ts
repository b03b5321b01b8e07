import { type SecretLintRuleCreator } from '@secretlint/types';
import { isAllowEntry } from '../detector/allow-list.ts';
import { isReported, type Finding, type ScanOptions } from '../detector/finding.ts';
import { mayHoldKey } from '../detector/needles.ts';
import { keyAt, scanText } from '../detector/scan.ts';
import { patternMatcher } from './allows.ts';

export const RULE_ID = 'secretlint-rule-truework';

export interface RuleOptions {
  /** Keys that are no leak, by hash: `<sha256 of the key>` or `sha256:<salt>:<sha256 of salt and key>`. */
  readonly allowKeys?: readonly string[];
  /** Keys that are no leak, by pattern: a text that the key contains, or `/expression/flags`. */
  readonly allows?: readonly string[];
  /** Findings per file at most; 1,000 when left out. */
  readonly limit?: number;
}

/** The id of the message about a finding. */
export const MESSAGE_IDS = {
  production: 'PRODUCTION_SECRET_KEY',
  sandbox: 'SANDBOX_SECRET_KEY',
} as const satisfies Record<Finding['kind'], string>;

const messages = {
  PRODUCTION_SECRET_KEY: {
    en: (props?: { KEY: string }) => `found a Truework production secret key: ${props?.KEY ?? ''}`,
  },
  SANDBOX_SECRET_KEY: { en: (props?: { KEY: string }) => `found a Truework sandbox secret key: ${props?.KEY ?? ''}` },
};

/** Findings of a text that the rule is to look at. */
interface Reading {
  readonly text: string;
  readonly findings: readonly Finding[];
}

export type Read = (content: string, options: ScanOptions) => Reading;

const readAll: Read = (content, options) => ({
  text: content,
  findings: mayHoldKey(content) ? scanText(content, options).findings : [],
});

/**
 * Makes the rule. It reports what is to be reported of the findings that `read` gives for a content.
 *
 * Secretlint's own filter for comments overlooks block comments, JSON strings and last lines, so this rule reads
 * `secretlint-disable-line` and its relatives itself.
 */
export function makeCreator(read: Read = readAll): SecretLintRuleCreator<RuleOptions> {
  return {
    messages,
    meta: {
      id: RULE_ID,
      type: 'scanner',
      recommended: true,
      // Secretlint takes UTF-16 for binary.
      supportedContentTypes: ['all'],
      docs: { url: 'https://www.truework.com/docs/api-reference/authentication' },
    },
    create(context, options) {
      const allowKeys = options.allowKeys ?? [];
      const wrong = allowKeys.find((entry) => !isAllowEntry(entry));
      if (wrong !== undefined) {
        throw new Error(
          `The allowKeys option of ${RULE_ID} holds an entry of ${wrong.length} characters that is no SHA-256 hash. Write the hash of the key as 64 hexadecimal digits, or sha256:<salt>:<hash>.`,
        );
      }
      const isAllowed = patternMatcher(options.allows ?? []);
      const translate = context.createTranslator(messages);
      return {
        file({ content }) {
          const { text, findings } = read(content, {
            allow: allowKeys,
            ...(options.limit === undefined ? {} : { limit: options.limit }),
          });
          for (const finding of findings) {
            if (!isReported(finding)) continue;
            if ((options.allows?.length ?? 0) > 0 && isAllowed(keyAt(text, finding) ?? '')) continue;
            const { message, messageId } = translate(MESSAGE_IDS[finding.kind], { KEY: finding.masked });
            // Without data: the message shows a masked key already, and secretlint would turn the mask into stars.
            context.report({ message: { message, messageId, data: undefined }, range: [finding.start, finding.end] });
          }
        },
      };
    },
  };
}
