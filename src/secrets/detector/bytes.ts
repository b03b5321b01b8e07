import type { Finding, Scan, ScanOptions } from './finding.ts';
import { mayHoldKeyBytes } from './needles.ts';
import { scanText } from './scan.ts';

export type ByteEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'binary';

export interface ByteScan extends Scan {
  /**
   * How the bytes were read. Offsets count UTF-16 code units of the decoded text without its byte order mark; in
   * `binary` they count bytes.
   */
  readonly encoding: ByteEncoding;
  /** The decoded text that the offsets are about; empty if a first check showed that there is no key. */
  readonly text: string;
}

/** Like git, which treats a file as binary if one of its first 8,000 bytes is zero. */
const BINARY_SAMPLE_SIZE = 8000;

/** Finds secret keys in the content of a file: UTF-8 (also broken, or Latin-1), UTF-16 of both byte orders, binary. */
export function scanBytes(bytes: Uint8Array, options: ScanOptions = {}): ByteScan {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encoding = encodingOf(buffer);
  if (!mayHoldKeyBytes(buffer) && !encoding.startsWith('utf-16'))
    return { encoding, text: '', findings: [], capped: false };
  const text = decodeBytes(buffer, encoding);
  const { findings, capped } = scanText(text, options);
  if (encoding === 'utf-8' || encoding === 'binary') return { encoding, text, findings, capped };
  const wide = findings.map(
    (finding): Finding => (finding.encoding === 'plain' ? { ...finding, encoding: 'utf-16' } : finding),
  );
  return { encoding, text, findings: wide, capped };
}

/** Decides by the byte order mark or, without one, by the positions of zero bytes. */
export function encodingOf(buffer: Buffer): ByteEncoding {
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return 'utf-16le';
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return 'utf-16be';
  const sample = buffer.subarray(0, BINARY_SAMPLE_SIZE);
  if (!sample.includes(0)) return 'utf-8';
  const zeros = [0, 0];
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const half = sample.length / 2;
  if (odd > half * 0.7 && even < half * 0.05) return 'utf-16le';
  if (even > half * 0.7 && odd < half * 0.05) return 'utf-16be';
  return 'binary';
}

/** Decodes as an editor would, without the byte order mark; `binary` becomes one character per byte. */
function decodeBytes(buffer: Buffer, encoding: ByteEncoding): string {
  switch (encoding) {
    case 'utf-8':
      return withoutMark(buffer.toString('utf8'));
    case 'utf-16le':
      return withoutMark(buffer.toString('utf16le'));
    case 'utf-16be':
      return withoutMark(
        Buffer.from(buffer.subarray(0, buffer.length & ~1))
          .swap16()
          .toString('utf16le'),
      );
    case 'binary':
      return buffer.toString('latin1');
  }
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
