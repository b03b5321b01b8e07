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
}

export async function readReferences(repository: Repository, signal?: AbortSignal): Promise<References> {
  const [state, everything, reflog] = await Promise.all([
    readState(repository, signal),
    lines(repository, ['rev-list', '--no-walk=unsorted', '--exclude=refs/stash', '--all'], signal),
    // With the references, because `--reflog` alone is a usage error where there is no reflog.
    lines(repository, ['rev-list', '--no-walk=unsorted', '--all', '--reflog'], signal),
  ]);
  const { references, branch, digest } = state;
  const stashes = references.some(({ name }) => name === 'refs/stash')
    ? await lines(repository, ['rev-list', '--walk-reflogs', '--ignore-missing', 'refs/stash'], signal)
    : [];
  const below = (prefix: string) => unique(references.filter(({ name }) => name.startsWith(prefix) && name !== branch).map(({ oid }) => oid));
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
export async function referencesHolding(repository: Repository, commits: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const names = new Set<string>();
  // A command line holds some thirty thousand characters on Windows.
  for (let at = 0; at < commits.length; at += 300) {
    const wanted = commits.slice(at, at + 300).map((oid) => `--contains=${oid}`);
    for (const name of await lines(repository, ['for-each-ref', '--format=%(refname)', ...wanted], signal)) names.add(name);
  }
  return [...names];
}

/** Those of `commits` that the history behind `tips` holds. */
export async function reachable(repository: Repository, commits: readonly string[], tips: readonly string[], signal?: AbortSignal): Promise<Set<string>> {
  if (commits.length === 0 || tips.length === 0) return new Set();
  const input = [...commits, ...tips.map((oid) => `^${oid}`), ''].join('\n');
  const { stdout } = await repository.run(['rev-list', '--stdin'], { input, signal, timeoutMs: 600_000 });
  const outside = new Set(stdout.toString('latin1').split('\n'));
  return new Set(commits.filter((oid) => !outside.has(oid)));
}

async function readState(repository: Repository, signal?: AbortSignal): Promise<{ references: Reference[]; branch: string | undefined; digest: string }> {
  const [list, head] = await Promise.all([
    lines(repository, ['for-each-ref', '--format=%(objectname) %(refname)'], signal),
    repository.head(),
  ]);
  const references = list.map((line) => {
    const space = line.indexOf(' ');
    return { oid: line.slice(0, space), name: line.slice(space + 1) };
  });
  return {
    references,
    branch: head.kind === 'branch' ? `refs/heads/${head.branch}` : undefined,
    digest: createHash('sha256').update(JSON.stringify([list, head])).digest('hex'),
  };
}

async function lines(repository: Repository, args: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const { stdout } = await repository.run(args, { signal });
  return stdout.toString().split('\n').filter((line) => line !== '');
}

function unique(oids: readonly string[]): string[] {
  return [...new Set(oids)];
}
