import { SANDBOX_MARK, SECRET_PREFIX } from '../../truework/keys.ts';
import { AFTER_KEY, KEY_PATTERNS, PLACEHOLDER_WORDS } from './pattern.ts';

/**
 * The fields of the form for a custom pattern, see
 * https://docs.github.com/en/code-security/secret-scanning/using-advanced-secret-scanning-and-push-protection-features/custom-patterns
 */
export interface GithubPattern {
  readonly name: string;
  readonly secretFormat: string;
  readonly beforeSecret: string;
  readonly afterSecret: string;
  readonly mustNotMatch: readonly string[];
}

/** Custom patterns for GitHub secret scanning and push protection, which do not know Truework keys. */
export function githubPatterns(): GithubPattern[] {
  const context = {
    // Anything may precede a key; GitHub's default requires something other than a letter or digit.
    beforeSecret: '\\A|[\\s\\S]',
    afterSecret: `\\z|${AFTER_KEY}`,
  };
  const placeholder = `(?i)${PLACEHOLDER_WORDS.join('|')}`;
  return [
    {
      name: 'Truework production secret key',
      secretFormat: KEY_PATTERNS.production,
      ...context,
      mustNotMatch: [`^${SECRET_PREFIX}${SANDBOX_MARK}`, placeholder],
    },
    {
      name: 'Truework sandbox secret key',
      secretFormat: KEY_PATTERNS.sandbox,
      ...context,
      mustNotMatch: [placeholder],
    },
  ];
}
