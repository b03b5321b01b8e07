/** Asks git where the keys of a document stand. */
import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Owner } from '../../ui/disposable.ts';
import { aborted } from '../../secrets/git/error.ts';
import { digestOfReferences } from '../../secrets/git/references.ts';
import { judge, type Unchecked, uncheckedBecause, type Verdict } from '../../secrets/git/verdict.ts';
import type { Verdicts } from '../store.ts';
import { followGitExtension, watchGitState } from './git-watch.ts';
import { Repositories, type Watched } from './repositories.ts';
import { scanForGit } from './scan.ts';

const RESTRICTED: Unchecked = { place: 'unchecked', reason: 'restricted' };
const NO_REPOSITORY: Unchecked = { place: 'unchecked', reason: 'no-repository' };

const MOST_AT_ONCE = 4;

/** After git did not answer in time, it is asked again after so many milliseconds, and then less and less often. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 600_000;

/** Nothing of git runs before the workspace is trusted: a repository's configuration can name programs to run. */
export class Judge extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<Watched>());
  /** A repository has changed: verdicts on its files are to be asked for again. */
  readonly onDidChangeRepository = this.#changed.event;
  readonly #found = this.own(new vscode.EventEmitter<Watched>());
  /** A repository is looked at for the first time. */
  readonly onDidFindRepository = this.#found.event;
  readonly repositories: Repositories;
  readonly #log: Log;
  readonly #waiting: (() => void)[] = [];
  readonly #stop = new AbortController();
  readonly #pauses = new Map<Watched, NodeJS.Timeout>();
  #asking = 0;
  #following = false;

  constructor(log: Log) {
    super();
    this.#log = log;
    this.repositories = this.own(
      new Repositories({
        workspaceFolders: () =>
          (vscode.workspace.workspaceFolders ?? [])
            .filter(({ uri }) => uri.scheme === 'file')
            .map(({ uri }) => uri.fsPath),
        onNew: (watched) => {
          watched.watching = watchGitState(watched, () => {
            this.#repositoryChanged(watched);
          });
          this.#found.fire(watched);
        },
      }),
    );
    this.own({
      dispose: () => {
        this.#stop.abort();
        for (const timer of this.#pauses.values()) clearTimeout(timer);
      },
    });
  }

  /** Verdicts on keys of a document; always one for each key. */
  async judge(uri: vscode.Uri, keyHashes: readonly string[]): Promise<Verdicts> {
    const all = (verdict: Unchecked): Verdicts => ({ byKey: new Map(keyHashes.map((keyHash) => [keyHash, verdict])) });
    if (uri.scheme === 'vscode-notebook-cell') return this.judge(notebookOf(uri), keyHashes);
    if (uri.scheme !== 'file') return all(NO_REPOSITORY);
    if (!vscode.workspace.isTrusted) return all(RESTRICTED);
    if (this.isDisposed()) return all(uncheckedBecause(aborted()));
    void this.#follow();
    const located = await this.repositories.locate(uri.fsPath);
    if (!('watched' in located)) return all(located);
    const { watched, relativePath } = located;
    try {
      return await this.#inTurn(async () => {
        if (this.#pauses.has(watched)) return all(watched.pause?.verdict ?? uncheckedBecause(undefined));
        const verdicts = await this.#judgeIn(watched, relativePath, keyHashes);
        watched.pause = undefined;
        return verdicts;
      });
    } catch (error) {
      if (this.#stop.signal.aborted) return all(uncheckedBecause(error));
      this.#log.error(`Git did not answer in ${watched.repository.folder}`, error);
      const verdict = uncheckedBecause(error);
      if (verdict.reason === 'timeout') this.#pause(watched, verdict);
      return all(verdict);
    } finally {
      // Asked while we were given up, git may have been started again.
      if (this.isDisposed()) watched.repository.close();
    }
  }

  /** One document after the other would wait for a git that hangs. */
  #pause(watched: Watched, verdict: Unchecked): void {
    if (this.#pauses.has(watched)) return;
    const milliseconds = Math.min(
      LONGEST_PAUSE,
      watched.pause === undefined ? FIRST_PAUSE : 2 * watched.pause.milliseconds,
    );
    watched.pause = { verdict, milliseconds };
    this.#pauses.set(
      watched,
      setTimeout(() => {
        this.#repositoryChanged(watched);
      }, milliseconds),
    );
  }

  /** A scan can find a thousand files at once, and git is several processes for each. */
  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#asking >= MOST_AT_ONCE)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    this.#asking += 1;
    try {
      return await ask();
    } finally {
      this.#asking -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #judgeIn(watched: Watched, relativePath: string, keyHashes: readonly string[]): Promise<Verdicts> {
    for (;;) {
      const known = watched.verdicts.get(relativePath) ?? new Map<string, Verdict | Unchecked>();
      const missing = keyHashes.filter((keyHash) => !known.has(keyHash));
      if (missing.length === 0) return { byKey: known, root: watched.repository.root };
      const { generation } = watched;
      const { repository, history } = watched;
      const references =
        history === undefined
          ? undefined
          : await (watched.references ??= digestOfReferences(repository, this.#stop.signal));
      const verdicts = await judge(repository, relativePath, missing, {
        scan: scanForGit,
        history,
        references,
        signal: this.#stop.signal,
      });
      // The repository changed while git was reading it.
      if (watched.generation !== generation) continue;
      for (const [keyHash, verdict] of verdicts) known.set(keyHash, verdict);
      watched.verdicts.set(relativePath, known);
    }
  }

  /** What git said of this repository may no longer hold. */
  forgetVerdicts(watched: Watched): void {
    clearTimeout(this.#pauses.get(watched));
    this.#pauses.delete(watched);
    watched.generation += 1;
    watched.references = undefined;
    watched.verdicts.clear();
  }

  #repositoryChanged(watched: Watched): void {
    this.forgetVerdicts(watched);
    this.#changed.fire(watched);
  }

  async #follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    this.own(
      await followGitExtension(
        (root) => {
          for (const watched of this.repositories.all)
            if (watched.repository.root === root) this.#repositoryChanged(watched);
        },
        () => {
          this.repositories.forgetFolders();
        },
      ),
    );
  }
}

/** The notebook of a cell: `vscode-notebook-cell:/path/book.ipynb#cell` is in `/path/book.ipynb`. */
function notebookOf(cell: vscode.Uri): vscode.Uri {
  const notebook = vscode.workspace.notebookDocuments.find((each) =>
    each.getCells().some(({ document }) => document.uri.toString() === cell.toString()),
  );
  return notebook?.uri ?? cell.with({ scheme: 'untitled', fragment: '' });
}
