import { SECRET_PREFIX, type Environment } from '../../truework/keys.ts';
import { AFTER_KEY, KEY_PATTERNS, MIN_ENTROPY, PLACEHOLDER_WORDS } from './pattern.ts';

const DESCRIPTIONS: Record<Environment, string> = {
  production: 'Truework production secret key: revoke it and create a new one',
  sandbox: 'Truework sandbox secret key',
};

/**
 * A configuration for gitleaks 8.21 and newer. It has no rules for rhythm, sequences or words, so it reports more
 * placeholders than the rule of this extension, and it misses keys in UTF-16. Keeps gitleaks' own rules, which a
 * configuration otherwise replaces.
 */
export function gitleaksToml(): string {
  return [
    'title = "Truework secret keys"',
    '',
    '[extend]',
    'useDefault = true',
    ...rule('production', [KEY_PATTERNS.sandbox]),
    ...rule('sandbox', []),
    '',
  ].join('\n');
}

function rule(kind: Environment, others: readonly string[]): string[] {
  const allowList = [
    '',
    '  [[rules.allowlists]]',
    ...(others.length > 0 ? [`  regexes = [${others.map((pattern) => `'''^${pattern}'''`).join(', ')}]`] : []),
    `  stopwords = [${PLACEHOLDER_WORDS.map((word) => `"${word}"`).join(', ')}]`,
  ];
  return [
    '',
    '[[rules]]',
    `id = "truework-${kind}-secret-key"`,
    `description = "${DESCRIPTIONS[kind]}"`,
    `regex = '''(${KEY_PATTERNS[kind]})(?:${AFTER_KEY}|$)'''`,
    'secretGroup = 1',
    `entropy = ${MIN_ENTROPY}`,
    `keywords = ["${SECRET_PREFIX}"]`,
    ...allowList,
  ];
}
