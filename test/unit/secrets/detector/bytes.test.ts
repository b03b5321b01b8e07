import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashKey } from '../../../../src/secrets/detector/allow-list.ts';
import { encodingOf, scanBytes } from '../../../../src/secrets/detector/bytes.ts';
import { keyAt, scan } from '../../../../src/secrets/detector/scan.ts';
import { productionKey, sandboxKey } from './made-keys.ts';

const key = productionKey(1);
const text = `naïve 😀\r\nk='${key}'\n`;
const bigEndian = (content: string) => Buffer.from(content, 'utf16le').swap16();
const expected = scan(text).map(({ start, end, kind, keyHash }) => ({ start, end, kind, keyHash }));
const places = (bytes: Uint8Array) =>
  scanBytes(bytes).findings.map(({ start, end, kind, keyHash }) => ({ start, end, kind, keyHash }));

describe('Keys in files', () => {
  const mark = '\ufeff';
  const files: Record<string, [Buffer, string]> = {
    'UTF-8': [Buffer.from(text), 'utf-8'],
    'UTF-8 with a byte order mark': [Buffer.from(mark + text), 'utf-8'],
    'UTF-16 as PowerShell 5 writes it': [Buffer.from(mark + text, 'utf16le'), 'utf-16le'],
    'UTF-16 in the other byte order': [bigEndian(mark + text), 'utf-16be'],
    'UTF-16 without a mark': [Buffer.from(text, 'utf16le'), 'utf-16le'],
    'UTF-16 in the other byte order, without a mark': [bigEndian(text), 'utf-16be'],
  };
  for (const [name, [bytes, encoding]] of Object.entries(files)) {
    it(`are found in ${name}`, () => {
      assert.equal(encodingOf(bytes), encoding);
      assert.deepEqual(places(bytes), expected);
      const {
        text: decoded,
        findings: [finding],
      } = scanBytes(bytes);
      assert.ok(finding);
      assert.equal(keyAt(decoded, finding), key);
    });
  }

  it('are found in Latin-1, where one byte is one character', () => {
    const content = `café k='${key}'`;
    assert.deepEqual(places(Buffer.from(content, 'latin1'))[0]?.start, content.indexOf(key));
  });

  it('are found in binary files, as narrow and wide strings, also at odd offsets, with offsets in bytes', () => {
    const wide = sandboxKey(2);
    for (const padding of [1, 2]) {
      for (const encode of [(content: string) => Buffer.from(content, 'utf16le'), bigEndian]) {
        const bytes = Buffer.concat([
          Buffer.from([0x7f, 0, 1, 2, ...Array<number>(padding).fill(0)]),
          Buffer.from(key),
          Buffer.alloc(300, 0x80),
          encode(`=${wide};`),
          Buffer.alloc(50),
        ]);
        const { encoding, findings } = scanBytes(bytes);
        assert.equal(encoding, 'binary');
        assert.deepEqual(
          findings.map(({ keyHash, encoding: how }) => [keyHash, how]),
          [
            [hashKey(key), 'plain'],
            [hashKey(wide), 'utf-16'],
          ],
        );
        assert.equal(bytes.toString('latin1', findings[0]?.start, findings[0]?.end), key);
        assert.equal(bytes.toString('latin1', findings[1]?.start, findings[1]?.end).replaceAll('\0', ''), wide);
      }
    }
  });

  it('are found in base64 inside UTF-16', () => {
    const bytes = Buffer.from(`\ufeffdata: ${Buffer.from(key).toString('base64')}\n`, 'utf16le');
    assert.deepEqual(
      scanBytes(bytes).findings.map(({ start, encoding }) => [start, encoding]),
      [[6, 'base64']],
    );
  });

  it('can be allowed by comments in every encoding', () => {
    assert.ok(scanBytes(Buffer.from(`\ufeff${key} # ggignore`, 'utf16le')).findings[0]?.suppressedBy);
  });

  it('are not found in empty input', () => {
    assert.deepEqual(scanBytes(Buffer.alloc(0)).findings, []);
    assert.deepEqual(scanBytes(Buffer.from([0xff, 0xfe, 0x74])).findings, []);
    assert.deepEqual(scanBytes(Buffer.from([0xfe, 0xff, 0])).findings, []);
  });

  it('are found in a view of a larger buffer', () => {
    const larger = Buffer.from(`xxxx${key}`);
    assert.deepEqual(
      places(new Uint8Array(larger.buffer, larger.byteOffset + 4, key.length)).map(({ start }) => start),
      [0],
    );
  });
});
