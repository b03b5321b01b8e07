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
  /** What `digestOfReferences` gives now, for a caller that asks about many files. */
  readonly references?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an error of git means for a verdict. */
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
 * Says where each key of a file stands. The file itself is not read: what it holds now, saved or not, is the
 * caller's to know.
 * @param relativePath relative to the repository's root, as `discoverRepository` gives it
 * @returns for each key a verdict, or that it is not known because the repository cannot be read
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
    const places: GitLocation[] = [];
    if (inHead.has(keyHash)) places.push('head');
    else if (hit?.committed === true) places.push('history');
    if (places.length === 0 && !isKnown) {
      verdicts.set(keyHash, { location: 'unknown', reason: 'unreadable' });
      continue;
    }
    if (!inHead.has(keyHash) && isKnown) {
      if (inIndex.some((keys) => keys.has(keyHash))) places.push('staged');
      else places.push(tracked ? 'working-tree' : ignoringLine === undefined ? 'untracked' : 'ignored');
    }
    const [place = 'untracked'] = places;
    verdicts.set(keyHash, {
      location: place,
      locations: places,
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

/** What is damaged in one place does not make unknown what another one says. */
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
 * Without a scanned history: a key of HEAD is pushed when HEAD is, or when a remote-tracking branch has it in the
 * same file. Otherwise only the history can tell.
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

/** Of each repository, what its latest blobs hold: an open document is judged again and again. */
const scanned = new WeakMap<Repository, Map<string, ReadonlySet<string>>>();
const REMEMBERED_BLOBS = 200;

function keysIn(repository: Repository, object: GitObject | undefined, scan: ScanBytes): ReadonlySet<string> {
  if (object?.content === undefined) return new Set();
  let remembered = scanned.get(repository);
  if (remembered === undefined) scanned.set(repository, (remembered = new Map<string, ReadonlySet<string>>()));
  let keys = remembered.get(object.oid);
  if (keys === undefined) {
    keys = new Set(scan(object.content).map(({ keyHash }) => keyHash));
    if (remembered.size >= REMEMBERED_BLOBS) remembered.clear();
    remembered.set(object.oid, keys);
  }
  return keys;
}
