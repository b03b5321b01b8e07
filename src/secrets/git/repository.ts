import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { GitError, unreadable } from './error.ts';
import { findGit, isInside } from './executable.ts';
import { type GitObject, ObjectReader, type ObjectReaderOptions } from './objects.ts';
import {
  type GitLimits,
  type GitTool,
  runGit,
  type RunOptions,
  type RunResult,
  type SpawnGit,
  type StreamOptions,
  type GitStream,
  streamGit,
} from './process.ts';
import { entryOf } from './tree.ts';
import { checkVersion } from './version.ts';

export interface DiscoverOptions {
  /** Absolute path of git; found on the PATH by default. */
  readonly gitPath?: string | undefined;
  readonly spawn?: SpawnGit | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Open workspace folders: a git program in one of them is never run. */
  readonly workspaceFolders?: readonly string[];
  /** A different index, as git names it to a hook in `GIT_INDEX_FILE`. */
  readonly indexFile?: string | undefined;
  /** Larger objects are returned without their content, and verdicts on them are incomplete; 64 MiB by default. */
  readonly maxObjectBytes?: number;
  /** Time limits for git; `DEFAULT_LIMITS` by default. */
  readonly limits?: GitLimits | undefined;
}

export interface Discovered {
  readonly repository: Repository;
  /**
   * The file relative to the repository's root, with slashes. Symbolic links are followed first, so a link into another
   * repository belongs to that one.
   */
  readonly relativePath: string;
}

/** The target of HEAD: a branch with commits, a branch without commits, or a commit itself. */
export type Head =
  | { readonly kind: 'branch'; readonly branch: string; readonly commit: string }
  | { readonly kind: 'unborn'; readonly branch: string }
  | { readonly kind: 'detached'; readonly commit: string };

interface RepositoryFacts {
  readonly root: string | undefined;
  readonly gitFolder: string;
  readonly commonFolder: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly partialClone: boolean;
}

/**
 * A git repository, or one work tree of it. Close it after use: it keeps a git process.
 */
export class Repository implements Disposable {
  /** The work tree's top folder; undefined in a bare repository. */
  readonly root: string | undefined;
  /** The folder of this work tree's HEAD and index. */
  readonly gitFolder: string;
  /** The folder that all work trees share: objects and references. */
  readonly commonFolder: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Whether objects that a remote has promised may be missing. They are never fetched. */
  readonly partialClone: boolean;
  readonly tool: GitTool;
  readonly indexFile: string | undefined;
  readonly #readerOptions: ObjectReaderOptions;
  readonly #objects: ObjectReader;
  #index: { readonly stamp: string; readonly reader: ObjectReader } | undefined;

  constructor(
    facts: RepositoryFacts,
    tool: GitTool,
    options: Pick<DiscoverOptions, 'indexFile' | 'maxObjectBytes'> = {},
  ) {
    this.root = facts.root;
    this.gitFolder = facts.gitFolder;
    this.commonFolder = facts.commonFolder;
    this.objectFormat = facts.objectFormat;
    this.partialClone = facts.partialClone;
    this.tool = tool;
    this.indexFile = options.indexFile;
    this.#readerOptions = options.maxObjectBytes === undefined ? {} : { maxBytes: options.maxObjectBytes };
    this.#objects = new ObjectReader(this.folder, tool, this.#readerOptions);
  }

  get bare(): boolean {
    return this.root === undefined;
  }

  /** Where git runs. */
  get folder(): string {
    return this.root ?? this.gitFolder;
  }

  /** Whether the history is truncated, so that earlier commits are missing. */
  async isShallow(): Promise<boolean> {
    return (await stamp(path.join(this.commonFolder, 'shallow'))) !== '';
  }

  run(args: readonly string[], options: Omit<RunOptions, keyof GitTool> = {}): Promise<RunResult> {
    return runGit(this.folder, args, { indexFile: this.indexFile, ...options, ...this.tool });
  }

  stream(args: readonly string[], options: Omit<StreamOptions, keyof GitTool> = {}): GitStream {
    return streamGit(this.folder, args, { indexFile: this.indexFile, ...options, ...this.tool });
  }

