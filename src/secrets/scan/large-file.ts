import { readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { encodingOf, type ByteEncoding } from '../detector/bytes.ts';
import { MAX_FINDINGS } from '../detector/finding.ts';
import { scanText } from '../detector/scan.ts';
import type { FileReaderOptions } from './files.ts';
import { type PlacedFinding } from './files.ts';
import { FILE_START, originAt, placed, type Origin } from './positions.ts';

const CHUNK = 2 * 1024 * 1024;
/** A key that begins before the end of a part by less than this is read with the next part. */
const TAIL = 8 * 1024;

/**
 * Scans a file of any size part by part. Parts end at a line's end where there is one, and a part begins with the
 * last line of the one before, so that comments on a line and for the next line count. A comment that opens a
 * region counts in its own part only.
 */
export function scanLarge(
  file: number,
  options: FileReaderOptions,
): { encoding: ByteEncoding; findings: PlacedFinding[]; capped: boolean } {
  const { limit = MAX_FINDINGS, shouldReport: concerns = () => true } = options;
  const chunk = Buffer.allocUnsafeSlow(CHUNK);
  const findings: PlacedFinding[] = [];
  let position = 0;
  let encoding: ByteEncoding | undefined;
  let decoder: StringDecoder | undefined;
  let text = '';
  let origin: Origin = FILE_START;
  /** Findings that begin before this offset of the text were listed with the part before. */
  let from = 0;
  for (;;) {
    const count = fill(file, chunk, position);
    position += count;
    encoding ??= encodingOf(chunk.subarray(0, count));
    decoder ??= new StringDecoder(NODE_ENCODINGS[encoding]);
    const isLast = count < CHUNK;
    const bytes = encoding === 'utf-16be' ? chunk.subarray(0, count & ~1).swap16() : chunk.subarray(0, count);
    text += decoder.write(bytes) + (isLast ? decoder.end() : '');
    if (origin.offset === 0 && text.charCodeAt(0) === 0xfeff) text = text.slice(1);

    const to = isLast ? text.length : partEnd(text);
    const scan = scanText(text, options);
    const part = text;
    const inPart = scan.findings
      .filter(({ start }) => start >= from && start < to)
      .filter((finding) => concerns(part, finding));
    findings.push(
      ...placed(text, inPart, origin).map(
        (finding): PlacedFinding =>
          finding.encoding === 'plain' && encoding?.startsWith('utf-16') ? { ...finding, encoding: 'utf-16' } : finding,
      ),
    );
    if (findings.length > limit || scan.capped) return { encoding, findings: findings.slice(0, limit), capped: true };
    if (isLast) return { encoding, findings, capped: false };

    const keptFrom = lineBefore(text, to);
    origin = originAt(text, keptFrom, origin);
    text = text.slice(keptFrom);
    from = to - keptFrom;
  }
}

const NODE_ENCODINGS: Record<ByteEncoding, BufferEncoding> = {
  'utf-8': 'utf8',
  'utf-16le': 'utf16le',
  'utf-16be': 'utf16le',
  binary: 'latin1',
};

function fill(file: number, chunk: Buffer, position: number): number {
  let length = 0;
  while (length < chunk.length) {
    const count = readSync(file, chunk, length, chunk.length - length, position + length);
    if (count === 0) break;
    length += count;
  }
  return length;
}

function partEnd(text: string): number {
  const latest = text.length - TAIL;
  const lineEnd = text.lastIndexOf('\n', latest) + 1;
  if (lineEnd > 0 && latest - lineEnd < CHUNK / 4) return lineEnd;
  return text[latest - 1] === '\r' ? latest - 1 : latest;
}

/** Where the line before the one at `offset` begins, when it is short enough to hold a comment that people write. */
function lineBefore(text: string, offset: number): number {
  if (text[offset - 1] !== '\n') return offset;
  const start = text.lastIndexOf('\n', offset - 2) + 1;
  return offset - start <= TAIL ? start : offset;
}
