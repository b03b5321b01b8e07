import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { scanBytes } from '../detector/bytes.ts';
import { MAX_NEEDLE_LENGTH, mayHoldKeyBytes } from '../detector/needles.ts';
import type { FileReaderOptions, ScannedFile } from './files.ts';
import { scanLarge } from './large-file.ts';
import { placed } from './positions.ts';

export type FileScan = Pick<ScannedFile, 'encoding' | 'findings' | 'capped'>;

/** The result of reading a file: a scan, if it contains keys, or why it was not scanned. */
export type FileOutcome =
  | { readonly kind: 'read'; readonly bytes: number; readonly scan?: FileScan }
  | { readonly kind: 'link' }
  | { readonly kind: 'no-file' };

const BLOCK = 256 * 1024;
/** Up to this size, in bytes, a file with a key is decoded as a whole. */
const MAX_WHOLE_SIZE = 8 * 1024 * 1024;

/** Opens no link, and a named pipe without waiting for a writer. Windows has neither flag. */
const OPEN_FLAGS =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);
const OPENS_LINKS = (constants.O_NOFOLLOW as number | undefined) === undefined;

/**
 * Reads files through one buffer, so that nothing is allocated or decoded for files without a key. Everything is
 * synchronous, for a worker thread.
 */
export class FileReader {
  readonly #block = Buffer.allocUnsafeSlow(BLOCK);
  readonly #options: FileReaderOptions;

  constructor(options: FileReaderOptions) {
    this.#options = options;
  }

  /** @throws the error of the file system, with its `code`. */
  read(path: string): FileOutcome {
    if (OPENS_LINKS && lstatSync(path).isSymbolicLink()) return { kind: 'link' };
    let file: number;
    try {
      file = openSync(path, OPEN_FLAGS);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ELOOP' || code === 'EMLINK') return { kind: 'link' };
      throw error;
    }
    try {
      return this.#readOpen(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EISDIR') return { kind: 'no-file' };
      throw error;
    } finally {
      closeSync(file);
    }
  }

  #readOpen(file: number): FileOutcome {
    const count = readSync(file, this.#block, 0, BLOCK, null);
    // A pipe without a writer looks like an empty file.
    if (count === 0 && !fstatSync(file).isFile()) return { kind: 'no-file' };
    if (count < BLOCK) {
      const bytes = this.#block.subarray(0, count);
      const scan = mayHoldKeyBytes(bytes) ? this.#scanWhole(bytes) : undefined;
      return { kind: 'read', bytes: count, ...(scan && { scan }) };
    }
    const status = fstatSync(file);
    if (!status.isFile()) return { kind: 'no-file' };
    if (status.size > MAX_WHOLE_SIZE) this.#options.onLarge?.();
    if (!this.#anyBlockMayHoldKey(file)) return { kind: 'read', bytes: status.size };
    const scan =
      status.size <= MAX_WHOLE_SIZE
        ? this.#scanWhole(readWhole(file, status.size))
        : nonEmpty(scanLarge(file, this.#options));
    return { kind: 'read', bytes: status.size, ...(scan && { scan }) };
  }

  /** Searches the first block, which is in the buffer already, and the rest of the file. */
  #anyBlockMayHoldKey(file: number): boolean {
    let length = BLOCK;
    while (length > MAX_NEEDLE_LENGTH) {
      if (mayHoldKeyBytes(this.#block.subarray(0, length))) return true;
      const kept = this.#block.copy(this.#block, 0, length - MAX_NEEDLE_LENGTH, length);
      length = kept + readSync(file, this.#block, kept, BLOCK - kept, null);
    }
    return false;
  }

  #scanWhole(bytes: Buffer): FileScan | undefined {
    const { text, encoding, findings, capped } = scanBytes(bytes, this.#options);
    const { shouldReport = () => true } = this.#options;
    return nonEmpty({
      encoding,
      findings: placed(
        text,
        findings.filter((finding) => shouldReport(text, finding)),
      ),
      capped,
    });
  }
}

function nonEmpty(scan: FileScan): FileScan | undefined {
  return scan.findings.length > 0 ? scan : undefined;
}

function readWhole(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}
