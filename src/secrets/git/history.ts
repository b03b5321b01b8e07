import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type CandidateBlobs, type CandidateProgress, searchAllBlobs, searchNewBlobs } from './candidates.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { aborted, isUnreadable } from './error.ts';
import type { HistoryCache } from './history-cache.ts';
import { findIntroductions, type Introduction } from './introductions.ts';
import { advance, NO_REFERENCES, type Reach, type References, reachable, readReferences } from './references.ts';
import type { Repository } from './repository.ts';
import type { ScanBytes } from './scan-bytes.ts';

/** Why a result about the history may be incomplete. */
export type Incomplete =
  | 'shallow'
  | 'partial-clone'
  | 'history-not-scanned'
  | 'objects-too-large'
  | 'objects-unreadable';

/** Where a key is besides the history of HEAD. */
export type AlsoIn = 'branch' | 'remote-branch' | 'tag' | 'stash' | 'reflog';

/** A key in the objects of the repository. */
export interface HistoryHit {
  readonly keyHash: string;
  readonly kind: 'production' | 'sandbox';
  readonly masked: string;
  /** IDs of the blobs that contain it. */
  readonly blobs: readonly string[];
  /**
   * Whether a commit contains it that a branch, a tag, HEAD or any other reference except a stash reaches. Unreachable
   * objects, such as a file that was staged once, are not committed.
   */
  readonly committed: boolean;
  /** Whether a remote-tracking branch reaches it. A push to a URL without a remote leaves no trace. */
  readonly pushed: boolean;
  /** The oldest commit that introduced it; one in the stash or the reflog if there is no other. */
  readonly firstCommit?: Introduction;
  /** Every reachable commit that introduced it, oldest first. */
  readonly introductions: readonly Introduction[];
  readonly alsoIn: readonly AlsoIn[];
}

export interface History {
  /** For the next scan, which then reads only new objects. Contains hashes and masked keys, no keys. */
  readonly cache: HistoryCache;
  /** By key hash. */
  readonly hits: ReadonlyMap<string, HistoryHit>;
  /** The number of scanned commits. */
  readonly commits: number;
  readonly incompleteBecause?: Incomplete;
  /** At least this many objects are damaged or missing, so that their content is unknown. */
  readonly unreadable: number;
  /** `digestOfReferences` at the start of the scan: while it stays the same, the history is up to date. */
  readonly references: string;
}

export type HistoryProgress =
  | ({ readonly phase: 'blobs' } & CandidateProgress)
  | { readonly phase: 'keys'; readonly done: number; readonly known: number }
  | { readonly phase: 'commits' };

export interface ScanHistoryOptions {
  readonly scan: ScanBytes;
  /** Identifies the detector's rules: a cache from other rules is not used. */
  readonly rules?: string;
  readonly cache?: HistoryCache | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: HistoryProgress) => void;
}

/**
 * Finds the keys in all objects of the repository and the commits that introduced them. With the cache of an earlier
 * scan, only new objects are read.
 *
 * Nothing on git's command line comes from the content of files. Damaged and missing objects are counted and skipped.
 * @throws GitError; `aborted` soon after the signal is aborted
 */