  /**
   * An object by its ID or name; see `ObjectReader.read`. Not for names in the index.
   * @returns undefined if git finds none
   */
  object(name: string, signal?: AbortSignal): Promise<GitObject | undefined> {
    return this.#objects.read(name, signal);
  }

  /**
   * An object that another object, a reference or the index refers to, so that it must exist.
   * @throws GitError `unreadable`
   */
  async required(oid: string, signal?: AbortSignal): Promise<GitObject> {
    return (await this.#objects.read(oid, signal)) ?? missing();
  }

  /**
   * A file in the commit that `revision` names.
   * @returns undefined if the commit does not contain it, or there is no commit yet
   * @throws GitError `unreadable` if that cannot be determined, or the content is missing
   */
  async committed(revision: string, relativePath: string, signal?: AbortSignal): Promise<GitObject | undefined> {
    const found = hasLineBreak(relativePath)
      ? undefined
      : await this.#objects.read(`${revision}:${relativePath}`, signal);
    if (found !== undefined) return found;
    // Git answers the same for a file that does not exist and for one that it cannot read.
    const commit =
      revision === 'HEAD' ? await this.headCommit(signal) : await this.required(`${revision}^{commit}`, signal);
    if (commit === undefined) return undefined;
    let oid = /^tree ([0-9a-f]+)$/m.exec(commit.content?.toString('latin1') ?? '')?.[1];
    const parts = relativePath.split('/');
    for (const [depth, part] of parts.entries()) {
      const tree = await this.required(oid ?? '', signal);
      if (tree.content === undefined) throw unreadable('A folder of the commit is too large to read.');
      const entry = entryOf(tree.content, part, this.objectFormat);
      if (entry === undefined || entry.kind === 'submodule') return undefined;
      if (depth < parts.length - 1 && entry.kind !== 'tree') return undefined;
      ({ oid } = entry);
    }
    return this.required(oid ?? '', signal);
  }

  /**
   * A file in the index: one version, or one for each side of an unresolved conflict.
   * @returns an empty list if the file is not tracked, or is a submodule
   * @throws GitError `unreadable`
   */
  async indexed(relativePath: string, signal?: AbortSignal): Promise<readonly GitObject[]> {
    if (!hasLineBreak(relativePath)) {
      const reader = await this.#indexReader();
      const found = (
        await Promise.all([0, 1, 2, 3].map((stage) => reader.read(`:${stage}:${relativePath}`, signal)))
      ).filter((object) => object !== undefined);
      if (found.length > 0) return found;
    }
    // Git answers the same for a file that is not tracked and for one that it cannot read.
    const { stdout } = await this.run(['ls-files', '-z', '--stage', '--', relativePath], { signal });
    const oids = stdout
      .toString()
      .split('\0')
      .flatMap((entry) => /^(?!160000)\d+ ([0-9a-f]+) \d\t/.exec(entry)?.[1] ?? []);
    return await Promise.all(oids.map((oid) => this.required(oid, signal)));
  }

  /** `git cat-file` reads the index only once, so a changed index needs a new process. */
  async #indexReader(): Promise<ObjectReader> {
    const file = this.indexFile ?? path.join(this.gitFolder, 'index');
    await assertRegular([file]);
    const present = await stamp(file);
    if (this.#index?.stamp !== present) {
      this.#index?.reader.close();
      this.#index = {
        stamp: present,
        reader: new ObjectReader(this.folder, this.tool, { ...this.#readerOptions, indexFile: this.indexFile }),
      };
    }
    return this.#index.reader;
  }

  /** @throws GitError */
  async head(signal?: AbortSignal): Promise<Head> {
    const [symbolic, commit] = await Promise.all([
      this.run(['symbolic-ref', '--quiet', 'HEAD'], { exitCodes: [0, 1], signal }),
      this.headCommit(signal),
    ]);
    const branch = symbolic.stdout
      .toString()
      .trim()
      .replace(/^refs\/heads\//, '');
    if (commit === undefined) return { kind: 'unborn', branch };
    return symbolic.exitCode === 0
      ? { kind: 'branch', branch, commit: commit.oid }
      : { kind: 'detached', commit: commit.oid };
  }

  /**
   * The commit that is checked out.
   * @returns undefined on a branch without commits
   * @throws GitError `unreadable` if the commit, or the reference to it, is damaged or missing
   */
  async headCommit(signal?: AbortSignal): Promise<GitObject | undefined> {
    const commit = await this.#objects.read('HEAD^{commit}', signal);
    if (commit !== undefined) return commit;
    const [id, branch] = await Promise.all([
      this.run(['rev-parse', '--verify', '--quiet', 'HEAD'], { exitCodes: [0, 1], signal }),
      // Fails if the file of the branch is invalid.
      this.run(['symbolic-ref', '--quiet', 'HEAD'], { exitCodes: [0, 1, 128], signal }),
    ]);
    const name = branch.stdout.toString().trim();
    if (id.exitCode === 0 || !name.startsWith('refs/')) return missing();
    const reference = await this.run(['for-each-ref', '--format=%(refname)', name], { signal });
    // Git skips a reference whose file is invalid, with a warning.
    return reference.stderr.includes('broken ref') ? missing(reference.stderr) : undefined;
  }

  close(): void {
    this.#objects.close();
    this.#index?.reader.close();
    this.#index = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Finds the repository of a file or folder: the innermost one if repositories are nested. The file need not exist.
 * @param file absolute
 * @throws GitError `not-found`, `not-a-repository`, `dubious-ownership`
 */
export async function discoverRepository(file: string, options: DiscoverOptions = {}): Promise<Discovered> {
  const { signal } = options;
  const { folder, rest } = await existingFolder(file);
  const nearest = await nearestRepositoryFolder(folder);
  const gitPath =
    options.gitPath ?? (await findGit({ notInside: [...(options.workspaceFolders ?? []), nearest ?? folder] }));
  const start: GitTool = {
    gitPath,
    ...(options.spawn && { spawn: options.spawn }),
    ...(options.limits && { limits: options.limits }),
  };
  const tool = await checkVersion(start, folder, signal);
  if (nearest === undefined) {
    // Only outside a work tree: inside one, a bare repository may come from someone else.
    const bare: GitTool = { ...tool, bare: true };
    const facts = await readFacts(folder, bare, signal);
    if (!facts.bare) throw notInRepository();
    return { repository: new Repository({ ...facts, root: undefined }, bare, options), relativePath: rest };
  }
  await assertRegular(gitFiles(path.join(nearest, '.git')));
  const facts = await readFacts(nearest, tool, signal);
  if (facts.bare || facts.root === undefined) throw notInRepository();
  await assertRegular([...gitFiles(facts.gitFolder), ...gitFiles(facts.commonFolder)]);
  const root = await realpath(facts.root);
  if (!isInside(folder, root) || !(await isOwnWorkTree(root, nearest, facts.gitFolder))) throw notInRepository();
  const prefix = path
    .relative(root, folder)
    .split(path.sep)
    .filter((part) => part !== '');
  if (prefix.some((part) => part.toLowerCase() === '.git')) throw notInRepository();
  return {
    repository: new Repository({ ...facts, root: path.resolve(facts.root) }, tool, options),
    relativePath: [...prefix, rest].join('/'),
  };
}

/** The files that git opens first. If one were a named pipe, git would hang. */
function gitFiles(gitFolder: string): string[] {
  return [
    'HEAD',
    'config',
    'index',
    'packed-refs',
    'shallow',
    'commondir',
    'info/exclude',
    'objects/info/alternates',
  ].map((name) => path.join(gitFolder, name));
}

/**
 * `core.worktree` can point anywhere. The work tree must be the folder with `.git`, or one above it if that `.git` is
 * not a repository and git continued upward.
 */
async function isOwnWorkTree(root: string, nearest: string, gitFolder: string): Promise<boolean> {
  if (await isSameFolder(root, nearest)) return true;
  return !isInside(gitFolder, nearest) && isSameFolder(path.join(root, '.git'), gitFolder);
}

/** Separates the answers of one `rev-parse`, which repeats unknown options; a path may contain line breaks. */
const SEPARATOR = '--end-of-answer-3c1e5f0a';

async function readFacts(
  folder: string,
  tool: GitTool,
  signal: AbortSignal | undefined,
): Promise<RepositoryFacts & { readonly bare: boolean }> {
  const run = async (args: readonly string[], exitCodes: readonly number[] = [0]) =>
    (await runGit(folder, args, { ...tool, signal, exitCodes })).stdout.toString();
  const revParse = async (options: readonly string[]) =>
    (await run(['rev-parse', ...options.flatMap((option) => [option, SEPARATOR])])).split(`\n${SEPARATOR}\n`);
  const [[bare, format, gitFolder = '', commonFolder = ''], promises] = await Promise.all([
    revParse(['--is-bare-repository', '--show-object-format', '--absolute-git-dir', '--git-common-dir']),
    run(['config', '--null', '--get-regexp', '^(remote\\..*\\.promisor|extensions\\.partialclone)$'], [0, 1]),
  ]);
  const [root] = bare === 'true' ? [] : await revParse(['--show-toplevel']);
  return {
    bare: bare === 'true',
    root,
    gitFolder: path.resolve(gitFolder),
    commonFolder: path.resolve(folder, commonFolder),
    // A git that does not know this option repeats it, and supports only one format.
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    partialClone: isPartialClone(promises),
  };
}

function notInRepository(): GitError {
  return new GitError('not-a-repository', 'This folder is not in a git repository.');
}

/** @throws GitError `unreadable` */
function missing(detail = ''): never {
  throw unreadable('The repository refers to an object that is damaged or missing. Run "git fsck" to see which.', {
    detail,
  });
}

/**
 * Checks files that git opens: it would hang at a named pipe.
 * @throws GitError `unreadable` if one of them exists and is neither a file nor a folder
 */
export async function assertRegular(files: readonly string[]): Promise<void> {
  await Promise.all(
    files.map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      if (found === undefined || found.isFile() || found.isDirectory()) return;
      throw unreadable(
        `${path.basename(path.dirname(file))}/${path.basename(file)} is not a regular file, so git does not run here. Remove it or restore the file.`,
      );
    }),
  );
}

/** Compares folders by identity: one folder can have several names, such as a short and a long one on Windows. */
async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((folder) => stat(folder, { bigint: true }).catch(() => undefined)),
  );
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}

