import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it } from 'node:test';
import { ApiError } from '../../../src/sandbox/api-error.ts';
import { KeyCheck } from '../../../src/sandbox/auth.ts';
import { key } from '../../support/keys.ts';

const sandboxKey = key('the sandbox', 'sandbox');

describe('The check of a bearer key', () => {
  it('accepts the key alone', () => {
    for (const authorization of [`Bearer ${sandboxKey}`, `bearer  ${sandboxKey} `])
      new KeyCheck(sandboxKey).check(authorization);
  });

  for (const [what, authorization] of Object.entries({
    nothing: undefined,
    'an empty header': '',
    'another key': `Bearer ${key('another', 'sandbox')}`,
    'a part of the key': `Bearer ${sandboxKey.slice(0, -1)}`,
    'something before it': `x Bearer ${sandboxKey}`,
    'something behind it': `Bearer ${sandboxKey} x`,
    'two keys': `Bearer ${sandboxKey},Bearer ${sandboxKey}`,
    'another scheme': `Basic ${sandboxKey}`,
  })) {
    it(`rejects ${what}`, () => {
      assert.throws(
        () => {
          new KeyCheck(sandboxKey).check(authorization);
        },
        (error) => error instanceof ApiError && error.status === 401,
      );
    });
  }

  it('compares in constant time', (t) => {
    const compare = t.mock.method(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    t.after(() => {
      compare.mock.restore();
      syncBuiltinESMExports();
    });
    new KeyCheck(sandboxKey).check(`Bearer ${sandboxKey}`);
    assert.equal(compare.mock.callCount(), 1);
    // Of one length, whatever is compared.
    assert.throws(() => {
      new KeyCheck(sandboxKey).check('Bearer x');
    });
    assert.equal(compare.mock.callCount(), 2);
  });
});
