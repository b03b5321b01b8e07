import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './error.ts';
import { findGit, isInside } from './executable.ts';
import { type GitObject, ObjectReader, type ObjectReaderOptions } from './objects.ts';
import { type GitTool, runGit, type RunOptions, type RunResult, type SpawnGit, type StreamOptions, type GitStream, streamGit } from './process.ts';

export interface DiscoverOptions {
  /** Absolute path of git; searched on the PATH unless given. */
  readonly gitPath?: string | undefined;
  readonly spawn?: SpawnGit | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Open workspace folders: a git program in one of them is never run. */
  readonly workspaceFolders?: readonly string[];
  /** An index other than the repository's own, as git names it to a hook in `GIT_INDEX_FILE`. */
  readonly indexFile?: string | undefined;
  /** Larger objects are answered without their content, and the answers about them say so; 64 MiB unless given. */
  readonly maxObjectBytes?: number;
}

export interface Discovered {
  readonly repository: Repository;
  /**
   * The file as git names it: relative to the repository's root, with slashes. Symbolic links are followed
   * first, so a link into another repository is judged there.
   */
  readonly relativePath: string;
}

/** What HEAD points at: a branch with commits, a branch without any yet, or a commit itself. */
export type Head =
  | { readonly kind: 'branch'; readonly branch: string; readonly commit: string }
  | { readonly kind: 'unborn'; readonly branch: string }
  | { readonly kind: 'detached'; readonly commit: string };

interface Facts {
  readonly root: string | undefined;
  readonly gitFolder: string;
  readonly commonFolder: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly partialClone: boolean;
}

/**
 * A git repository, or one work tree of it. Close it when it is no longer needed: it keeps a git process.
 */
export class Repository implements Disposable {
  /** The work tree's top folder; undefined in a bare repository. */
  readonly root: string | undefined;
  /** What belongs to this work tree alone: HEAD, the index. */
  readonly gitFolder: string;
  /** What all work trees share: objects and references. */
  readonly commonFolder: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Whether objects may be missing that a remote has promised. They are never fetched. */
  readonly partialClone: boolean;
  readonly tool: GitTool;
  readonly indexFile: string | undefined;
  readonly #reading: ObjectReaderOptions;
  readonly #objects: ObjectReader;
  #index: { readonly stamp: string; readonly reader: ObjectReader } | undefined;

  constructor(facts: Facts, tool: GitTool, options: Pick<DiscoverOptions, 'indexFile' | 'maxObjectBytes'> = {}) {
    this.root = facts.root;
    this.gitFolder = facts.gitFolder;
    this.commonFolder = facts.commonFolder;
    this.objectFormat = facts.objectFormat;
    this.partialClone = facts.partialClone;
    this.tool = tool;
    this.indexFile = options.indexFile;
    this.#reading = options.maxObjectBytes === undefined ? {} : { maxBytes: options.maxObjectBytes };
    this.#objects = new ObjectReader(this.folder, tool, this.#reading);
  }

  get bare(): boolean {
    return this.root === undefined;
  }

  /** Where git runs. */
  get folder(): string {
    return this.root ?? this.gitFolder;
  }

  /** Whether the history ends at a boundary: the commits before it are not here. */
  async isShallow(): Promise<boolean> {
    return (await stamp(path.join(this.commonFolder, 'shallow'))) !== '';
  }

  run(args: readonly string[], options: Omit<RunOptions, keyof GitTool> = {}): Promise<RunResult> {
    return runGit(this.folder, args, { indexFile: this.indexFile, ...options, ...this.tool });
  }

  stream(args: readonly string[], options: Omit<StreamOptions, keyof GitTool> = {}): GitStream {
    return streamGit(this.folder, args, { indexFile: this.indexFile, ...options, ...this.tool });
  }

  /** An object by its id or name; see `ObjectReader.read`. Not for names that mean the index. */
  object(name: string): Promise<GitObject | undefined> {
    return this.#objects.read(name);
  }

  /**
   * A file of the commit that `revision` names.
   * @returns undefined when it is not there
   */
  async committed(revision: string, relativePath: string): Promise<GitObject | undefined> {
    if (!hasLineBreak(relativePath)) return this.#objects.read(`${revision}:${relativePath}`);
    const commit = await this.#objects.read(`${revision}^{commit}`);
    if (commit === undefined) return undefined;
    const { stdout } = await this.run(['ls-tree', '-z', '--full-tree', commit.oid, '--', relativePath]);
    const oid = /^\d+ blob ([0-9a-f]+)\t/.exec(stdout.toString())?.[1];
    return oid === undefined ? undefined : this.#objects.read(oid);
  }

