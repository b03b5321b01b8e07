/**
 * The secretlint rule, bundled as `dist/secretlint-rule-truework.js`.
 *
 * Reports `PRODUCTION_SECRET_KEY` and `SANDBOX_SECRET_KEY`; a configuration can leave one of them out by its
 * `allowMessageIds`. Options: {@link RuleOptions}.
 */
import type { SecretLintRuleCreator } from '@secretlint/types';
import { AUTHENTICATION_DOCS } from '../../truework/facts.ts';
import { isAllowEntry } from '../detector/allow-list.ts';
import { isReported } from '../detector/finding.ts';
import { mayHoldKey } from '../detector/needles.ts';
import { keyAt, scan } from '../detector/scan.ts';
import { patternMatcher } from './allows.ts';
import { MESSAGE_IDS, RULE_ID } from './identity.ts';

export interface RuleOptions {
  /** Keys that are not leaks, by hash: `<sha256 of the key>` or `sha256:<salt>:<sha256 of salt and key>`. */
  readonly allowKeys?: readonly string[];
  /** Keys that are not leaks, by pattern: a text that the key contains, or `/expression/flags`. */
  readonly allows?: readonly string[];
  /** The maximum number of findings per file; 1,000 by default. */
  readonly limit?: number;
}

const messages = {
  [MESSAGE_IDS.production]: {
    en: (props?: { KEY: string }) => `found a Truework production secret key: ${props?.KEY ?? ''}`,
  },
  [MESSAGE_IDS.sandbox]: {
    en: (props?: { KEY: string }) => `found a Truework sandbox secret key: ${props?.KEY ?? ''}`,
  },
};

/**
 * Secretlint's own filter for comments misses block comments, JSON strings and last lines, so this rule reads
 * `secretlint-disable-line` and its relatives itself. Secretlint finds this export by its name.
 */
export const creator: SecretLintRuleCreator<RuleOptions> = {
  messages,
  meta: {
    id: RULE_ID,
    type: 'scanner',
    recommended: true,
    // Secretlint treats UTF-16 as binary.
    supportedContentTypes: ['all'],
    docs: { url: AUTHENTICATION_DOCS },
  },
  create(context, options) {
    const allowKeys = options.allowKeys ?? [];
    const wrong = allowKeys.find((entry) => !isAllowEntry(entry));
    if (wrong !== undefined) {
      throw new Error(
        `The allowKeys option of ${RULE_ID} contains an entry of ${wrong.length} characters that is not a SHA-256 hash. Write the hash of the key as 64 hexadecimal digits, or sha256:<salt>:<hash>.`,
      );
    }
    const isAllowed = patternMatcher(options.allows ?? []);
    const translate = context.createTranslator(messages);
    return {
      file({ content }) {
        if (!mayHoldKey(content)) return;
        const { limit } = options;
        for (const finding of scan(content, { allow: allowKeys, ...(limit !== undefined && { limit }) })) {
          if (!isReported(finding)) continue;
          if ((options.allows?.length ?? 0) > 0 && isAllowed(keyAt(content, finding) ?? '')) continue;
          const { message, messageId } = translate(MESSAGE_IDS[finding.kind], { KEY: finding.masked });
          // Without data: the message shows a masked key already, and secretlint would turn the mask into stars.
          context.report({ message: { message, messageId, data: undefined }, range: [finding.start, finding.end] });
        }
      },
    };
  },
};
export default creator;
