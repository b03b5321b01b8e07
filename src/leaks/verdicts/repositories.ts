import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { History } from '../../secrets/git/history.ts';
import { aborted } from '../../secrets/git/error.ts';
import { discoverRepository, type Repository } from '../../secrets/git/repository.ts';
import { unknownBecause } from '../../secrets/git/verdict.ts';
import type { UnknownVerdict, Verdict } from '../../secrets/verdict.ts';

/** A repository in use, with its verdicts and history. */
export interface RepositoryState {
  /** Its git folder, which is unique. */
  readonly id: string;
  readonly repository: Repository;
  /** Verdicts by path and key; cleared when the repository changes. */
  readonly verdicts: Map<string, Map<string, Verdict | UnknownVerdict>>;
  /** Counts changes of the repository. */
  generation: number;
  history: History | undefined;
  /** Digest of the references; undefined until it is needed, and after each change. */
  references: Promise<string> | undefined;
  watcher: vscode.Disposable | undefined;
  /** After a timeout, git is not queried for a while: the verdict meanwhile, and how long. */
  pause: { readonly verdict: UnknownVerdict; readonly milliseconds: number } | undefined;
}

interface Located {
  readonly state: RepositoryState;
  readonly relativePath: string;
}

/** A folder outside of all repositories is checked again after this time: it may be in one by then. */
const RECHECK_AFTER_MS = 10_000;

export function isRepositoryState(found: RepositoryState | UnknownVerdict): found is RepositoryState {
  return 'repository' in found;
}

/** Whether there may be a repository, but git could not determine it. */
export function isUndetermined(found: RepositoryState | UnknownVerdict): found is UnknownVerdict {
  return !isRepositoryState(found) && found.reason !== 'no-repository' && found.reason !== 'no-git';
}

type Folder = { readonly state: RepositoryState; readonly prefix: string } | UnknownVerdict;

/** The git repositories of the window's documents. Each is opened once. */
export class Repositories implements vscode.Disposable {
  readonly #folders = new Map<string, { readonly checkedAt: number; readonly result: Promise<Folder> }>();
  readonly #states = new Map<string, RepositoryState>();
  #disposed = false;
  readonly #options: {
    readonly workspaceFolders: () => readonly string[];
    readonly onNew: (state: RepositoryState) => void;
  };

  constructor(options: {
    readonly workspaceFolders: () => readonly string[];
    readonly onNew: (state: RepositoryState) => void;
  }) {
    this.#options = options;
  }

  get all(): readonly RepositoryState[] {
    return [...this.#states.values()];
  }

  /** The repository of a file and the file's name in it. The file need not exist. */
  async locate(file: string): Promise<Located | UnknownVerdict> {
    // The verdict on a symbolic link is that on its target.
    const real = await realpath(file).catch(() => file);
    const folder = await this.#folder(path.dirname(real));
    return 'state' in folder ? { state: folder.state, relativePath: folder.prefix + path.basename(real) } : folder;
  }

  /** The repository that contains a folder, or why there is none. */
  async ofFolder(folder: string): Promise<RepositoryState | UnknownVerdict> {
    const found = await this.#folder(await realpath(folder).catch(() => folder));
    return 'state' in found ? found.state : found;
  }

  /** Drops the mapping from folders to repositories, after repositories were added or removed. */
  forgetFolders(): void {
    this.#folders.clear();
  }

  #folder(folder: string): Promise<Folder> {
    const known = this.#folders.get(folder);
    if (known !== undefined && (known.checkedAt === Infinity || Date.now() - known.checkedAt < RECHECK_AFTER_MS))
      return known.result;
    const result = this.#discover(folder);
    this.#folders.set(folder, { checkedAt: Date.now(), result });
    void result.then((found) => {
      if ('state' in found && this.#folders.get(folder)?.result === result)
        this.#folders.set(folder, { checkedAt: Infinity, result });
    });
    return result;
  }

  async #discover(folder: string): Promise<Folder> {
    try {
      const { repository, relativePath } = await discoverRepository(folder, {
        workspaceFolders: this.#options.workspaceFolders(),
      });
      // The path of a folder that does not exist yet has no slash at its end.
      const prefix = relativePath === '' || relativePath.endsWith('/') ? relativePath : `${relativePath}/`;
      const id = repository.gitFolder;
      if (this.#disposed) {
        repository.close();
        return unknownBecause(aborted());
      }
      const known = this.#states.get(id);
      if (known !== undefined) {
        repository.close();
        return { state: known, prefix };
      }
      const state: RepositoryState = {
        id,
        repository,
        verdicts: new Map(),
        generation: 0,
        history: undefined,
        references: undefined,
        watcher: undefined,
        pause: undefined,
      };
      this.#states.set(id, state);
      this.#options.onNew(state);
      return { state, prefix };
    } catch (error) {
      return unknownBecause(error);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const { repository, watcher } of this.#states.values()) {
      watcher?.dispose();
      repository.close();
    }
    this.#states.clear();
    this.#folders.clear();
  }
}
