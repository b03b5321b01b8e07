import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { readRegularFile } from '../../files/regular-file.ts';
import { replaceFile } from '../../files/replace-file.ts';

const oid = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));
const keyHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const reach = v.object({ tips: v.array(oid), commits: v.array(oid) });

const historyCache = v.object({
  version: v.literal(2),
  objectFormat: v.picklist(['sha1', 'sha256']),
  /** The detector rules that found the keys. */
  rules: v.string(),
  /** Changes when objects in the history of the known tips may have arrived. */
  boundary: v.string(),
  /** Commits whose whole history was scanned. */
  tips: v.array(oid),
  /** Blob ID to the hashes of the keys in it. */
  blobs: v.record(oid, v.array(keyHash)),
  keys: v.record(keyHash, v.object({ kind: v.picklist(['production', 'sandbox']), masked: v.string() })),
  introductions: v.array(
    v.object({
      commit: oid,
      blob: oid,
      path: v.string(),
      authorDate: v.string(),
      authorName: v.string(),
      commitTime: v.number(),
    }),
  ),
  /** The commits above that are reachable from each kind of reference. */
  reach: v.object({ all: reach, branches: reach, remotes: reach, tags: reach }),
  commits: v.number(),
  tooLarge: v.number(),
  /** Objects that could not be read. If there are any, the cache is not used. */
  unreadable: v.number(),
});

/**
 * The result of a history scan for the next one, as JSON. Contains SHA-256 hashes and masked keys, never a key.
 */
export type HistoryCache = v.InferOutput<typeof historyCache>;

/** A larger cache is ignored. */
const MAX_BYTES = 256 * 1024 * 1024;

/** @returns undefined if there is no such file or it is not a cache of this version */
export async function readHistoryCache(file: string): Promise<HistoryCache | undefined> {
  try {
    const parsed = v.safeParse(historyCache, JSON.parse((await readRegularFile(file, MAX_BYTES)).toString()));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the file's folder. */
export async function writeHistoryCache(file: string, cache: HistoryCache): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await replaceFile(file, JSON.stringify(cache));
}
