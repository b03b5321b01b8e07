import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashKey, keyAt, mayHoldKey, scan } from '../../../../src/leaks/detector/index.ts';
import { SECRET_PREFIX } from '../../../../src/truework/keys.ts';
import { productionKey, sandboxHexKey, sandboxKey } from './made-keys.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('keys inside base64', () => {
  it('are found whatever stands before and behind them', () => {
    fc.assert(fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 10 }), fc.nat(), (before, after, seed) => {
      const key = productionKey(seed);
      const encoded = base64(`${before}${key}\n${after}`);
      const text = `data: ${encoded}\nmore`;
      assert.ok(mayHoldKey(text));
      const [finding, ...others] = scan(text);
      assert.ok(finding);
      assert.deepEqual(others, []);
      assert.deepEqual([finding.start, finding.end, finding.encoding, finding.keyHash], [6, 6 + encoded.length, 'base64', hashKey(key)]);
      assert.equal(keyAt(text, finding), key);
    }));
  });

  it('are found in the secret of a Kubernetes manifest and in a Basic header', () => {
    const key = sandboxHexKey(1);
    for (const text of [`data:\n  key: ${base64(key)}\n`, `Authorization: Basic ${base64(`${key}:`)}\r\n`, `{"auth":"${base64(`user:${key}`)}"}`]) {
      assert.deepEqual(scan(text).map(({ keyHash, kind }) => [keyHash, kind]), [[hashKey(key), 'sandbox']]);
    }
  });

  it('are found in the base64url of a token', () => {
    const key = productionKey(2);
    const payload = Buffer.from(JSON.stringify({ subject: 'ÿþ??', key })).toString('base64url');
    const text = `eyJhbGciOiJIUzI1NiJ9.${payload}.c2lnbmF0dXJl`;
    assert.deepEqual(scan(text).map(({ start, end }) => text.slice(start, end)), [payload]);
  });

  it('are found across the lines of an encoder', () => {
    const key = sandboxKey(3);
    const encoded = base64(`Authorization: Bearer ${key}\nAccept: application/json; version=2023-10-30\n`);
    for (const [width, joint] of [[76, '\n'], [64, '\r\n'], [76, '\n    '], [64, String.raw`\n`]] as const) {
      const text = `value: ${encoded.match(new RegExp(`.{1,${width}}`, 'g'))?.join(joint)}\n`;
      const [finding] = scan(text);
      assert.equal(finding?.keyHash, hashKey(key), `${width}`);
      assert.equal(keyAt(text, finding), key);
    }
  });

  it('begin after a name that is glued to them', () => {
    const encoded = base64(productionKey(4));
    const text = `x my-secret_${encoded}`;
    const [finding] = scan(text);
    assert.ok(finding);
    assert.equal(text.slice(finding.start, finding.end), encoded);
  });

  it('are each found when one text wraps several', () => {
    const keys = [productionKey(5), sandboxKey(6)];
    const findings = scan(base64(keys.join(',')));
    assert.deepEqual(findings.map(({ keyHash }) => keyHash), keys.map(hashKey));
  });

  it('are not placeholders or halves', () => {
    assert.deepEqual(scan(base64(`${SECRET_PREFIX}your_key_here_your_key_here_your_key_here_your`)), []);
    assert.deepEqual(scan(base64(productionKey(7)).slice(0, 40)), []);
  });
});
