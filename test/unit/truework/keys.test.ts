import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  maskKey,
  PUBLISHABLE_PREFIX,
  readSecretKey,
  SANDBOX_MARK,
  SECRET_PREFIX,
  SecretKey,
} from '../../../src/truework/keys.ts';

const hex = fc.stringMatching(/^[0-9a-f]{40}$/);
const urlSafe = fc.stringMatching(/^[A-Za-z0-9_-]{43,80}$/);
const sandboxKey = fc.oneof(hex, urlSafe).map((body) => SECRET_PREFIX + SANDBOX_MARK + body);
const productionKey = fc
  .oneof(
    hex,
    urlSafe.filter((body) => !body.startsWith(SANDBOX_MARK)),
  )
  .map((body) => SECRET_PREFIX + body);

describe('reading a secret key', () => {
  it('determines the environment by the prefix', () => {
    fc.assert(
      fc.property(sandboxKey, (key) => {
        assert.deepEqual(readSecretKey(key), { ok: true, environment: 'sandbox' });
      }),
    );
    fc.assert(
      fc.property(productionKey, (key) => {
        assert.deepEqual(readSecretKey(key), { ok: true, environment: 'production' });
      }),
    );
  });

  it('recognizes a production body that begins with test_ by its length', () => {
    const rest = SANDBOX_MARK + 'Aa1-'.repeat(9) + 'xyz';
    assert.equal(rest.length, 44);
    assert.deepEqual(readSecretKey(SECRET_PREFIX + rest), { ok: true, environment: 'production' });
  });

  it('reports the problem, and the environment that the prefix indicates', () => {
    assert.deepEqual(readSecretKey(''), { ok: false, problem: 'empty' });
    assert.deepEqual(readSecretKey(PUBLISHABLE_PREFIX + 'a'.repeat(43)), { ok: false, problem: 'publishable' });
    assert.deepEqual(readSecretKey('sk_test_abc'), { ok: false, problem: 'no-prefix' });
    assert.deepEqual(readSecretKey(SECRET_PREFIX), { ok: false, problem: 'no-body', environment: 'production' });
    assert.deepEqual(readSecretKey(SECRET_PREFIX + SANDBOX_MARK), {
      ok: false,
      problem: 'no-body',
      environment: 'sandbox',
    });
    assert.deepEqual(readSecretKey(SECRET_PREFIX + 'abc'), {
      ok: false,
      problem: 'too-short',
      environment: 'production',
    });
    assert.deepEqual(readSecretKey(SECRET_PREFIX + 'a"bc'), {
      ok: false,
      problem: 'bad-character',
      environment: 'production',
    });
    assert.deepEqual(readSecretKey(`${SECRET_PREFIX}abc def`), { ok: false, problem: 'white-space' });
  });
});

describe('a text that is almost a key', () => {
  const whole = fc.oneof(sandboxKey, productionKey);

  it('is rejected with other text attached', () => {
    fc.assert(
      fc.property(whole, fc.constantFrom('"', "'", '.', '/', '@', '\0', 'é', '\n', ' '), (key, glued) => {
        for (const text of [glued + key, key + glued, key.replace(/^(tw_sk_(?:test_)?)/, `$1${glued}`)]) {
          assert.equal(readSecretKey(text).ok, false, JSON.stringify(text));
          assert.equal(SecretKey.from(text), undefined);
        }
      }),
    );
  });

  it('is rejected when its body is one character short or long', () => {
    for (const length of [39, 41, 42]) {
      const body = '0123456789abcdef'.repeat(3).slice(0, length);
      assert.equal(readSecretKey(SECRET_PREFIX + body).ok, false);
      // With the mark, what is too short for a sandbox key is long enough for a production key of base64url.
      assert.notDeepEqual(readSecretKey(SECRET_PREFIX + SANDBOX_MARK + body), { ok: true, environment: 'sandbox' });
    }
    assert.equal(readSecretKey(`${SECRET_PREFIX}${'Ab'.repeat(21)}`).ok, false);
  });
});

describe('a secret key as an object', () => {
  it('prints itself masked everywhere', () => {
    fc.assert(
      fc.property(fc.oneof(sandboxKey, productionKey), (text) => {
        const key = SecretKey.from(text);
        assert.ok(key);
        for (const printed of [
          String(key),
          JSON.stringify({ key }),
          inspect({ key }, { showHidden: true, depth: 9 }),
          key.toString(),
          Object.keys(key).join(),
          JSON.stringify(Object.entries(key)),
        ]) {
          for (let at = 0; at + 8 <= text.length; at += 1) {
            const part = text.slice(at, at + 8);
            if (part.startsWith(SECRET_PREFIX) || (SECRET_PREFIX + SANDBOX_MARK).includes(part)) continue;
            assert.ok(!printed.includes(part), printed);
          }
        }
        assert.equal(key.reveal(), text);
        assert.equal(inspect(key), maskKey(text));
        assert.equal(JSON.stringify(key), JSON.stringify(maskKey(text)));
      }),
    );
  });

  it('is created from complete keys only', () => {
    assert.equal(SecretKey.from(`${SECRET_PREFIX}abc`), undefined);
    assert.equal(maskKey('anything else'), '••••');
  });
});
