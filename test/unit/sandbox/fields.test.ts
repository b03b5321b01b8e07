import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiError } from '../../../src/sandbox/api-error.ts';
import { parseFields, select } from '../../../src/sandbox/fields.ts';

describe('The selector of fields', () => {
  it('rejects parentheses nested without end', () => {
    const nested = (depth: number) => `${'a('.repeat(depth)}a${')'.repeat(depth)}`;
    assert.ok(parseFields(nested(20)));
    for (const depth of [21, 100_000])
      assert.throws(
        () => parseFields(nested(depth)),
        (error) => error instanceof ApiError && error.status === 400,
      );
  });

  it('selects no inherited property', () => {
    const wanted = parseFields('id,toString,constructor,__proto__,hasOwnProperty');
    const selected = select({ id: 'x' }, wanted, 'ignore');
    assert.deepEqual(Object.getOwnPropertyNames(selected), ['id']);
    assert.equal(Object.getPrototypeOf(selected), Object.prototype);
    assert.throws(() => select({ id: 'x' }, wanted, 'refuse'), ApiError);
  });
});