  /**
   * A file of the index: one version, or while a conflict is unresolved one for each side.
   * @returns an empty list when the file is not tracked
   */
  async indexed(relativePath: string): Promise<readonly GitObject[]> {
    let found: readonly (GitObject | undefined)[];
    if (hasLineBreak(relativePath)) {
      const { stdout } = await this.run(['ls-files', '-z', '--stage', '--', relativePath]);
      const oids = stdout.toString().split('\0').flatMap((entry) => /^\d+ ([0-9a-f]+) \d\t/.exec(entry)?.[1] ?? []);
      found = await Promise.all(oids.map((oid) => this.#objects.read(oid)));
    } else {
      const reader = await this.#indexReader();
      found = await Promise.all([0, 1, 2, 3].map((stage) => reader.read(`:${stage}:${relativePath}`)));
    }
    return found.filter((object) => object !== undefined);
  }

  /** `git cat-file` reads the index when it is first asked for it and never again, so a changed index needs a new process. */
  async #indexReader(): Promise<ObjectReader> {
    const present = await stamp(this.indexFile ?? path.join(this.gitFolder, 'index'));
    if (this.#index?.stamp !== present) {
      this.#index?.reader.close();
      this.#index = { stamp: present, reader: new ObjectReader(this.folder, this.tool, { ...this.#reading, indexFile: this.indexFile }) };
    }
    return this.#index.reader;
  }

  /** @throws GitError */
  async head(): Promise<Head> {
    const [symbolic, commit] = await Promise.all([
      this.run(['symbolic-ref', '--quiet', 'HEAD'], { exitCodes: [0, 1] }),
      this.#objects.read('HEAD^{commit}'),
    ]);
    const branch = symbolic.stdout.toString().trim().replace(/^refs\/heads\//, '');
    if (commit === undefined) return { kind: 'unborn', branch };
    return symbolic.exitCode === 0 ? { kind: 'branch', branch, commit: commit.oid } : { kind: 'detached', commit: commit.oid };
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
 * The repository that a file or folder belongs to; the innermost one when repositories are nested. The file need
 * not exist.
 * @param file absolute
 * @throws GitError `not-found`, `not-a-repository`, `dubious-ownership`
 */
export async function discoverRepository(file: string, options: DiscoverOptions = {}): Promise<Discovered> {
  const { folder, rest } = await existingFolder(file);
  const nearest = await nearestRepositoryFolder(folder);
  const gitPath = options.gitPath ?? await findGit({ notInside: [...(options.workspaceFolders ?? []), nearest ?? folder] });
  const tool: GitTool = options.spawn === undefined ? { gitPath } : { gitPath, spawn: options.spawn };
  const run = async (args: readonly string[], exitCodes: readonly number[] = [0]) => (await runGit(folder, args, { ...tool, signal: options.signal, exitCodes })).stdout.toString();
  const facts = await readFacts(folder, run);
  if (facts.bare) return { repository: new Repository({ ...facts, root: undefined }, tool, options), relativePath: rest };
  const [prefix = '', root = ''] = apart(await run(['rev-parse', '--show-prefix', '--show-object-format', '--show-toplevel']), facts.objectFormat);
  // `core.worktree` can point anywhere; a work tree that does not hold the file is not the file's.
  if (!isInside(folder, await realpath(root))) throw new GitError('not-a-repository', 'This folder is not in a git repository.');
  return { repository: new Repository({ ...facts, root: path.resolve(root) }, tool, options), relativePath: prefix + rest };
}

async function readFacts(folder: string, run: (args: readonly string[], exitCodes?: readonly number[]) => Promise<string>): Promise<Omit<Facts, 'root'> & { readonly bare: boolean }> {
  const [answer, promises] = await Promise.all([
    run(['rev-parse', '--is-bare-repository', '--show-object-format', '--absolute-git-dir', '--show-object-format', '--git-common-dir']),
    run(['config', '--null', '--get-regexp', '^(remote\\..*\\.promisor|extensions\\.partialclone)$'], [0, 1]),
  ]);
  const objectFormat = answer.split('\n')[1] === 'sha256' ? 'sha256' : 'sha1';
  const [bare, gitFolder = '', commonFolder = ''] = apart(answer, objectFormat);
  return {
    bare: bare === 'true',
    gitFolder: path.resolve(gitFolder),
    commonFolder: path.resolve(folder, commonFolder),
    objectFormat,
    partialClone: isPartial(promises),
  };
}

/** Several answers of one `rev-parse`. A path may hold line breaks, so each answer is set apart by the object format. */
function apart(stdout: string, objectFormat: string): string[] {
  return stdout.replace(/\r?\n$/, '').split(`\n${objectFormat}\n`);
}

/** The nearest folder that exists, without symbolic links, and what of `file` lies below it. */
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
    if ((await stamp(path.join(present, '.git'))) !== '') return present;
    if (path.dirname(present) === present) return undefined;
  }
}

/** Reads `git config --null --get-regexp`: name, line break, value, NUL; a setting without a value is true. */
function isPartial(settings: string): boolean {
  return settings.split('\0').filter((entry) => entry !== '').some((entry) => {
    const [name = '', value] = entry.split('\n');
    return name.endsWith('partialclone') || value === undefined || /^(true|yes|on|1)$/i.test(value);
  });
}

function hasLineBreak(name: string): boolean {
  return /[\r\n]/.test(name);
}

/** Changes whenever the file does; empty when there is no such file. */
async function stamp(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '';
  }
}
