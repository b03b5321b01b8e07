import { createHash } from 'node:crypto';
import type { Repository } from './repository.ts';

/** Entry points to the history: IDs of commits, or of tags, which git follows. */
export interface References {
  /** Branches except the one that is checked out. */
  readonly branches: readonly string[];
  /** Remote-tracking branches. */
  readonly remotes: readonly string[];
  readonly tags: readonly string[];
  /** Every stash, older ones included. */
  readonly stashes: readonly string[];
  /** All of the above except stashes, HEAD of every work tree, notes, and references of other tools. */
  readonly all: readonly string[];
  /** Current and earlier targets of references, stashes included. */
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

/** A cheap way to detect that a reference or HEAD has moved. */
export async function digestOfReferences(repository: Repository, signal?: AbortSignal): Promise<string> {
  return (await readState(repository, signal)).digest;
}

/** The names of the references whose history contains any of `commits`. May take a second in a long history. */
export async function referencesContaining(
  repository: Repository,
  commits: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const names = new Set<string>();
  // On Windows a command line is limited to about 32,000 characters.
  for (let at = 0; at < commits.length; at += 300) {
    const wanted = commits.slice(at, at + 300).map((oid) => `--contains=${oid}`);
    for (const name of await lines(repository, ['for-each-ref', '--format=%(refname)', ...wanted], { signal }))
      names.add(name);
  }
  return [...names];
}

/** The subset of `commits` in the history of `tips`. */
export async function reachable(
  repository: Repository,
  commits: readonly string[],
  tips: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  if (commits.length === 0 || tips.length === 0) return new Set();
  const outside = new Set(await commitsBetween(repository, commits, tips, [], signal));
  return new Set(commits.filter((oid) => !outside.has(oid)));
}

/** The commits in the history of `tips` that are not in the history of `excluded`. */
function commitsBetween(
  repository: Repository,
  tips: readonly string[],
  excluded: readonly string[],
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const input = [...tips, ...excluded.map((oid) => `^${oid}`), ''].join('\n');
  return lines(repository, ['rev-list', '--stdin', ...args], {
    input,
    signal,
    timeoutMs: Infinity,
    maxBytes: 1024 * 1024 * 1024,
  });
}

/** A result of `reachable` with its tips, so that the next one takes only as long as what has changed. */
export interface Reach {
  readonly tips: readonly string[];
  readonly commits: readonly string[];
}

/**
 * Like `reachable`, based on an earlier result: if the history of `tips` has only grown, git walks only the new part.
 * Finding an old commit from scratch takes a walk over everything younger.
 * @param commits all commits of the earlier call, and others that the earlier tips did not reach
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
  const removed = earlier.tips.filter((oid) => !now.has(oid));
  if (removed.length > 0 && (await commitsBetween(repository, removed, tips, ['--max-count=1'], signal)).length > 0)
    return reachable(repository, commits, tips, signal);
  const added = tips.filter((oid) => !before.has(oid));
  const grown = added.length === 0 ? [] : await commitsBetween(repository, added, earlier.tips, [], signal);
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
