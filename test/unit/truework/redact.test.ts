import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { holdsKey, isSensitive } from '../../../src/truework/redact.ts';
import { key } from '../../support/keys.ts';

const prefix = ['tw', 'sk', ''].join('_');
const spread = key('spread').replaceAll(/./g, '$&\u200b');

describe('Text that is sensitive', () => {
  for (const [what, text] of [
    ['a key', key('sensitive')],
    ['the prefix of a key alone', `my ${prefix.toUpperCase()}`],
    ['a key with zero-width characters in it', spread],
    ['nine digits', '000000000'],
    ['a social security number', 'SSN 000-00-0000.'],
    ['a social security number in odd groups', '000. 00 –\n0000'],
    ['a social security number with zero-width characters in it', '000\u200b00\u200b0000'],
  ] as const) {
    it(`is ${what}`, () => {
      assert.ok(isSensitive(text));
    });
  }

  for (const text of ['', 'Jane Doe', '2023-10-30', '0000000000', '000-00-000', 'tw_']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.ok(!isSensitive(text));
    });
  }

  it('holds a key only if more than the prefix is there', () => {
    assert.ok(holdsKey(key('held')));
    assert.ok(holdsKey(spread));
    assert.ok(!holdsKey(`Keys begin with ${prefix}`));
  });
});
