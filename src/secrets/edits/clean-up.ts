import { escapeHiddenCharacters, holdsHiddenCharacters } from '../../truework/hidden-characters.ts';

/** Commands that remove a key from a repository's history with git-filter-repo, for one key and repository. */

export interface CleanUpFacts {
  /** Prefix and last four characters, as in `Finding.masked`. The key itself is never needed. */
  readonly masked: string;
  /** False if the history contains the key in base64 or in two-byte characters, where a pattern does not match it. */
  readonly plain: boolean;
  /** The work tree, absolute. */
  readonly root: string;
  /** The remote whose branches are rewritten; undefined if nothing was pushed. */
  readonly remote: string | undefined;
  readonly otherRemotes: readonly string[];
  /** Local branches that contain the key. */
  readonly branches: readonly string[];
  readonly currentBranch: string | undefined;
}

export interface CleanUp {
  readonly clone: readonly string[];
  readonly replacements: readonly string[];
  readonly rewrite: readonly string[];
  /** Prints the number of lines in objects that still contain the key; 0 is expected. */
  readonly verify: readonly string[];
  /** Empty if nothing was pushed. */
  readonly push: readonly string[];
  /** For each other remote. */
  readonly pushOthers: readonly string[];
  /** Moves the working copy to the new history. */
  readonly follow: readonly string[];
  readonly tidy: readonly string[];
}

const REPLACED_BY = 'TRUEWORK_KEY_REMOVED';

/**
 * The commands are for bash, zsh or Git Bash. They contain no key: prefix, length and last four characters identify it.
 * The history is rewritten in a clone beside the repository, so that a mistake costs only a folder.
 */
export function cleanUpCommands(facts: CleanUpFacts): CleanUp {
  const { root, remote, otherRemotes } = facts;
  const { parent, name } = split(root);
  const clone = `${name}-clean.git`;
  const list = `${name}-replacements.txt`;
  const source = remote === undefined ? quote(root) : url(root, remote);
  const pattern = patternOf(facts.masked);
  return {
    clone: [
      `cd ${quote(parent)}`,
      remote === undefined
        ? `git clone --mirror --no-local ${source} ${quote(clone)}`
        : `git clone --mirror ${source} ${quote(clone)}`,
    ],
    replacements: facts.plain
      ? [`(umask 077 && printf '%s\\n' ${quote(`regex:${pattern}(?![0-9A-Za-z])==>${REPLACED_BY}`)} > ${quote(list)})`]
      : // Read without echo: the shell's own read and printf put nothing on a command line.
        [`(umask 077 && IFS= read -rs text && printf 'literal:%s==>${REPLACED_BY}\\n' "$text" > ${quote(list)})`],
    rewrite: [
      `cd ${quote(clone)}`,
      `git filter-repo --replace-text ${quote(`../${list}`)} --replace-message ${quote(`../${list}`)}`,
    ],
    verify: facts.plain
      ? [`git cat-file --batch --batch-all-objects --unordered | grep -aEc ${quote(pattern)}`]
      : [
          `git cat-file --batch --batch-all-objects --unordered | grep -aFcf <(sed -n 's/^literal:\\(.*\\)==>.*/\\1/p' ${quote(`../${list}`)})`,
        ],
    push: remote === undefined ? [] : [push(source)],
    pushOthers: otherRemotes.map((other) => push(url(root, other))),
    follow: follow(facts, clone),
    tidy: [
      `cd ${quote(root)}`,
      'git reflog expire --expire=now --all',
      'git gc --prune=now',
      `rm -rf ${quote(`../${list}`)} ${quote(`../${clone}`)}`,
    ],
  };
}

/** Matches a key by its masked form. An extended regular expression that is also valid in Python. */
function patternOf(masked: string): string {
  const [prefix = '', last = ''] = masked.split('…');
  return `${prefix}[0-9A-Za-z_-]{36,}${last}`;
}

function push(target: string): string {
  // Branches and tags by name: a mirror push would delete what others have pushed since.
  return `git push --force ${target} 'refs/heads/*:refs/heads/*' 'refs/tags/*:refs/tags/*'`;
}

function follow({ root, remote, branches, currentBranch }: CleanUpFacts, clone: string): string[] {
  const affected = new Set([...branches, ...(currentBranch === undefined ? [] : [currentBranch])]);
  const from = remote ?? 'truework-clean';
  return [
    `cd ${quote(root)}`,
    ...(remote === undefined ? [`git remote add ${from} ${quote(`../${clone}`)}`] : []),
    `git fetch --force --prune --tags ${quote(from)}`,
    ...[...affected].map((branch) =>
      branch === currentBranch
        ? `git reset --keep ${quote(`${from}/${branch}`)}`
        : `git branch --force ${quote(branch)} ${quote(`${from}/${branch}`)}`,
    ),
    ...(remote === undefined ? [`git remote remove ${from}`] : []),
  ];
}

function url(root: string, remote: string): string {
  // Resolved by the shell, since the URL of a remote may contain a password.
  return `"$(git -C ${quote(root)} remote get-url ${quote(remote)})"`;
}

function split(root: string): { parent: string; name: string } {
  const slashes = root.replaceAll('\\', '/').replace(/\/+$/, '');
  const at = slashes.lastIndexOf('/');
  return { parent: slashes.slice(0, at) || '/', name: slashes.slice(at + 1) };
}

/** Quotes a text as one word for the shell. */
export function quote(text: string): string {
  // Characters that hide or reorder others would show a different command from the one that runs.
  if (holdsHiddenCharacters(text))
    return `$'${escapeHiddenCharacters(text.replaceAll(/['\\]/g, '\\$&'), (code) => `\\U${code.toString(16).padStart(8, '0')}`)}'`;
  return /^[\w./:@%+-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
