/** Keys for tests. A whole one never stands in a file of this repository: it is put together when it is needed. */
import { createHash } from 'node:crypto';
import { SANDBOX_MARK, SECRET_PREFIX } from '../../src/truework/keys.ts';

/** A key of the right shape for each name, never a real one. */
export function key(name: string, kind: 'production' | 'sandbox' = 'production'): string {
  return SECRET_PREFIX + (kind === 'sandbox' ? SANDBOX_MARK : '') + createHash('sha1').update(name).digest('hex');
}

/** What is shown of a key. */
export function masked(text: string): string {
  return `${text.startsWith(SECRET_PREFIX + SANDBOX_MARK) ? SECRET_PREFIX + SANDBOX_MARK : SECRET_PREFIX}…${text.slice(-4)}`;
}