export async function scanHistory(repository: Repository, options: ScanHistoryOptions): Promise<History> {
  const { signal, onProgress } = options;
  let unreadable = 0;
  const onUnreadable = () => {
    unreadable++;
  };
  // References are read before the objects, so that everything they reach is found.
  const references = await unlessUnreadable(readReferences(repository, signal), NO_REFERENCES, onUnreadable);
  const tips = [...new Set([...references.all, ...references.stashes, ...references.reflog])].sort();
  const boundary = await boundaryOf(repository);
  const rules = options.rules ?? '';
  const earlier = isUsable(options.cache, { repository, boundary, rules }) ? options.cache : undefined;
  const stored = earlier === undefined ? undefined : await existing(repository, objectsOf(earlier), signal);
  const known = earlier?.tips.filter((oid) => stored?.has(oid) === true) ?? [];
  const knownTips = new Set(known);
  const wanted = tips.filter((oid) => !knownTips.has(oid));

  const report = (progress: CandidateProgress) => onProgress?.({ phase: 'blobs', ...progress });
  let candidates: CandidateBlobs = { oids: [], blobs: 0, commits: 0, unreadable: 0 };
  if (earlier === undefined) candidates = await searchAllBlobs(repository, wanted, { signal, onProgress: report });
  else if (wanted.length > 0)
    candidates = await searchNewBlobs(repository, wanted, known, { signal, onProgress: report });

  unreadable += candidates.unreadable;

  // Objects that are gone, because the history was rewritten and cleaned up, are dropped.
  const blobs: Record<string, string[]> = Object.fromEntries(
    Object.entries(earlier?.blobs ?? {}).filter(([oid]) => stored?.has(oid)),
  );
  const keys: Record<string, { kind: 'production' | 'sandbox'; masked: string }> = { ...earlier?.keys };
  let tooLarge = earlier?.tooLarge ?? 0;
  for (const [index, oid] of candidates.oids.entries()) {
    if (signal?.aborted === true) throw aborted();
    onProgress?.({ phase: 'keys', done: index, known: candidates.oids.length });
    if (oid in blobs) continue;
    const object = await unlessUnreadable(repository.required(oid, signal), undefined, onUnreadable);
    if (object !== undefined && object.content === undefined) tooLarge++;
    const found = object?.content === undefined ? [] : options.scan(object.content);
    if (found.length > 0) blobs[oid] = [...new Set(found.map(({ keyHash }) => keyHash))];
    for (const { keyHash, kind, masked } of found) keys[keyHash] ??= { kind, masked };
  }

  onProgress?.({ phase: 'commits' });
  const holding = new Set(Object.keys(blobs));
  const committed = new Set(references.all);
  const inCommits = await introductionsOf(
    repository,
    holding,
    wanted.filter((oid) => committed.has(oid)),
    known,
    { signal, onUnreadable },
  );
  const elsewhere = await introductionsOf(
    repository,
    holding,
    wanted.filter((oid) => !committed.has(oid)),
    [...known, ...references.all],
    { signal, onUnreadable },
  );
  const introductions = mergeIntroductions(
    earlier?.introductions.filter(({ commit, blob }) => stored?.has(commit) === true && holding.has(blob)) ?? [],
    [...inCommits, ...elsewhere],
  );
  const held = new Set(Object.values(blobs).flat());
  const reached =
    earlier === undefined
      ? { all: { tips: references.all, commits: inCommits.map(({ commit }) => commit) } }
      : existingReach(earlier, stored);
  const reach = await unlessUnreadable(
    reachOf(repository, introductions, references, reached, signal),
    UNREACHED,
    onUnreadable,
  );
  const cache: HistoryCache = {
    version: 2,
    objectFormat: repository.objectFormat,
    rules,
    boundary,
    tips,
    blobs,
    keys: Object.fromEntries(Object.entries(keys).filter(([keyHash]) => held.has(keyHash))),
    introductions,
    reach,
    commits: (earlier?.commits ?? 0) + candidates.commits,
    tooLarge,
    unreadable,
  };
  const hits = await unlessUnreadable(
    classifyHits(repository, cache, references, signal),
    new Map<string, HistoryHit>(),
    onUnreadable,
  );
  const incompleteBecause = await reasonOf(repository, tooLarge, unreadable);
  return {
    cache: { ...cache, unreadable },
    hits,
    unreadable,
    commits: cache.commits,
    references: references.digest,
    ...(incompleteBecause === undefined ? {} : { incompleteBecause }),
  };
}

function isUsable(
  cache: HistoryCache | undefined,
  now: { repository: Repository; boundary: string; rules: string },
): cache is HistoryCache {
  return (
    cache?.objectFormat === now.repository.objectFormat &&
    cache.boundary === now.boundary &&
    cache.rules === now.rules &&
    cache.unreadable === 0
  );
}

/** Changes when old objects may have arrived: a shallow clone was deepened, a partial clone has received more. */
async function boundaryOf(repository: Repository): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readRegularFile(path.join(repository.commonFolder, 'shallow')).catch(() => ''));
  if (repository.partialClone) {
    const packs = await readdir(path.join(repository.commonFolder, 'objects', 'pack')).catch(() => []);
    hash.update(
      packs
        .filter((name) => name.endsWith('.pack'))
        .sort()
        .join('\n'),
    );
  }
  return hash.digest('hex');
}

async function reasonOf(repository: Repository, tooLarge: number, unreadable: number): Promise<Incomplete | undefined> {
  if (unreadable > 0) return 'objects-unreadable';
  if (repository.partialClone) return 'partial-clone';
  if (await repository.isShallow()) return 'shallow';
  return tooLarge > 0 ? 'objects-too-large' : undefined;
}

function objectsOf(cache: HistoryCache): string[] {
  return [
    ...cache.tips,
    ...Object.values(cache.reach).flatMap(({ tips }) => tips),
    ...Object.keys(cache.blobs),
    ...cache.introductions.map(({ commit }) => commit),
  ];
}

async function existing(
  repository: Repository,
  oids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const unique = [...new Set(oids)];
  if (unique.length === 0) return new Set();
  // In a partial clone, git ends at a missing object, so it lists all objects instead.
  const which = repository.partialClone ? ['--batch-all-objects', '--unordered'] : [];
  const { stdout } = await repository.run(['cat-file', '--batch-check=%(objectname)', '--buffer', ...which], {
    input: `${unique.join('\n')}\n`,
    signal,
    maxBytes: 1024 * 1024 * 1024,
  });
  return new Set(stdout.toString('latin1').split('\n'));
}

