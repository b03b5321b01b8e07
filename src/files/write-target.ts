/**
 * Determines where a write ends. A repository can contain symbolic links, so a write to a path in it could end in
 * another project. Every write of the extension is checked here first.
 */
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { readRegularFile } from './regular-file.ts';

/**
 * Why a write is refused:
 * - `outside` a symbolic link leads out of the folder
 * - `dangling` a symbolic link leads to nothing, so that a write would create a file at its target
 * - `git-folder` a symbolic link leads into git's own folder
 * - `not-a-file` there is something else under this name: a folder, a named pipe, a device
 * - `not-a-folder` a file stands where a folder is needed
 * - `elsewhere` the path itself is not in the folder
 * - `unreadable` the file system refuses access
 */
export type RefusalReason =
  | 'outside'
  | 'dangling'
  | 'git-folder'
  | 'not-a-file'
  | 'not-a-folder'
  | 'elsewhere'
  | 'unreadable';

export class WriteRefused extends Error {
  override readonly name = 'WriteRefused';
  readonly reason: RefusalReason;
  /** The link or file that is the reason. Absolute. */
  readonly file: string;
  /** The folder that must contain the target. */
  readonly folder: string;

  constructor(reason: RefusalReason, file: string, folder: string) {
    super(`Nothing is written to ${file}: ${reason}.`);
    this.reason = reason;
    this.file = file;
    this.folder = folder;
  }
}

export interface WriteTarget {
  /** Absolute path without symbolic links below the folder; the folder itself is spelled as given. */
  readonly file: string;
  readonly exists: boolean;
}

/**
 * Resolves a path as a write would.
 * @param file absolute
 * @param folders absolute; one of them must contain the path, before and after links are followed
 * @throws WriteRefused
 */
export async function writeTarget(file: string, folders: readonly string[]): Promise<WriteTarget> {
  const wanted = path.resolve(file);
  const named = folders
    .map((folder) => path.resolve(folder))
    .filter((folder) => isBelow(wanted, folder))
    .sort((one, other) => other.length - one.length)[0];
  if (named === undefined) throw new WriteRefused('elsewhere', wanted, folders[0] ?? '');
  const roots = await Promise.all(
    folders.map(async (folder) => ({
      named: path.resolve(folder),
      real: await realpath(folder).catch(() => path.resolve(folder)),
    })),
  );
  const rootOf = (real: string) =>
    roots
      .filter((root) => real === root.real || isBelow(real, root.real))
      .sort((one, other) => other.real.length - one.real.length)[0];

  const refuse = (reason: RefusalReason, at: string) => new WriteRefused(reason, at, named);
  const steps = path.relative(named, wanted).split(path.sep);
  let current = await realpath(named).catch(() => named);
  /** The same path as given, for the message. */
  let spelled = named;
  let exists = true;
  for (const [n, step] of steps.entries()) {
    const last = n === steps.length - 1;
    spelled = path.join(spelled, step);
    const at = path.join(current, step);
    let status = exists ? await lstatOf(at, refuse('unreadable', spelled)) : undefined;
    current = at;
    if (status?.isSymbolicLink() === true) {
      current = await followed(at, refuse, spelled);
      if (rootOf(current) === undefined) throw refuse('outside', spelled);
      status = await lstatOf(current, refuse('unreadable', spelled));
    }
    if (isInGitFolder(current, rootOf(current)?.real ?? named)) throw refuse('git-folder', spelled);
    if (status === undefined) exists = false;
    else if (last && !status.isFile()) throw refuse('not-a-file', spelled);
    else if (!last && !status.isDirectory()) throw refuse('not-a-folder', spelled);
  }
  const root = rootOf(current);
  if (root === undefined) throw refuse('outside', spelled);
  return { file: path.join(root.named, path.relative(root.real, current)), exists };
}

async function followed(
  link: string,
  refuse: (reason: RefusalReason, at: string) => WriteRefused,
  spelled: string,
): Promise<string> {
  try {
    return await realpath(link);
  } catch (error) {
    if (!isMissing(error)) throw refuse('unreadable', spelled);
    // A link to itself is dangling too.
    await readlink(link).catch(() => {
      throw refuse('unreadable', spelled);
    });
    throw refuse('dangling', spelled);
  }
}

async function lstatOf(file: string, otherwise: WriteRefused): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw otherwise;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ELOOP';
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** The folder itself may be git's own, where hooks are written. */
function isInGitFolder(file: string, folder: string): boolean {
  return path
    .relative(folder, file)
    .split(path.sep)
    .some((name) => name.toLowerCase() === '.git');
}

/**
 * Makes a file executable for everyone. Does not follow a link that may have replaced it.
 * @throws WriteRefused
 */
export async function makeExecutable(file: string, folders: readonly string[]): Promise<void> {
  const { file: target } = await writeTarget(file, folders);
  const opened = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await opened.stat();
    if (!status.isFile()) throw new WriteRefused('not-a-file', target, folders[0] ?? '');
    await opened.chmod(status.mode | 0o111);
  } finally {
    await opened.close();
  }
}

/**
 * Reads a text file of a repository, but not a named pipe, which could block.
 * @returns undefined if there is no such file, or it is larger than `maxBytes`
 */
export async function readTextFile(file: string, maxBytes: number): Promise<string | undefined> {
  try {
    return (await readRegularFile(file, maxBytes)).toString();
  } catch {
    return undefined;
  }
}
