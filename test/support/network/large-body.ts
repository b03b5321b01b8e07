import { Readable } from 'node:stream';

const MEBIBYTE = 1 << 20;

/**
 * So many MiB of white space, made while they are read.
 * @param onPiece called for each MiB that is made
 */
export function largeBody(mebibytes: number, onPiece: () => void = () => undefined): Readable {
  const piece = Buffer.alloc(MEBIBYTE, ' ');
  function* pieces() {
    for (let made = 0; made < mebibytes; made += 1) {
      onPiece();
      yield piece;
    }
  }
  return Readable.from(pieces(), { highWaterMark: 1 });
}
