import path from 'node:path';
import { isAllowEntry } from '../detector/allow-list.ts';
import type { Finding } from '../detector/finding.ts';
import { keyAt } from '../detector/scan.ts';
import { asRecord } from '../json.ts';
import { patternMatcher } from '../rule/allows.ts';
import { SECRETLINT_FILE } from '../setup/file-names.ts';
import { isOurRule, MESSAGE_IDS } from '../rule/identity.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { UsageError } from './arguments.ts';

/** What a repository's secretlint configuration says about this rule. */
export interface RuleSettings {
  /** Hashes of keys that are not leaks. */
  readonly allow: readonly string[];
  /** Whether a finding is reported, comments and hashes aside. */
  readonly shouldReport: (text: string, finding: Finding) => boolean;
}

/**
 * Reads the options of the rule from a folder's secretlint configuration, so that the hook and the check in CI agree.
 *
 * @throws UsageError if the configuration is invalid.
 */
export async function readRuleSettings(folder: string): Promise<RuleSettings> {
  const file = path.join(folder, SECRETLINT_FILE);
  let content: string;
  try {
    content = (await readRegularFile(file)).toString();
  } catch {
    return { allow: [], shouldReport: () => true };
  }
  const rule = ourRule(parseConfiguration(content));
  const options = asRecord(rule['options']);
  const allow = stringsOf(options['allowKeys']);
  if (!allow.every(isAllowEntry))
    throw new UsageError(
      `allowKeys in ${SECRETLINT_FILE} contains an entry that is not a SHA-256 hash. Write the hash of the key as 64 hexadecimal digits, or sha256:<salt>:<hash>.`,
    );
  const allows = stringsOf(options['allows']);
  const ids = new Set(stringsOf(rule['allowMessageIds']));
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

function parseConfiguration(content: string): unknown {
  try {
    return JSON.parse(content.replace(/^\ufeff/, ''));
  } catch (error) {
    // The parser's message quotes the file, which may contain a key.
    throw new UsageError(`${SECRETLINT_FILE} is not valid JSON. Correct it and try again.`, { cause: error });
  }
}

function ourRule(configuration: unknown): Record<string, unknown> {
  const rules = asRecord(configuration)['rules'];
  return (
    (Array.isArray(rules) ? rules : [])
      .map(asRecord)
      .find((rule) => typeof rule['id'] === 'string' && isOurRule(rule['id'])) ?? {}
  );
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