/** The nearest existing folder, without symbolic links, and the rest of `file` below it. */
async function existingFolder(file: string): Promise<{ folder: string; rest: string }> {
  const rest: string[] = [];
  let present = path.resolve(file);
  for (;;) {
    try {
      const real = await realpath(present);
      if ((await stat(real)).isDirectory()) return { folder: real, rest: rest.join('/') };
      // A link's target has a name of its own.
      return { folder: path.dirname(real), rest: [path.basename(real), ...rest].join('/') };
    } catch {
      const parent = path.dirname(present);
      if (parent === present) throw new GitError('not-a-repository', 'This folder does not exist.');
      rest.unshift(path.basename(present));
      present = parent;
    }
  }
}

async function nearestRepositoryFolder(folder: string): Promise<string | undefined> {
  for (let present = folder; ; present = path.dirname(present)) {
    if (await mayBeRepository(path.join(present, '.git'))) return present;
    if (path.dirname(present) === present) return undefined;
  }
}

/** Whether git treats it as a repository, or as a file that names one. An empty folder of that name is neither. */
async function mayBeRepository(file: string): Promise<boolean> {
  const status = await stat(file).catch(() => undefined);
  if (status?.isDirectory() === true)
    return lstat(path.join(file, 'HEAD')).then(
      () => true,
      () => false,
    );
  return status?.isFile() === true;
}

/** Reads `git config --null --get-regexp`: name, line break, value, NUL. A setting without a value is true. */
function isPartialClone(settings: string): boolean {
  return settings
    .split('\0')
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [name = '', value] = entry.split('\n');
      return name.endsWith('partialclone') || value === undefined || /^(true|yes|on|1)$/i.test(value);
    });
}

function hasLineBreak(name: string): boolean {
  return /[\r\n]/.test(name);
}

/** A text that changes with the file; empty if there is no such file. */
async function stamp(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '';
  }
}
