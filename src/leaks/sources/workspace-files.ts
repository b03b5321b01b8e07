import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { type FileClass, listFiles } from '../../secrets/git/files.ts';
import { isInWorkTree } from '../../secrets/git/paths.ts';
import type { Repository } from '../../secrets/git/repository.ts';
import type { UnknownVerdict } from '../../secrets/verdict.ts';
import type { FileToScan } from '../../secrets/scan/files.ts';
import { walkFiles } from '../../secrets/scan/scan-files.ts';
import { excludeMatcher } from '../../secrets/scan/exclude.ts';
import type { LeakSettings } from '../settings.ts';
import {
  isUndetermined,
  isRepositoryState,
  type Repositories,
  type RepositoryState,
} from '../verdicts/repositories.ts';

interface ListOptions {
  /** Undefined when git must not run. */
  readonly repositories: Repositories | undefined;
  readonly worker: string;
  readonly settings: Pick<LeakSettings, 'scanPackages' | 'hiddenFromScan'>;
  readonly signal: AbortSignal;
  /** Called when git failed to list all files of a folder. The files are then listed without git. */
  readonly onGitFailure: (error: unknown) => void;
}

const CLASSES: readonly FileClass[] = ['tracked', 'untracked', 'ignored'];

/** Packages that were installed into the folder. */
export const PACKAGES = '**/node_modules';

/** Lists the files of a workspace folder with their git class, in batches. */
export async function* workspaceFiles(folder: vscode.Uri, options: ListOptions): AsyncGenerator<readonly FileToScan[]> {
  const { scanPackages, hiddenFromScan } = options.settings;
  const skip = [...(scanPackages ? [] : [PACKAGES]), ...hiddenFromScan];
  const walk = () => walkFiles(folder.fsPath, { worker: options.worker, skip, signal: options.signal });
  const found = await options.repositories?.ofFolder(folder.fsPath);
  if (found === undefined || !isRepositoryState(found)) {
    if (found !== undefined && isUndetermined(found)) options.onGitFailure(undefined);
    yield* walk();
    return;
  }
  const root = await realpath(folder.fsPath).catch(() => folder.fsPath);
  try {
    yield* repositoryFiles(found.repository, {
      ...options,
      realFolder: root,
      folder: folder.fsPath,
      isSkipped: excludeMatcher(skip),
    });
  } catch (error) {
    // A canceled scan keeps what it has.
    if (options.signal.aborted) return;
    // Files that were already listed are not scanned twice.
    options.onGitFailure(error);
    yield* walk();
  }
}

interface RepositoryListing extends ListOptions {
  /** The folder to list, with links resolved, and as paths are reported. */
  readonly realFolder: string;
  readonly folder: string;
  readonly isSkipped: (relative: string) => boolean;
}

async function* repositoryFiles(
  repository: Repository,
  listing: RepositoryListing,
): AsyncGenerator<readonly FileToScan[]> {
  const { root } = repository;
  if (root === undefined) return;
  const nameOf = relativeNames(listing.realFolder, root);
  const submodules = await submodulesOf(repository);
  const nested: string[] = [...submodules];
  const timer = new YieldTimer();
  for await (const listed of listFiles(repository, CLASSES, listing.signal)) {
    const files: FileToScan[] = [];
    for (const file of listed) {
      if (submodules.has(file.path)) continue;
      // A nested repository is listed as a folder.
      if (file.path.endsWith('/')) {
        nested.push(file.path);
        continue;
      }
      const name = nameOf(file.path);
      if (name === undefined || listing.isSkipped(name)) continue;
      files.push({
        path: listing.folder + path.sep + (path.sep === '/' ? name : name.replaceAll('/', path.sep)),
        class: file.class,
      });
    }
    yield files;
    await timer.yieldIfDue();
  }
  for (const name of nested) {
    const within = nameOf(name.replace(/\/$/, ''));
    if (within !== undefined && listing.isSkipped(within)) continue;
    const inner: RepositoryState | UnknownVerdict | undefined = await listing.repositories?.ofFolder(
      path.join(root, name),
    );
    if (inner !== undefined && isRepositoryState(inner) && inner.repository.root !== root)
      yield* repositoryFiles(inner.repository, listing);
  }
}

/**
 * Converts paths relative to the root of the repository into paths relative to a folder; undefined for paths outside the
 * folder. Works on strings, because a folder has tens of thousands of files.
 */
function relativeNames(folder: string, root: string): (name: string) => string | undefined {
  const below = path.relative(root, folder).replaceAll('\\', '/');
  if (below === '') return (name) => name;
  const above = path.relative(folder, root).replaceAll('\\', '/');
  // The repository is inside the folder.
  if (!above.startsWith('..') && !path.isAbsolute(above)) return (name) => `${above}/${name}`;
  const prefix = `${below}/`;
  return (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined);
}

/** Yields to the rest of the extension host every few milliseconds. */
class YieldTimer {
  #last = performance.now();

  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#last < 8) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    this.#last = performance.now();
  }
}

async function submodulesOf(repository: Repository): Promise<Set<string>> {
  const { stdout } = await repository.run(
    ['config', '--null', '--file', '.gitmodules', '--get-regexp', '^submodule\\..*\\.path$'],
    { exitCodes: [0, 1, 128] },
  );
  return new Set(
    stdout
      .toString()
      .split('\0')
      .map((entry) => entry.slice(entry.indexOf('\n') + 1))
      .filter((name) => isInWorkTree(name)),
  );
}
