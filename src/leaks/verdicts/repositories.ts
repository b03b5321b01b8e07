/** The git repositories of the window's documents: one object each, found once for each folder. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { History } from '../../secrets/git/history.ts';
import { aborted } from '../../secrets/git/error.ts';
import { discoverRepository, type Repository } from '../../secrets/git/repository.ts';
import { unknownBecause } from '../../secrets/git/verdict.ts';
import type { UnknownVerdict, Verdict } from '../../secrets/verdict.ts';

/** A repository that is in use, and what is known of it. */
export interface RepositoryState {
  /** Names it among all others: its git folder. */
  readonly id: string;
  readonly repository: Repository;
  /** What git said of files, by path and key; emptied whenever the repository changes. */
  readonly verdicts: Map<string, Map<string, Verdict | UnknownVerdict>>;
  /** Counts changes of the repository. */
  generation: number;
  history: History | undefined;
  /** Digest of the references; undefined until it is asked for, and again after each change. */
  references: Promise<string> | undefined;
  watcher: vscode.Disposable | undefined;
  /** Since git did not answer in time, it is not asked here for a while: what it came to, and how long that is. */
  pause: { readonly verdict: UnknownVerdict; readonly milliseconds: number } | undefined;
}

export interface Located {
  readonly state: RepositoryState;
  readonly relativePath: string;
}

/** A folder that is in no repository is asked about again after so many milliseconds: it may have become one. */
const RECHECK_AFTER_MS = 10_000;

export function isRepository(found: RepositoryState | UnknownVerdict): found is RepositoryState {
  return 'repository' in found;
}

/** Whether there may well be a repository, of which git could not tell. */
export function isUndetermined(found: RepositoryState | UnknownVerdict): found is UnknownVerdict {
  return !isRepository(found) && found.reason !== 'no-repository' && found.reason !== 'no-git';
}

type Folder = { readonly state: RepositoryState; readonly prefix: string } | UnknownVerdict;

export class Repositories implements vscode.Disposable {
  readonly #folders = new Map<string, { readonly asked: number; readonly answer: Promise<Folder> }>();
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
    // A link is judged where it leads to.
    const real = await realpath(file).catch(() => file);
    const folder = await this.#folder(path.dirname(real));
    return 'state' in folder ? { state: folder.state, relativePath: folder.prefix + path.basename(real) } : folder;
  }

  /** The repository whose work tree a folder is or lies in, or why there is none. */
  async ofFolder(folder: string): Promise<RepositoryState | UnknownVerdict> {
    const found = await this.#folder(await realpath(folder).catch(() => folder));
    return 'state' in found ? found.state : found;
  }

  /** Forgets which folders are in which repository, after repositories came or went. */
  forgetFolders(): void {
    this.#folders.clear();
  }

  #folder(folder: string): Promise<Folder> {
    const known = this.#folders.get(folder);
    if (known !== undefined && (known.asked === Infinity || Date.now() - known.asked < RECHECK_AFTER_MS))
      return known.answer;
    const answer = this.#discover(folder);
    this.#folders.set(folder, { asked: Date.now(), answer });
    void answer.then((found) => {
      if ('state' in found && this.#folders.get(folder)?.answer === answer)
        this.#folders.set(folder, { asked: Infinity, answer });
    });
    return answer;
  }

  async #discover(folder: string): Promise<Folder> {
    try {
      const { repository, relativePath } = await discoverRepository(folder, {
        workspaceFolders: this.#options.workspaceFolders(),
      });
      // A folder that does not exist yet is named like a file.
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
    for (const { repository, watcher: watching } of this.#states.values()) {
      watching?.dispose();
      repository.close();
    }
    this.#states.clear();
    this.#folders.clear();
  }
}
