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

/** Why an answer about the history may miss something. */
export type Incomplete =
  | 'shallow'
  | 'partial-clone'
  | 'history-not-scanned'
  | 'objects-too-large'
  | 'objects-unreadable';

/** Where else than in the history of HEAD a key lies. */
export type AlsoIn = 'branch' | 'remote-branch' | 'tag' | 'stash' | 'reflog';

/** One key that the repository's objects hold. */
export interface HistoryHit {
  readonly keyHash: string;
  readonly kind: 'production' | 'sandbox';
  readonly masked: string;
  /** Ids of the blobs that hold it. */
  readonly blobs: readonly string[];
  /**
   * Whether a commit holds it that a branch, a tag, HEAD or any other reference but a stash reaches. Objects that nothing
   * reaches, such as a file that was staged once, are not committed.
   */
  readonly committed: boolean;
  /** Whether a remote-tracking branch that is known here reaches it. A push to an address without a remote leaves no trace. */
  readonly pushed: boolean;
  /** The oldest commit that brought it in; of those in the stash or the reflog when no other has it. */
  readonly firstCommit?: Introduction;
  /** Every commit that brought it in and that is still reachable, oldest first. */
  readonly introductions: readonly Introduction[];
  readonly alsoIn: readonly AlsoIn[];
}

export interface History {
  /** Give it to the next scan, which then looks at new objects only. Holds hashes and masked keys, no keys. */
  readonly cache: HistoryCache;
  /** By key hash. */
  readonly hits: ReadonlyMap<string, HistoryHit>;
  /** Commits that were looked at, for "not found in the N commits present". */
  readonly commits: number;
  readonly incompleteBecause?: Incomplete;
  /** How many objects, or more, are damaged or missing: what they hold is not known. */
  readonly unreadable: number;
  /** As `digestOfReferences` gave it when the scan began: while it stays the same, the history is up to date. */
  readonly references: string;
}

export type HistoryProgress =
  | ({ readonly phase: 'blobs' } & CandidateProgress)
  | { readonly phase: 'keys'; readonly done: number; readonly known: number }
  | { readonly phase: 'commits' };

export interface ScanHistoryOptions {
  readonly scan: ScanBytes;
  /** Name of the detector's rules: a cache made with other rules is not used. */
  readonly rules?: string;
  readonly cache?: HistoryCache | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: HistoryProgress) => void;
}

/**
 * Finds the keys in all objects of the repository and says which commits brought them in. With the cache of an
 * earlier scan only objects are read that are new since then.
 *
 * Nothing that git is told on its command line comes from a file's content. Damaged and missing objects are counted and
 * passed over.
 * @throws GitError; `aborted` within moments after the signal
 */
export async function scanHistory(repository: Repository, options: ScanHistoryOptions): Promise<History> {
  const { signal, onProgress } = options;
  let unreadable = 0;
  const onUnreadable = () => {
    unreadable++;
  };
  // References are read before the objects, so that everything they reach is there to be found.
  const references = await unlessUnreadable(readReferences(repository, signal), NO_REFERENCES, onUnreadable);
  const tips = [...new Set([...references.all, ...references.stashes, ...references.reflog])].sort();
  const boundary = await boundaryOf(repository);
  const rules = options.rules ?? '';
  const earlier = usable(options.cache, { repository, boundary, rules }) ? options.cache : undefined;
  const present = earlier === undefined ? undefined : await existing(repository, objectsOf(earlier), signal);
  const known = earlier?.tips.filter((oid) => present?.has(oid) === true) ?? [];
  const knownTips = new Set(known);
  const wanted = tips.filter((oid) => !knownTips.has(oid));

  const report = (progress: CandidateProgress) => onProgress?.({ phase: 'blobs', ...progress });
  let candidates: CandidateBlobs = { oids: [], blobs: 0, commits: 0, unreadable: 0 };
  if (earlier === undefined) candidates = await searchAllBlobs(repository, wanted, { signal, onProgress: report });
  else if (wanted.length > 0)
    candidates = await searchNewBlobs(repository, wanted, known, { signal, onProgress: report });

  unreadable += candidates.unreadable;

  // What is gone from the repository, because its history was rewritten and cleaned up, is gone from here.
  const blobs: Record<string, string[]> = Object.fromEntries(
    Object.entries(earlier?.blobs ?? {}).filter(([oid]) => present?.has(oid)),
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
  const introductions = merge(
    earlier?.introductions.filter(({ commit, blob }) => present?.has(commit) === true && holding.has(blob)) ?? [],
    [...inCommits, ...elsewhere],
  );
  const held = new Set(Object.values(blobs).flat());
  const reached =
    earlier === undefined
      ? { all: { tips: references.all, commits: inCommits.map(({ commit }) => commit) } }
      : existingReach(earlier, present);
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

function usable(
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

/** Changes when old objects can have arrived: a shallow clone was deepened, a partial clone has received more. */
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
  // In a partial clone, asking for an object that is not here ends git; there it lists what is here.
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
  // A clone without trees cannot say what a commit changed; the scan says that it is incomplete.
  return findIntroductions(
    repository,
    blobs,
    wanted,
    known,
    repository.partialClone ? { ...options, onUnreadable: () => undefined } : options,
  );
}

/** Goes on with `otherwise` where damaged objects keep git from answering. */
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

function merge(known: readonly Introduction[], added: readonly Introduction[]): Introduction[] {
  const byPlace = new Map([...known, ...added].map((each) => [`${each.commit} ${each.blob} ${each.path}`, each]));
  return [...byPlace.values()];
}

type Reaches = HistoryCache['reach'];

const UNREACHED: Reaches = {
  all: { tips: [], commits: [] },
  branches: { tips: [], commits: [] },
  remotes: { tips: [], commits: [] },
  tags: { tips: [], commits: [] },
};

/** Of an earlier scan, only what still can be built upon: git does not start from objects that are gone. */
function existingReach({ reach }: HistoryCache, present: ReadonlySet<string> | undefined): Partial<Reaches> {
  return Object.fromEntries(Object.entries(reach).filter(([, { tips }]) => tips.every((oid) => present?.has(oid))));
}

async function reachOf(
  repository: Repository,
  introductions: readonly Introduction[],
  references: References,
  earlier: { readonly [Name in keyof Reaches]?: Reach },
  signal: AbortSignal | undefined,
): Promise<Reaches> {
  const commits = [...new Set(introductions.map(({ commit }) => commit))];
  const behind = async (name: keyof Reaches) => {
    const tips = [...references[name]];
    return { tips, commits: [...(await advance(repository, earlier[name], commits, tips, signal))] };
  };
  const [all, branches, remotes, tags] = await Promise.all([
    behind('all'),
    behind('branches'),
    behind('remotes'),
    behind('tags'),
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
    const places: [AlsoIn, boolean][] = [
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
      alsoIn: places.flatMap(([name, is]) => (is ? [name] : [])),
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
