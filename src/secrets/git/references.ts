import { createHash } from 'node:crypto';
import type { Repository } from './repository.ts';

/** Where the history is entered: ids of commits, or of tags, which git follows. */
export interface References {
  /** Branches other than the one that is checked out. */
  readonly branches: readonly string[];
  /** What is known of the remotes since the last fetch or push. */
  readonly remotes: readonly string[];
  readonly tags: readonly string[];
  /** Every stash, older ones included. */
  readonly stashes: readonly string[];
  /** Everything above but stashes, and HEAD of every work tree, notes, and references of other tools. */
  readonly all: readonly string[];
  /** Where references point and pointed earlier, stashes included. */
  readonly reflog: readonly string[];
  /** Changes whenever a reference does. */
  readonly digest: string;
}

interface Reference {
  readonly oid: string;
  readonly name: string;
  readonly isHead: boolean;
}

/** For a repository whose references cannot be read. */
export const NO_REFERENCES: References = {
  branches: [],
  remotes: [],
  tags: [],
  stashes: [],
  all: [],
  reflog: [],
  digest: '',
};

export async function readReferences(repository: Repository, signal?: AbortSignal): Promise<References> {
  const [state, everything, reflog] = await Promise.all([
    readState(repository, signal),
    lines(repository, ['rev-list', '--no-walk=unsorted', '--exclude=refs/stash', '--all'], { signal }),
    // With the references, because `--reflog` alone is a usage error where there is no reflog.
    lines(repository, ['rev-list', '--no-walk=unsorted', '--all', '--reflog'], { signal }),
  ]);
  const { references, digest } = state;
  const stashes = references.some(({ name }) => name === 'refs/stash')
    ? await lines(repository, ['rev-list', '--walk-reflogs', '--ignore-missing', 'refs/stash'], { signal })
    : [];
  const below = (prefix: string) =>
    unique(references.filter(({ name, isHead }) => name.startsWith(prefix) && !isHead).map(({ oid }) => oid));
  return {
    branches: below('refs/heads/'),
    remotes: below('refs/remotes/'),
    tags: below('refs/tags/'),
    stashes: unique(stashes),
    all: unique(everything),
    reflog: unique(reflog),
    digest,
  };
}

/** A cheap look at whether any reference, or HEAD, is not where it was. */
export async function digestOfReferences(repository: Repository, signal?: AbortSignal): Promise<string> {
  return (await readState(repository, signal)).digest;
}

/** The names of the references whose history holds any of `commits`; may take a second in a long history. */
export async function referencesHolding(
  repository: Repository,
  commits: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const names = new Set<string>();
  // A command line holds some thirty thousand characters on Windows.
  for (let at = 0; at < commits.length; at += 300) {
    const wanted = commits.slice(at, at + 300).map((oid) => `--contains=${oid}`);
    for (const name of await lines(repository, ['for-each-ref', '--format=%(refname)', ...wanted], { signal }))
      names.add(name);
  }
  return [...names];
}

/** Those of `commits` that the history behind `tips` holds. */
export async function reachable(
  repository: Repository,
  commits: readonly string[],
  tips: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  if (commits.length === 0 || tips.length === 0) return new Set();
  const outside = new Set(await between(repository, commits, tips, [], signal));
  return new Set(commits.filter((oid) => !outside.has(oid)));
}

/** The commits that the history behind `tips` holds and the one behind `apart` does not. */
function between(
  repository: Repository,
  tips: readonly string[],
  apart: readonly string[],
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const input = [...tips, ...apart.map((oid) => `^${oid}`), ''].join('\n');
  return lines(repository, ['rev-list', '--stdin', ...args], {
    input,
    signal,
    timeoutMs: Infinity,
    maxBytes: 1024 * 1024 * 1024,
  });
}

/** What `reachable` found, and for which tips, so that the next answer costs what has changed since. */
export interface Reach {
  readonly tips: readonly string[];
  readonly commits: readonly string[];
}

/**
 * As `reachable`, from an earlier answer: as long as the history behind `tips` has only grown, nothing but the new
 * part is walked. Finding an old commit from scratch takes a walk over everything younger.
 * @param commits all that were asked for earlier, and others that the earlier tips did not reach
 */
export async function advance(
  repository: Repository,
  earlier: Reach | undefined,
  commits: readonly string[],
  tips: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  if (earlier === undefined) return reachable(repository, commits, tips, signal);
  const [before, now] = [new Set(earlier.tips), new Set(tips)];
  const left = earlier.tips.filter((oid) => !now.has(oid));
  if (left.length > 0 && (await between(repository, left, tips, ['--max-count=1'], signal)).length > 0)
    return reachable(repository, commits, tips, signal);
  const added = tips.filter((oid) => !before.has(oid));
  const grown = added.length === 0 ? [] : await between(repository, added, earlier.tips, [], signal);
  const inside = new Set([...earlier.commits, ...grown]);
  return new Set(commits.filter((oid) => inside.has(oid)));
}

async function readState(
  repository: Repository,
  signal?: AbortSignal,
): Promise<{ references: Reference[]; digest: string }> {
  const [list, head] = await Promise.all([
    lines(repository, ['for-each-ref', '--format=%(objectname) %(HEAD) %(refname)'], { signal }),
    repository.headCommit(signal),
  ]);
  const references = list.map((line) => {
    const space = line.indexOf(' ');
    return { oid: line.slice(0, space), isHead: line[space + 1] === '*', name: line.slice(space + 3) };
  });
  return {
    references,
    digest: createHash('sha256')
      .update(JSON.stringify([list, head?.oid]))
      .digest('hex'),
  };
}

async function lines(
  repository: Repository,
  args: readonly string[],
  options: Parameters<Repository['run']>[1],
): Promise<string[]> {
  const { stdout } = await repository.run(args, options);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

function unique(oids: readonly string[]): string[] {
  return [...new Set(oids)];
}
