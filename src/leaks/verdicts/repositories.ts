/** The git repositories of the window's documents: one object each, found once for each folder. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { History } from '../../secrets/git/history.ts';
import { aborted } from '../../secrets/git/error.ts';
import { discoverRepository, type Repository } from '../../secrets/git/repository.ts';
import { type Unchecked, uncheckedBecause, type Verdict } from '../../secrets/git/verdict.ts';

/** A repository that is in use, and what is known of it. */
export interface Watched {
  /** Names it among all others: its git folder. */
  readonly id: string;
  readonly repository: Repository;
  /** What git said of files, by path and key; emptied whenever the repository changes. */
  readonly verdicts: Map<string, Map<string, Verdict | Unchecked>>;
  /** Counts changes of the repository. */
  generation: number;
  history: History | undefined;
  /** Digest of the references; undefined until it is asked for, and again after each change. */
  references: Promise<string> | undefined;
  watching: vscode.Disposable | undefined;
  /** Since git did not answer in time, it is not asked here for a while: what it came to, and how long that is. */
  pause: { readonly verdict: Unchecked; readonly milliseconds: number } | undefined;
}

export interface Located {
  readonly watched: Watched;
  readonly relativePath: string;
}

/** A folder that is in no repository is asked about again after so many milliseconds: it may have become one. */
const ASK_AGAIN_AFTER = 10_000;

export function isWatched(found: Watched | Unchecked): found is Watched {
  return 'repository' in found;
}

/** Whether there may well be a repository, of which git could not tell. */
export function isUnknown(found: Watched | Unchecked): found is Unchecked {
  return !isWatched(found) && found.reason !== 'no-repository' && found.reason !== 'no-git';
}

type Folder = { readonly watched: Watched; readonly prefix: string } | Unchecked;

export class Repositories implements vscode.Disposable {
  readonly #folders = new Map<string, { readonly asked: number; readonly answer: Promise<Folder> }>();
  readonly #watched = new Map<string, Watched>();
  #disposed = false;
  readonly #options: { readonly workspaceFolders: () => readonly string[]; readonly onNew: (watched: Watched) => void };

  constructor(options: {
    readonly workspaceFolders: () => readonly string[];
    readonly onNew: (watched: Watched) => void;
  }) {
    this.#options = options;
  }

  get all(): readonly Watched[] {
    return [...this.#watched.values()];
  }

  /** The repository of a file and the file's name in it. The file need not exist. */
  async locate(file: string): Promise<Located | Unchecked> {
    // A link is judged where it leads to.
    const real = await realpath(file).catch(() => file);
    const folder = await this.#folder(path.dirname(real));
    return 'watched' in folder
      ? { watched: folder.watched, relativePath: folder.prefix + path.basename(real) }
      : folder;
  }

  /** The repository whose work tree a folder is or lies in, or why there is none. */
  async ofFolder(folder: string): Promise<Watched | Unchecked> {
    const found = await this.#folder(await realpath(folder).catch(() => folder));
    return 'watched' in found ? found.watched : found;
  }

  /** Forgets which folders are in which repository, after repositories came or went. */
  forgetFolders(): void {
    this.#folders.clear();
  }

  #folder(folder: string): Promise<Folder> {
    const known = this.#folders.get(folder);
    if (known !== undefined && (known.asked === Infinity || Date.now() - known.asked < ASK_AGAIN_AFTER))
      return known.answer;
    const answer = this.#discover(folder);
    this.#folders.set(folder, { asked: Date.now(), answer });
    void answer.then((found) => {
      if ('watched' in found && this.#folders.get(folder)?.answer === answer)
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
        return uncheckedBecause(aborted());
      }
      const known = this.#watched.get(id);
      if (known !== undefined) {
        repository.close();
        return { watched: known, prefix };
      }
      const watched: Watched = {
        id,
        repository,
        verdicts: new Map(),
        generation: 0,
        history: undefined,
        references: undefined,
        watching: undefined,
        pause: undefined,
      };
      this.#watched.set(id, watched);
      this.#options.onNew(watched);
      return { watched, prefix };
    } catch (error) {
      return uncheckedBecause(error);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const { repository, watching } of this.#watched.values()) {
      watching?.dispose();
      repository.close();
    }
    this.#watched.clear();
    this.#folders.clear();
  }
}
