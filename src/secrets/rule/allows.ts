import { RULE_ID } from './identity.ts';

/** `/expression/flags`, as in secretlint's own rules. */
const EXPRESSION = /^\/(.+)\/([a-z]*)$/s;

/**
 * Compiles the `allows` option, as in secretlint's own rules: each pattern is a text that the key contains, or a
 * regular expression between slashes.
 *
 * @throws Error if a pattern is not a valid regular expression
 */
export function patternMatcher(patterns: readonly string[]): (key: string) => boolean {
  const tests = patterns.map((pattern) => {
    const [, source, flags = ''] = EXPRESSION.exec(pattern) ?? [];
    if (source === undefined) return (key: string) => key.includes(pattern);
    const expression = compile(pattern, source, flags.replace(/[gy]/g, ''));
    return (key: string) => expression.test(key);
  });
  return (key) => tests.some((test) => test(key));
}

function compile(pattern: string, source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new Error(
      `The allows pattern ${pattern} of ${RULE_ID} is not a valid regular expression. Correct it in the secretlint configuration.`,
      { cause: error },
    );
  }
}
