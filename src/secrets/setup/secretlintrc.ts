/** The secretlint configuration with the rule in it. */
import { isOurRule } from '../rule/identity.ts';
import { RULE_PROGRAM } from './hook-text.ts';

const RULE_PATH = `./${RULE_PROGRAM}`;

/**
 * Adds the rule to a configuration and keeps everything else.
 * @returns the same text if it contains the rule; undefined if it is not JSON of the shape that secretlint expects
 */
export function withRule(text: string | undefined): string | undefined {
  const rule = { id: RULE_PATH };
  if (text === undefined || text.trim() === '') return `${JSON.stringify({ rules: [rule] }, null, 2)}\n`;
  let configuration: unknown;
  try {
    configuration = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
  if (typeof configuration !== 'object' || configuration === null || Array.isArray(configuration)) return undefined;
  const { rules = [], ...rest } = configuration as { readonly rules?: unknown };
  if (!Array.isArray(rules)) return undefined;
  if (
    rules.some(
      (each: unknown) => typeof each === 'object' && each !== null && 'id' in each && isOurRule(String(each.id)),
    )
  )
    return text;
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? '  ';
  return `${JSON.stringify({ ...rest, rules: [...(rules as unknown[]), rule] }, null, indent)}\n`;
}

/** The lines to add by hand if the configuration is not JSON. */
export const RULE_LINES: readonly string[] = JSON.stringify({ id: RULE_PATH }, null, 2).split('\n');
