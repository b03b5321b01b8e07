import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { readRegularFile } from '../../files/regular-file.ts';
import { replaceFile } from '../../files/replace-file.ts';

const ObjectId = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));
const KeyHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const ReachSchema = v.object({ tips: v.array(ObjectId), commits: v.array(ObjectId) });

const HistoryCacheSchema = v.object({
  version: v.literal(2),
  objectFormat: v.picklist(['sha1', 'sha256']),
  /** The detector rules that found the keys. */
  rules: v.string(),
  /** Changes when objects in the history of the known tips may have arrived. */
  boundary: v.string(),
  /** Commits whose whole history was scanned. */
  tips: v.array(ObjectId),
  /** Blob ID to the hashes of the keys in it. */
  blobs: v.record(ObjectId, v.array(KeyHash)),
  keys: v.record(KeyHash, v.object({ kind: v.picklist(['production', 'sandbox']), masked: v.string() })),
  introductions: v.array(
    v.object({
      commit: ObjectId,
      blob: ObjectId,
      path: v.string(),
      authorDate: v.string(),
      authorName: v.string(),
      commitTime: v.number(),
    }),
  ),
  /** The commits above that are reachable from each kind of reference. */
  reach: v.object({ all: ReachSchema, branches: ReachSchema, remotes: ReachSchema, tags: ReachSchema }),
  commits: v.number(),
  tooLarge: v.number(),
  /** Objects that could not be read. If there are any, the cache is not used. */
  unreadable: v.number(),
});

/**
 * The result of a history scan for the next one, as JSON. Contains SHA-256 hashes and masked keys, never a key.
 */
export type HistoryCache = v.InferOutput<typeof HistoryCacheSchema>;

/** A larger cache is ignored. */
const MAX_BYTES = 256 * 1024 * 1024;

/** @returns undefined if there is no such file or it is not a cache of this version */
export async function readHistoryCache(file: string): Promise<HistoryCache | undefined> {
  try {
    const parsed = v.safeParse(HistoryCacheSchema, JSON.parse((await readRegularFile(file, MAX_BYTES)).toString()));
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
