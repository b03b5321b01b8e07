import { readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { encodingOf, type ByteEncoding } from '../detector/bytes.ts';
import { MAX_FINDINGS } from '../detector/finding.ts';
import { scanText } from '../detector/scan.ts';
import type { FileReaderOptions, PlacedFinding } from './files.ts';
import { FILE_START, originAt, placed, type Origin } from './positions.ts';

const CHUNK = 2 * 1024 * 1024;
/** A key that begins less than this before the end of a part is read with the next part, in code units. */
const TAIL = 8 * 1024;

/**
 * Scans a file of any size in parts. Parts end at the end of a line if possible, and a part begins with the last line
 * of the previous one, so that comments on a line and for the next line apply. A comment that opens a region applies
 * only in its own part.
 */
export function scanLarge(
  file: number,
  options: FileReaderOptions,
): { encoding: ByteEncoding; findings: PlacedFinding[]; capped: boolean } {
  const { limit = MAX_FINDINGS, shouldReport = () => true } = options;
  const chunk = Buffer.allocUnsafeSlow(CHUNK);
  const findings: PlacedFinding[] = [];
  let position = 0;
  let encoding: ByteEncoding | undefined;
  let decoder: StringDecoder | undefined;
  let text = '';
  let origin: Origin = FILE_START;
  /** Findings that begin before this offset were listed with the previous part. */
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
      .filter((finding) => shouldReport(part, finding));
    findings.push(
      ...placed(text, inPart, origin).map(
        (finding): PlacedFinding =>
          finding.encoding === 'plain' && encoding?.startsWith('utf-16') ? { ...finding, encoding: 'utf-16' } : finding,
      ),
    );
    if (findings.length > limit || scan.capped) return { encoding, findings: findings.slice(0, limit), capped: true };
    if (isLast) return { encoding, findings, capped: false };

    const keptFrom = startOfPreviousLine(text, to);
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

/** The start of the line before the one at `offset`, unless it is too long for a comment. */
function startOfPreviousLine(text: string, offset: number): number {
  if (text[offset - 1] !== '\n') return offset;
  const start = text.lastIndexOf('\n', offset - 2) + 1;
  return offset - start <= TAIL ? start : offset;
}
