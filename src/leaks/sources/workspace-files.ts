/** Lists the files of a workspace folder, with what git says of each. */
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
import { isUndetermined, isRepository, type Repositories, type RepositoryState } from '../verdicts/repositories.ts';

export interface ListOptions {
  /** Undefined when git may not be asked. */
  readonly repositories: Repositories | undefined;
  readonly worker: string;
  readonly settings: Pick<LeakSettings, 'scanPackages' | 'hiddenFromScan'>;
  readonly signal: AbortSignal;
  /** Git did not list all files of a folder; they are listed without it. */
  readonly onNoGit: (error: unknown) => void;
}

const CLASSES: readonly FileClass[] = ['tracked', 'untracked', 'ignored'];

/** Packages that were installed into the folder: others wrote them, and they are many. */
export const PACKAGES = '**/node_modules';

/** The files to read, as many at a time as are known. */
export async function* workspaceFiles(folder: vscode.Uri, options: ListOptions): AsyncGenerator<readonly FileToScan[]> {
  const { scanPackages, hiddenFromScan } = options.settings;
  const skip = [...(scanPackages ? [] : [PACKAGES]), ...hiddenFromScan];
  const walk = () => walkFiles(folder.fsPath, { worker: options.worker, skip, signal: options.signal });
  const found = await options.repositories?.ofFolder(folder.fsPath);
  if (found === undefined || !isRepository(found)) {
    if (found !== undefined && isUndetermined(found)) options.onNoGit(undefined);
    yield* walk();
    return;
  }
  const root = await realpath(folder.fsPath).catch(() => folder.fsPath);
  try {
    yield* repositoryFiles(found.repository, {
      ...options,
      within: root,
      shown: folder.fsPath,
      isSkipped: excludeMatcher(skip),
    });
  } catch (error) {
    // A scan that is cancelled ends with what it has.
    if (options.signal.aborted) return;
    // A file that was listed already is not read again.
    options.onNoGit(error);
    yield* walk();
  }
}

interface RepositoryListing extends ListOptions {
  /** Only what lies in this folder is listed, and it is listed below `shown`: the same folder without and with links. */
  readonly within: string;
  readonly shown: string;
  readonly isSkipped: (relative: string) => boolean;
}

async function* repositoryFiles(
  repository: Repository,
  listing: RepositoryListing,
): AsyncGenerator<readonly FileToScan[]> {
  const { root } = repository;
  if (root === undefined) return;
  const nameOf = namesWithin(listing.within, root);
  const submodules = await submodulesOf(repository);
  const nested: string[] = [...submodules];
  const breath = new YieldTimer();
  for await (const listed of listFiles(repository, CLASSES, listing.signal)) {
    const files: FileToScan[] = [];
    for (const file of listed) {
      if (submodules.has(file.path)) continue;
      // A repository within the repository is listed as a folder.
      if (file.path.endsWith('/')) {
        nested.push(file.path);
        continue;
      }
      const name = nameOf(file.path);
      if (name === undefined || listing.isSkipped(name)) continue;
      files.push({
        path: listing.shown + path.sep + (path.sep === '/' ? name : name.replaceAll('/', path.sep)),
        class: file.class,
      });
    }
    yield files;
    await breath.yieldIfDue();
  }
  for (const name of nested) {
    const within = nameOf(name.replace(/\/$/, ''));
    if (within !== undefined && listing.isSkipped(within)) continue;
    const inner: RepositoryState | UnknownVerdict | undefined = await listing.repositories?.ofFolder(
      path.join(root, name),
    );
    if (inner !== undefined && isRepository(inner) && inner.repository.root !== root)
      yield* repositoryFiles(inner.repository, listing);
  }
}

/**
 * How a name that git gives, relative to `root`, is called relative to the folder `within`; undefined for what lies
 * outside of it. Plain text, because a folder has tens of thousands of names.
 */
function namesWithin(within: string, root: string): (name: string) => string | undefined {
  const below = path.relative(root, within).replaceAll('\\', '/');
  if (below === '') return (name) => name;
  const above = path.relative(within, root).replaceAll('\\', '/');
  // A repository inside of the folder.
  if (!above.startsWith('..') && !path.isAbsolute(above)) return (name) => `${above}/${name}`;
  const prefix = `${below}/`;
  return (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined);
}

/** Lets everything else in the extension host have its turn, every few milliseconds. */
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
