/** The names of the rule in secretlint, its configuration, comments and reports. */
import type { Environment } from '../../truework/keys.ts';

export const RULE_ID = 'secretlint-rule-truework';

/** The ID of the message about a key. */
export const MESSAGE_IDS = {
  production: 'PRODUCTION_SECRET_KEY',
  sandbox: 'SANDBOX_SECRET_KEY',
} as const satisfies Record<Environment, string>;

const OUR_RULE = /(?:^|[\\/])(?:secretlint-rule-)?truework(?:\.m?js)?$/;

/** Whether the ID of a rule in a configuration or a comment means this rule: its long or short name, or a path. */
export function isOurRule(id: string): boolean {
  return OUR_RULE.test(id);
}