async function introductionsOf(
  repository: Repository,
  blobs: ReadonlySet<string>,
  wanted: readonly string[],
  known: readonly string[],
  options: { readonly signal: AbortSignal | undefined; readonly onUnreadable: () => void },
): Promise<Introduction[]> {
  // A clone without trees does not know what a commit changed; the scan reports that it is incomplete.
  return findIntroductions(
    repository,
    blobs,
    wanted,
    known,
    repository.partialClone ? { ...options, onUnreadable: () => undefined } : options,
  );
}

/** Returns `otherwise` if damaged objects prevent an answer. */
async function unlessUnreadable<T, Other>(
  answer: Promise<T>,
  otherwise: Other,
  onUnreadable: () => void,
): Promise<T | Other> {
  try {
    return await answer;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    onUnreadable();
    return otherwise;
  }
}

function mergeIntroductions(known: readonly Introduction[], added: readonly Introduction[]): Introduction[] {
  const byIdentity = new Map([...known, ...added].map((each) => [`${each.commit} ${each.blob} ${each.path}`, each]));
  return [...byIdentity.values()];
}

type ReachByReference = HistoryCache['reach'];

const UNREACHED: ReachByReference = {
  all: { tips: [], commits: [] },
  branches: { tips: [], commits: [] },
  remotes: { tips: [], commits: [] },
  tags: { tips: [], commits: [] },
};

/** The part of an earlier scan that is still usable: git cannot start from objects that are gone. */
function existingReach({ reach }: HistoryCache, stored: ReadonlySet<string> | undefined): Partial<ReachByReference> {
  return Object.fromEntries(Object.entries(reach).filter(([, { tips }]) => tips.every((oid) => stored?.has(oid))));
}

async function reachOf(
  repository: Repository,
  introductions: readonly Introduction[],
  references: References,
  earlier: { readonly [Name in keyof ReachByReference]?: Reach },
  signal: AbortSignal | undefined,
): Promise<ReachByReference> {
  const commits = [...new Set(introductions.map(({ commit }) => commit))];
  const reachFrom = async (name: keyof ReachByReference) => {
    const tips = [...references[name]];
    return { tips, commits: [...(await advance(repository, earlier[name], commits, tips, signal))] };
  };
  const [all, branches, remotes, tags] = await Promise.all([
    reachFrom('all'),
    reachFrom('branches'),
    reachFrom('remotes'),
    reachFrom('tags'),
  ]);
  return { all, branches, remotes, tags };
}

async function classifyHits(
  repository: Repository,
  cache: HistoryCache,
  references: References,
  signal: AbortSignal | undefined,
): Promise<Map<string, HistoryHit>> {
  const all = new Set(cache.reach.all.commits);
  const branches = new Set(cache.reach.branches.commits);
  const remotes = new Set(cache.reach.remotes.commits);
  const tags = new Set(cache.reach.tags.commits);
  const uncommitted = [...new Set(cache.introductions.map(({ commit }) => commit))].filter(
    (commit) => !all.has(commit),
  );
  const [stashes, reflog] = await Promise.all([
    reachable(repository, uncommitted, references.stashes, signal),
    reachable(repository, uncommitted, references.reflog, signal),
  ]);
  const hits = new Map<string, HistoryHit>();
  const blobsOf = invert(cache.blobs);
  for (const [keyHash, blobs] of blobsOf) {
    const key = cache.keys[keyHash];
    if (key === undefined) continue;
    const own = cache.introductions
      .filter(({ blob }) => blobs.has(blob))
      .sort((one, other) => one.commitTime - other.commitTime);
    const inAny = (where: ReadonlySet<string>) => own.some(({ commit }) => where.has(commit));
    const committed = inAny(all);
    const live = own.filter(({ commit }) => (committed ? all.has(commit) : stashes.has(commit) || reflog.has(commit)));
    const locations: [AlsoIn, boolean][] = [
      ['branch', inAny(branches)],
      ['remote-branch', inAny(remotes)],
      ['tag', inAny(tags)],
      ['stash', inAny(stashes)],
      ['reflog', !committed && !inAny(stashes) && inAny(reflog)],
    ];
    const [firstCommit] = live;
    hits.set(keyHash, {
      keyHash,
      ...key,
      blobs: [...blobs],
      committed,
      pushed: inAny(remotes),
      introductions: live,
      alsoIn: locations.flatMap(([name, is]) => (is ? [name] : [])),
      ...(firstCommit === undefined ? {} : { firstCommit }),
    });
  }
  return hits;
}

function invert(blobs: Readonly<Record<string, readonly string[]>>): Map<string, Set<string>> {
  const byKey = new Map<string, Set<string>>();
  for (const [oid, keyHashes] of Object.entries(blobs)) {
    for (const keyHash of keyHashes) {
      const oids = byKey.get(keyHash);
      if (oids === undefined) byKey.set(keyHash, new Set([oid]));
      else oids.add(oid);
    }
  }
  return byKey;
}
