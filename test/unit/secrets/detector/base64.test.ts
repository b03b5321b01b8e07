import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashKey } from '../../../../src/secrets/detector/allow-list.ts';
import { mayHoldKey } from '../../../../src/secrets/detector/needles.ts';
import { keyAt, scan } from '../../../../src/secrets/detector/scan.ts';
import { SECRET_PREFIX } from '../../../../src/truework/keys.ts';
import { productionKey, sandboxHexKey, sandboxKey } from './made-keys.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('Keys inside base64', () => {
  it('are found whatever precedes and follows them', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 10 }), fc.nat(), (before, after, seed) => {
        const key = productionKey(seed);
        const encoded = base64(`${before}${key}\n${after}`);
        const text = `data: ${encoded}\nmore`;
        assert.ok(mayHoldKey(text));
        const [finding, ...others] = scan(text);
        assert.ok(finding);
        assert.deepEqual(others, []);
        assert.deepEqual(
          [finding.start, finding.end, finding.encoding, finding.keyHash],
          [6, 6 + encoded.length, 'base64', hashKey(key)],
        );
        assert.equal(keyAt(text, finding), key);
      }),
    );
  });

  it('are found in the secret of a Kubernetes manifest and in a Basic header', () => {
    const key = sandboxHexKey(1);
    for (const text of [
      `data:\n  key: ${base64(key)}\n`,
      `Authorization: Basic ${base64(`${key}:`)}\r\n`,
      `{"auth":"${base64(`user:${key}`)}"}`,
    ]) {
      assert.deepEqual(
        scan(text).map(({ keyHash, kind }) => [keyHash, kind]),
        [[hashKey(key), 'sandbox']],
      );
    }
  });

  it('are found in the base64url of a token', () => {
    const key = productionKey(2);
    const payload = Buffer.from(JSON.stringify({ subject: 'ÿþ??', key })).toString('base64url');
    const text = `eyJhbGciOiJIUzI1NiJ9.${payload}.c2lnbmF0dXJl`;
    assert.deepEqual(
      scan(text).map(({ start, end }) => text.slice(start, end)),
      [payload],
    );
  });

  it('are found across the lines of an encoder', () => {
    const key = sandboxKey(3);
    const encoded = base64(`Authorization: Bearer ${key}\nAccept: application/json; version=2023-10-30\n`);
    for (const [width, joint] of [
      [76, '\n'],
      [64, '\r\n'],
      [76, '\n    '],
      [64, String.raw`\n`],
    ] as const) {
      const text = `value: ${encoded.match(new RegExp(`.{1,${width}}`, 'g'))?.join(joint)}\n`;
      const [finding] = scan(text);
      assert.equal(finding?.keyHash, hashKey(key), `${width}`);
      assert.equal(keyAt(text, finding), key);
    }
  });

  it('end with their line, whatever the next one contains', () => {
    // 54 bytes: without padding that marks the end of the text.
    const [key, encoded] = [sandboxKey(8), base64(sandboxKey(8))];
    assert.match(encoded, /[A-Za-z0-9]{72}$/);
    const following = [
      'OTHER_KEY: Zm9v',
      'stringData:',
      'EOF',
      '---',
      'abcd',
      'OTHER=1',
      '- x',
      'is what it says',
      `other: ${base64('x'.repeat(60))}`,
      base64('y'.repeat(54)),
    ];
    for (const next of following) {
      for (const joint of ['\n', '\r\n', '\n  ']) {
        const text = `  KEY: ${encoded}${joint}${next}\n`;
        const findings = scan(text);
        assert.deepEqual(
          findings.map(({ start, end, keyHash }) => [start, end, keyHash]),
          [[7, 7 + encoded.length, hashKey(key)]],
          next,
        );
      }
    }
  });

  it('are each found if every line encodes one', () => {
    const lines = [1, 2, 3].map((seed) => base64(`user:${productionKey(seed)}`));
    const text = lines.join('\n');
    assert.deepEqual(
      scan(text).map(({ start, end }) => text.slice(start, end)),
      lines,
    );
  });

  it('begin after characters directly before them', () => {
    const encoded = base64(productionKey(4));
    for (const glue of ['my-secret_', 'Basic+', '/a/b/', '+', String.raw`\n`, String.raw`\u003d`, '%3D']) {
      const text = `x ${glue}${encoded} y`;
      const [finding] = scan(text);
      assert.ok(finding);
      assert.equal(text.slice(finding.start, finding.end), encoded, glue);
    }
  });

  it('are each found if one text encodes several', () => {
    const keys = [productionKey(5), sandboxKey(6)];
    const findings = scan(base64(keys.join(',')));
    assert.deepEqual(
      findings.map(({ keyHash }) => keyHash),
      keys.map(hashKey),
    );
  });

  it('are not found in placeholders or parts of keys', () => {
    assert.deepEqual(scan(base64(`${SECRET_PREFIX}your_key_here_your_key_here_your_key_here_your`)), []);
    assert.deepEqual(scan(base64(productionKey(7)).slice(0, 40)), []);
  });
});
