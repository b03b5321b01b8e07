import {
  HEX_BODY_LENGTH,
  SANDBOX_MARK,
  SECRET_PREFIX,
  URL_SAFE_BODY_LENGTH,
  type Environment,
} from '../../truework/keys.ts';

/**
 * The shape of a key as a regular expression without lookaround, which neither RE2 (gitleaks) nor Hyperscan
 * (GitHub) supports. A hexadecimal body comes first, so that what follows is not taken as part of the key.
 */
const BODY = `(?:[0-9a-f]{${HEX_BODY_LENGTH}}|[0-9A-Za-z_-]{${URL_SAFE_BODY_LENGTH},})`;

export const KEY_PATTERNS: Readonly<Record<Environment, string>> = {
  production: SECRET_PREFIX + BODY,
  sandbox: SECRET_PREFIX + SANDBOX_MARK + BODY,
};

/** What follows a key: 41 or 42 hexadecimal digits are not a body. */
export const AFTER_KEY = '[^0-9a-f]';

/**
 * Entropy in bits per character below which a body is a placeholder. A random hexadecimal body almost never has less.
 */
export const MIN_ENTROPY = 2.7;

/** Words that no random key is expected to contain; shorter ones would hide real keys. */
export const PLACEHOLDER_WORDS: readonly string[] = [
  'example',
  'placeholder',
  'replace',
  'changeme',
  'secretkey',
  'secret_key',
  'your_key',
  'yourkey',
  'truework',
  'xxxxxx',
  '1234567890',
  'abcdefgh',
];
