import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashKey } from '../../../../src/secrets/detector/allow-list.ts';
import { mayHoldKey } from '../../../../src/secrets/detector/needles.ts';
import { keyAt, scan, scanText } from '../../../../src/secrets/detector/scan.ts';
import { maskKey, SANDBOX_MARK, SECRET_PREFIX } from '../../../../src/truework/keys.ts';
import {
  characters,
  hexBody,
  productionHexKey,
  productionKey,
  sandboxHexKey,
  sandboxKey,
  urlSafeBody,
} from './made-keys.ts';

const found = (text: string) => scan(text).map(({ start, end, kind }) => [start, end, kind]);
const whole = (key: string, kind: 'production' | 'sandbox') => {
  assert.deepEqual(found(`x ${key} y`), [[2, 2 + key.length, kind]]);
};

describe('The shape of a key', () => {
  it('distinguishes production and sandbox keys by their prefix', () => {
    whole(productionKey(1), 'production');
    whole(productionHexKey(2), 'production');
    whole(sandboxKey(3), 'sandbox');
    whole(sandboxHexKey(4), 'sandbox');
  });

  it('accepts bodies longer than the shortest', () => {
    for (const bytes of [33, 34, 48, 64, 96, 128]) whole(SECRET_PREFIX + urlSafeBody(bytes, bytes), 'production');
    whole(SECRET_PREFIX + hexBody(5, 32), 'production');
    whole(SECRET_PREFIX + SANDBOX_MARK + hexBody(6, 64), 'sandbox');
  });

  it('rejects a body one character too short or long', () => {
    assert.deepEqual(found(productionKey(7).slice(0, -1)), []);
    assert.deepEqual(found(productionHexKey(8).slice(0, -1)), []);
    assert.deepEqual(found(`${productionHexKey(8)}a`), []);
    assert.deepEqual(found(`${sandboxHexKey(9)}0f`), []);
    assert.deepEqual(found(sandboxHexKey(9).slice(0, -1)), []);
  });

  it('is a production key if the body merely begins with the sandbox mark', () => {
    whole(SECRET_PREFIX + SANDBOX_MARK + characters(10, 38), 'production');
    whole(SECRET_PREFIX + SANDBOX_MARK.replace('_', '-') + characters(11, 38), 'production');
  });

  it('rejects a sandbox mark followed by a body that is too short and a placeholder', () => {
    for (const rest of [
      hexBody(22).toUpperCase(),
      '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0pZX',
      'ReplaceThisWithYourOwnKeyFromTheSite123',
    ]) {
      assert.deepEqual(found(SECRET_PREFIX + SANDBOX_MARK + rest), [], rest);
    }
  });

  it('is case-sensitive', () => {
    assert.deepEqual(found(productionKey(12).replace(SECRET_PREFIX, SECRET_PREFIX.toUpperCase())), []);
  });

  it('ends before the next prefix', () => {
    const [a, b] = [productionKey(13), sandboxKey(14)];
    assert.deepEqual(found(a + b), [
      [0, a.length, 'production'],
      [a.length, a.length + b.length, 'sandbox'],
    ]);
  });

  it('excludes Markdown emphasis and the end of an XML comment', () => {
    for (const key of [
      productionKey(15),
      sandboxKey(16),
      productionHexKey(17),
      SECRET_PREFIX + urlSafeBody(18, 64),
      SECRET_PREFIX + hexBody(19, 32),
    ]) {
      for (const mark of ['_', '__', '-', '--', '-->'])
        assert.deepEqual(found(`_${key}${mark}`)[0]?.slice(0, 2), [1, 1 + key.length], `${key.length} ${mark}`);
    }
  });

  it('keeps a dash or underscore that belongs to a longer key', () => {
    const key = `${SECRET_PREFIX}${characters(20, 46)}x_`;
    whole(key, 'production');
  });
});

