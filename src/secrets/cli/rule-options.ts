import path from 'node:path';
import { isAllowEntry } from '../detector/allow-list.ts';
import type { Finding } from '../detector/finding.ts';
import { keyAt } from '../detector/scan.ts';
import { patternMatcher } from '../rule/allows.ts';
import { SECRETLINT_FILE } from '../setup/file-names.ts';
import { isOurRule, MESSAGE_IDS } from '../rule/identity.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { UsageError } from './arguments.ts';

/** What a repository's secretlint configuration says about this rule. */
export interface RuleSettings {
  /** Hashes of keys that are no leak. */
  readonly allow: readonly string[];
  /** Whether a finding is to be looked at, apart from comments and hashes. */
  readonly shouldReport: (text: string, finding: Finding) => boolean;
}

/**
 * Reads the options of the rule from a folder's secretlint configuration, so that the hook and the check in CI agree.
 *
 * @throws UsageError when the configuration is broken.
 */
export async function readRuleSettings(folder: string): Promise<RuleSettings> {
  const file = path.join(folder, SECRETLINT_FILE);
  let content: string;
  try {
    content = (await readRegularFile(file)).toString();
  } catch {
    return { allow: [], shouldReport: () => true };
  }
  const rule = ourRule(parse(content));
  const options = record(rule['options']);
  const allow = strings(options['allowKeys']);
  if (!allow.every(isAllowEntry))
    throw new UsageError(
      `allowKeys in ${SECRETLINT_FILE} holds an entry that is no SHA-256 hash. Write the hash of the key as 64 hexadecimal digits, or sha256:<salt>:<hash>.`,
    );
  const allows = strings(options['allows']);
  const ids = new Set(strings(rule['allowMessageIds']));
  const matches = toMatcher(allows);
  return {
    allow,
    shouldReport: (text, finding) =>
      !ids.has(MESSAGE_IDS[finding.kind]) && (allows.length === 0 || !matches(keyAt(text, finding) ?? '')),
  };
}

function toMatcher(allows: readonly string[]): (key: string) => boolean {
  try {
    return patternMatcher(allows);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content.replace(/^\ufeff/, ''));
  } catch (error) {
    // The parser's message quotes the file, and a key may stand in it.
    throw new UsageError(`${SECRETLINT_FILE} is not valid JSON. Correct it, then run this again.`, { cause: error });
  }
}

function ourRule(configuration: unknown): Record<string, unknown> {
  const rules = record(configuration)['rules'];
  return (
    (Array.isArray(rules) ? rules : [])
      .map(record)
      .find((rule) => typeof rule['id'] === 'string' && isOurRule(rule['id'])) ?? {}
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
