import { GitError, type GitErrorCode, isUnreadable } from './error.ts';
import type { History, Incomplete } from './history.ts';
import { ignoredBy } from './ignored.ts';
import type { GitLocation, UnknownReason, UnknownVerdict, Verdict } from '../verdict.ts';
import type { GitObject } from './objects.ts';
import { digestOfReferences, reachable } from './references.ts';
import type { Repository } from './repository.ts';
import type { ScanBytes } from './scan-bytes.ts';

export interface VerdictOptions {
  readonly scan: ScanBytes;
  /** The latest scan of the history, if there is one. */
  readonly history?: History | undefined;
  /** The current `digestOfReferences`, for a caller that checks many files. */
  readonly references?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The verdict after an error of git. */
export function unknownBecause(error: unknown): UnknownVerdict {
  return { location: 'unknown', reason: error instanceof GitError ? REASONS[error.code] : 'failed' };
}

const REASONS: Readonly<Record<GitErrorCode, UnknownReason>> = {
  'not-found': 'no-git',
  'too-old': 'old-git',
  'not-a-repository': 'no-repository',
  'dubious-ownership': 'failed',
  timeout: 'timeout',
  aborted: 'failed',
  'too-much-output': 'failed',
  unreadable: 'unreadable',
  failed: 'failed',
};

/**
 * Determines where git has each key of a file. The file itself is not read: the caller knows its current content, saved
 * or not.
 * @param relativePath relative to the repository's root, from `discoverRepository`
 * @returns a verdict for each key; unknown if the repository cannot be read
 * @throws GitError
 */
export async function verdictsOf(
  repository: Repository,
  relativePath: string,
  keyHashes: Iterable<string>,
  options: VerdictOptions,
): Promise<Map<string, Verdict | UnknownVerdict>> {
  const { history, signal } = options;
  const [committed, indexed, current, shallow] = await Promise.all([
    orUnreadable(repository.committed('HEAD', relativePath, signal)),
    repository.bare ? [] : orUnreadable(repository.indexed(relativePath, signal)),
    history === undefined ? undefined : (options.references ?? orUnreadable(digestOfReferences(repository, signal))),
    repository.isShallow(),
  ]);
  const tracked = indexed === UNREADABLE || indexed.length > 0;
  const ignored =
    tracked || repository.bare ? undefined : await orUnreadable(ignoredBy(repository, [relativePath], signal));
  const ignoringLine = ignored === UNREADABLE ? undefined : ignored?.get(relativePath);
  const inHead = committed === UNREADABLE ? new Set<string>() : keysIn(repository, committed, options.scan);
  const inIndex = indexed === UNREADABLE ? [] : indexed.map((object) => keysIn(repository, object, options.scan));
  const isKnown = committed !== UNREADABLE && indexed !== UNREADABLE && ignored !== UNREADABLE;

  const fresh = history !== undefined && history.references === current;
  const incompleteBecause = isKnown
    ? incompleteness(repository, shallow, fresh ? history : undefined, [committed, ...indexed])
    : 'objects-unreadable';
  const verdicts = new Map<string, Verdict | UnknownVerdict>();
  for (const keyHash of keyHashes) {
    const hit = history?.hits.get(keyHash);
    const locations: GitLocation[] = [];
    if (inHead.has(keyHash)) locations.push('head');
    else if (hit?.committed === true) locations.push('history');
    if (locations.length === 0 && !isKnown) {
      verdicts.set(keyHash, { location: 'unknown', reason: 'unreadable' });
      continue;
    }
    if (!inHead.has(keyHash) && isKnown) {
      if (inIndex.some((keys) => keys.has(keyHash))) locations.push('staged');
      else locations.push(tracked ? 'working-tree' : ignoringLine === undefined ? 'untracked' : 'ignored');
    }
    const [location = 'untracked'] = locations;
    verdicts.set(keyHash, {
      location,
      locations,
      pushed:
        fresh && (hit !== undefined || !inHead.has(keyHash))
          ? pushedAsScanned(hit?.pushed, history.incompleteBecause)
          : hit?.pushed === true || (await isPushed(repository, relativePath, keyHash, inHead.has(keyHash), options)),
      alsoIn: hit?.alsoIn ?? [],
      ...(hit?.firstCommit === undefined ? {} : { firstCommit: hit.firstCommit }),
      ...(ignoringLine === undefined ? {} : { ignoredBy: ignoringLine }),
      ...(incompleteBecause === undefined ? {} : { incompleteBecause }),
    });
  }
  return verdicts;
}

const UNREADABLE: unique symbol = Symbol();

/** Damage in one part must not hide what the others show. */
async function orUnreadable<T>(answer: Promise<T>): Promise<T | typeof UNREADABLE> {
  try {
    return await answer;
  } catch (error) {
    if (isUnreadable(error)) return UNREADABLE;
    throw error;
  }
}

function pushedAsScanned(pushed: boolean | undefined, incomplete: Incomplete | undefined): boolean | 'unknown' {
  if (pushed === true) return true;
  return incomplete === undefined ? false : 'unknown';
}

function incompleteness(
  repository: Repository,
  shallow: boolean,
  history: History | undefined,
  objects: readonly (GitObject | undefined)[],
): Incomplete | undefined {
  if (history?.incompleteBecause !== undefined) return history.incompleteBecause;
  if (repository.partialClone) return 'partial-clone';
  if (shallow) return 'shallow';
  if (objects.some((object) => object !== undefined && object.content === undefined)) return 'objects-too-large';
  return history === undefined ? 'history-not-scanned' : undefined;
}

/**
 * Without a scanned history: a key in HEAD is pushed if HEAD is, or if a remote-tracking branch has it in the same
 * file. Otherwise only the history shows it.
 */
async function isPushed(
  repository: Repository,
  relativePath: string,
  keyHash: string,
  inHead: boolean,
  options: VerdictOptions,
): Promise<boolean | 'unknown'> {
  const { stdout } = await repository.run(
    ['for-each-ref', '--format=%(objectname)', '--sort=-committerdate', 'refs/remotes'],
    { signal: options.signal },
  );
  const remotes = [
    ...new Set(
      stdout
        .toString('latin1')
        .split('\n')
        .filter((oid) => oid !== ''),
    ),
  ];
  if (remotes.length === 0) return false;
  if (inHead) {
    const head = await repository.headCommit(options.signal);
    const reached =
      head === undefined ? new Set() : await orUnreadable(reachable(repository, [head.oid], remotes, options.signal));
    if (reached !== UNREADABLE && reached.size > 0) return true;
  }
  const recent = await Promise.all(
    remotes.slice(0, 20).map((oid) => orUnreadable(repository.committed(oid, relativePath, options.signal))),
  );
  return (
    recent.some((object) => object !== UNREADABLE && keysIn(repository, object, options.scan).has(keyHash)) || 'unknown'
  );
}

/** The keys of recent blobs by repository, since open documents are checked often. */
const cachedKeys = new WeakMap<Repository, Map<string, ReadonlySet<string>>>();
const MAX_CACHED_BLOBS = 200;

function keysIn(repository: Repository, object: GitObject | undefined, scan: ScanBytes): ReadonlySet<string> {
  if (object?.content === undefined) return new Set();
  let cached = cachedKeys.get(repository);
  if (cached === undefined) cachedKeys.set(repository, (cached = new Map<string, ReadonlySet<string>>()));
  let keys = cached.get(object.oid);
  if (keys === undefined) {
    keys = new Set(scan(object.content).map(({ keyHash }) => keyHash));
    if (cached.size >= MAX_CACHED_BLOBS) cached.clear();
    cached.set(object.oid, keys);
  }
  return keys;
}