describe('A finding', () => {
  const key = productionKey(21);
  const [finding] = scan(`key = ${key}`);
  assert.ok(finding);

  it('contains the hash and the masked key, but not the key', () => {
    assert.equal(finding.keyHash, hashKey(key));
    assert.equal(finding.masked, maskKey(key));
    assert.ok(!JSON.stringify(finding).includes(key.slice(6, -4)));
  });

  it('returns the key as long as the text is unchanged', () => {
    assert.equal(keyAt(`key = ${key}`, finding), key);
    assert.equal(keyAt(`keys = ${key}`, finding), undefined);
  });

  it('does not exist for the example key in the documentation', () => {
    const example = `${SECRET_PREFIX}${SANDBOX_MARK}e508eb797edb95ade852` + '84bcb54dd49ed45db1be';
    assert.deepEqual(scan(example), []);
    assert.equal(scan(example.replace(/e$/, 'f')).length, 1);
  });
});

describe('Many findings', () => {
  const text = Array.from({ length: 1200 }, (_, i) => productionHexKey(i)).join('\n');

  it('are cut off at the limit, which is reported', () => {
    const { findings, capped } = scanText(text);
    assert.equal(findings.length, 1000);
    assert.equal(capped, true);
    assert.equal(scanText(text, { limit: 5 }).findings.length, 5);
    assert.equal(scanText(text, { limit: 1200 }).capped, false);
  });

  it('do not hide a leak if the ones before it are allowed', () => {
    const leak = sandboxKey(5);
    const findings = scan(`${text.replaceAll('\n', ' # gitleaks:allow\n')} # gitleaks:allow\n${leak}`);
    assert.equal(findings.at(-1)?.keyHash, hashKey(leak));
    assert.equal(findings.length, 1001);
  });
});

describe('A scan of any text', () => {
  const anyKey = fc
    .tuple(fc.constantFrom(productionKey, sandboxKey, productionHexKey, sandboxHexKey), fc.nat())
    .map(([make, seed]) => make(seed));
  const notOfAKey = fc
    .string({ unit: 'binary' })
    .filter((text) => !text.includes('tw_') && !text.includes(':allow') && !text.includes('ignore'));
  /** Text directly after a key that does not become part of it. */
  const ending = notOfAKey.map((text) => (text === '' || /^[A-Za-z0-9_-]/.test(text) ? ` ${text}` : text));

  it('finds a key at its exact offsets', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(notOfAKey, anyKey, ending), { maxLength: 6 }), (parts) => {
        let text = '';
        const expected: number[][] = [];
        for (const [before, key, after] of parts) {
          text += before;
          expected.push([text.length, text.length + key.length]);
          text += key + after;
        }
        assert.deepEqual(
          scan(text).map(({ start, end }) => [start, end]),
          expected,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('has no findings if the first check finds no needle, and findings never overlap', () => {
    const pieces = fc.constantFrom(
      'tw_',
      'sk_',
      SECRET_PREFIX,
      SANDBOX_MARK,
      '_',
      '-',
      ' ',
      '\n',
      'R3X3NrX',
      'dHdfc2tf',
      'abc',
      characters(1, 43),
      hexBody(2),
      'd0',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (words) => {
        const text = words.join('');
        const findings = scan(text);
        if (!mayHoldKey(text)) assert.deepEqual(findings, []);
        findings.forEach((finding, i) => {
          assert.ok(finding.start < finding.end && finding.end <= text.length);
          assert.ok(i === 0 || finding.encoding === 'base64' || (findings[i - 1]?.end ?? 0) <= finding.start);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('finds each of twenty thousand random keys of each form', () => {
    for (let seed = 1; seed <= 20_000; seed++) {
      assert.equal(scan(productionKey(seed)).length, 1, `url-safe body of seed ${seed}`);
      assert.equal(scan(productionHexKey(seed)).length, 1, `hexadecimal body of seed ${seed}`);
    }
  });
});
