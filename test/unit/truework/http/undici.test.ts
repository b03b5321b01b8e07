import assert from 'node:assert/strict';
import { it } from 'node:test';

it('loading undici does not replace the global fetch', async () => {
  const dispatchers = (): symbol[] =>
    Object.getOwnPropertySymbols(globalThis).filter((symbol) => symbol.description?.startsWith('undici.') === true);
  const before = dispatchers();
  const { Pool } = await import('../../../../src/truework/http/undici.ts');
  const pool = new Pool('http://127.0.0.1:9');
  assert.deepEqual(dispatchers(), before);
  await pool.close();
});
