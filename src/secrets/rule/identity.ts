/** By which names the rule is known: to secretlint, in its configuration, in comments and in reports. */
import type { Environment } from '../../truework/keys.ts';

export const RULE_ID = 'secretlint-rule-truework';

/** The ID of the message about a key. */
export const MESSAGE_IDS = {
  production: 'PRODUCTION_SECRET_KEY',
  sandbox: 'SANDBOX_SECRET_KEY',
} as const satisfies Record<Environment, string>;

const OUR_RULE = /(?:^|[\\/])(?:secretlint-rule-)?truework(?:\.m?js)?$/;

/** Whether a rule's ID, as a configuration or a comment has it, means this rule: by its name, short or long, or by a path. */
export function isOurRule(id: string): boolean {
  return OUR_RULE.test(id);
}
