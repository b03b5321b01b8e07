import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Disposable } from '../../ui/disposable.ts';
import { TaskQueue } from '../../ui/task-queue.ts';
import { aborted } from '../../secrets/git/error.ts';
import { digestOfReferences } from '../../secrets/git/references.ts';
import { verdictsOf, unknownBecause } from '../../secrets/git/verdict.ts';
import type { UnknownVerdict, Verdict } from '../../secrets/verdict.ts';
import { notebookUriOf } from '../notebooks.ts';
import type { Verdicts } from '../store.ts';
import { workspacePaths } from '../workspace-folders.ts';
import { followGitExtension, watchGitState } from './git-watch.ts';
import { Repositories, type RepositoryState } from './repositories.ts';
import { scanForGit } from './scan.ts';

const RESTRICTED: UnknownVerdict = { location: 'unknown', reason: 'restricted' };
const NO_REPOSITORY: UnknownVerdict = { location: 'unknown', reason: 'no-repository' };

/** A scan can find a thousand files at once, and git is several processes for each. */
const MAX_CONCURRENT = 4;

/** After a timeout, git is queried again after this time, which doubles with each further timeout. */
const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 600_000;

/**
 * Queries git for verdicts on the keys of a document. Git does not run before the workspace is trusted: a repository's
 * configuration can name programs to run.
 */
export class GitStatus extends Disposable {
  readonly #changed = this._register(new vscode.EventEmitter<RepositoryState>());
  /** Fires when verdicts on files of a repository may have changed. */
  readonly onDidChangeRepository = this.#changed.event;
  readonly #found = this._register(new vscode.EventEmitter<RepositoryState>());
  /** Fires when a repository is used for the first time. */
  readonly onDidFindRepository = this.#found.event;
  readonly repositories: Repositories;
  readonly #log: Log;
  readonly #queue = new TaskQueue(MAX_CONCURRENT);
  readonly #abort = new AbortController();
  readonly #pauses = new Map<RepositoryState, NodeJS.Timeout>();
  #following = false;

  constructor(log: Log) {
    super();
    this.#log = log;
    this.repositories = this._register(
      new Repositories({
        workspaceFolders: workspacePaths,
        onNew: (state) => {
          state.watcher = watchGitState(state, () => {
            this.#repositoryChanged(state);
          });
          this.#found.fire(state);
        },
      }),
    );
    this._register({
      dispose: () => {
        this.#abort.abort();
        for (const timer of this.#pauses.values()) clearTimeout(timer);
      },
    });
  }

  /** @returns a verdict for each key of the document */
  async check(uri: vscode.Uri, keyHashes: readonly string[]): Promise<Verdicts> {
    const all = (verdict: UnknownVerdict): Verdicts => ({
      byKey: new Map(keyHashes.map((keyHash) => [keyHash, verdict])),
    });
    if (uri.scheme === 'vscode-notebook-cell') return this.check(fileOfCell(uri), keyHashes);
    if (uri.scheme !== 'file') return all(NO_REPOSITORY);
    if (!vscode.workspace.isTrusted) return all(RESTRICTED);
    if (this.isDisposed()) return all(unknownBecause(aborted()));
    void this.#follow();
    const located = await this.repositories.locate(uri.fsPath);
    if (!('state' in located)) return all(located);
    const { state, relativePath } = located;
    try {
      return await this.#queue.run(async () => {
        if (this.#pauses.has(state)) return all(state.pause?.verdict ?? unknownBecause(undefined));
        const verdicts = await this.#checkIn(state, relativePath, keyHashes);
        state.pause = undefined;
        return verdicts;
      });
    } catch (error) {
      if (this.#abort.signal.aborted) return all(unknownBecause(error));
      this.#log.error(`Git failed in ${state.repository.folder}`, error);
      const verdict = unknownBecause(error);
      if (verdict.reason === 'timeout') this.#pause(state, verdict);
      return all(verdict);
    } finally {
      // The query may have started git again after dispose() closed the repository.
      if (this.isDisposed()) state.repository.close();
    }
  }

  /** Otherwise one document after another would wait for a git that hangs. */
  #pause(state: RepositoryState, verdict: UnknownVerdict): void {
    if (this.#pauses.has(state)) return;
    const milliseconds = Math.min(
      MAX_PAUSE_MS,
      state.pause === undefined ? FIRST_PAUSE_MS : 2 * state.pause.milliseconds,
    );
    state.pause = { verdict, milliseconds };
    this.#pauses.set(
      state,
      setTimeout(() => {
        this.#repositoryChanged(state);
      }, milliseconds),
    );
  }

  async #checkIn(state: RepositoryState, relativePath: string, keyHashes: readonly string[]): Promise<Verdicts> {
    for (;;) {
      const known = state.verdicts.get(relativePath) ?? new Map<string, Verdict | UnknownVerdict>();
      const missing = keyHashes.filter((keyHash) => !known.has(keyHash));
      if (missing.length === 0) return { byKey: known, root: state.repository.root };
      const { generation } = state;
      const { repository, history } = state;
      const references =
        history === undefined
          ? undefined
          : await (state.references ??= digestOfReferences(repository, this.#abort.signal));
      const verdicts = await verdictsOf(repository, relativePath, missing, {
        scan: scanForGit,
        history,
        references,
        signal: this.#abort.signal,
      });
      // The repository changed while git was reading it.
      if (state.generation !== generation) continue;
      for (const [keyHash, verdict] of verdicts) known.set(keyHash, verdict);
      state.verdicts.set(relativePath, known);
    }
  }

  /** Drops the verdicts of a repository that may have changed. */
  invalidate(state: RepositoryState): void {
    clearTimeout(this.#pauses.get(state));
    this.#pauses.delete(state);
    state.generation += 1;
    state.references = undefined;
    state.verdicts.clear();
  }

  #repositoryChanged(state: RepositoryState): void {
    this.invalidate(state);
    this.#changed.fire(state);
  }

  async #follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    this._register(
      await followGitExtension(
        (root) => {
          for (const state of this.repositories.all) if (state.repository.root === root) this.#repositoryChanged(state);
        },
        () => {
          this.repositories.forgetFolders();
        },
      ),
    );
  }
}

/** The notebook of a cell: `vscode-notebook-cell:/path/book.ipynb#cell` is in `/path/book.ipynb`. */
function fileOfCell(cell: vscode.Uri): vscode.Uri {
  return notebookUriOf(cell) ?? cell.with({ scheme: 'untitled', fragment: '' });
}
