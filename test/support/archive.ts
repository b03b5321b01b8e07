/**
 * The same bytes for the same files: a zip archive written anew without what depends on the machine that wrote it.
 *
 * vsce writes local time, the modes that a umask left, an order that depends on the language of the machine, and what
 * the zlib of this Node makes of the bytes. fflate compresses in JavaScript, the same everywhere.
 */
import { createHash } from 'node:crypto';
import { unzipSync, zipSync, type Zippable } from 'fflate';

/** By path with forward slashes; folders are not listed. */
export type ArchivedFiles = ReadonlyMap<string, Uint8Array>;

/** The earliest time that a zip archive can express, in local time since that is what it is written in. */
const EPOCH = new Date(1980, 0, 1);
const UNIX = 3;
const REGULAR_FILE = 0o100_000;

/** @throws Error when these bytes are no zip archive */
export function readArchive(bytes: Uint8Array): ArchivedFiles {
  return new Map(Object.entries(unzipSync(bytes)).filter(([name]) => !name.endsWith('/')));
}

export function writeArchive(files: ArchivedFiles): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const entries: Zippable = {};
  for (const [name, content] of sorted) {
    const mode = content[0] === 0x23 && content[1] === 0x21 ? 0o755 : 0o644; // A program that begins with #! stays one.
    entries[name] = [content, { os: UNIX, attrs: (REGULAR_FILE | mode) << 16 }];
  }
  return zipSync(entries, { level: 9, mtime: EPOCH });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
