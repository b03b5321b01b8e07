/** Searches the history of repositories for keys: in the background, one after the other, and only what is new. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Disposable } from '../../ui/disposable.ts';
import { TaskQueue } from '../../ui/task-queue.ts';
import { GitError } from '../../secrets/git/error.ts';
import { readHistoryCache, writeHistoryCache } from '../../secrets/git/history-cache.ts';
import { type History, type HistoryProgress, scanHistory } from '../../secrets/git/history.ts';
import { digestOfReferences } from '../../secrets/git/references.ts';
import type { RepositoryState } from './repositories.ts';
import { scanForGit } from './scan.ts';

interface Running {
  readonly state: RepositoryState;
  readonly abort: AbortController;
  readonly result: Promise<History | undefined>;
  progress: HistoryProgress | undefined;
}

export class Histories extends Disposable {
  readonly #changed = this._register(new vscode.EventEmitter<RepositoryState>());
  /** Fires when a history has been scanned and `state.history` is set. */
  readonly onDidScan = this.#changed.event;
  readonly #progressed = this._register(new vscode.EventEmitter<void>());
  /** Fires when a scan starts, proceeds or ends; see {@link running}. */
  readonly onDidProgress = this.#progressed.event;
  readonly #folder: string | undefined;
  readonly #rules: string;
  readonly #log: Log;
  readonly #waiting = new Map<RepositoryState, NodeJS.Timeout>();
  readonly #queue = new TaskQueue();
  readonly #queued = new Map<RepositoryState, Running>();
  #current: Running | undefined;
  #lastReport = 0;
  readonly #failures = new WeakMap<RepositoryState, unknown>();

  /**
   * @param folder for caches; without one each window scans again
   * @param rules identifies the version of the detector's rules in caches
   */
  constructor(folder: string | undefined, rules: string, log: Log) {
    super();
    this.#folder = folder;
    this.#rules = rules;
    this.#log = log;
    this._register({
      dispose: () => {
        this.cancel();
      },
    });
  }

  /** The repository whose history is being scanned, and the progress. */
  get running(): { readonly state: RepositoryState; readonly progress: HistoryProgress | undefined } | undefined {
    return this.#current;
  }

  /** Scans later, unless the last scan is up to date. Another call restarts the delay. */
  schedule(state: RepositoryState, afterMs: number): void {
    if (this.isDisposed()) return;
    clearTimeout(this.#waiting.get(state));
    this.#waiting.set(
      state,
      setTimeout(() => {
        this.#waiting.delete(state);
        void this.#whenOutdated(state);
      }, afterMs),
    );
  }

  async #whenOutdated(state: RepositoryState): Promise<void> {
    try {
      if (state.history?.references === (await digestOfReferences(state.repository))) return;
    } catch {
      return;
    }
    await this.scan(state);
  }

  /** The error of the latest scan of this history, if it failed. */
  failureOf(state: RepositoryState): unknown {
    return this.#failures.get(state);
  }

  /**
   * Scans now, or after the scan that is running.
   * @returns undefined when the scan was canceled or failed
   */
  async scan(state: RepositoryState, token?: vscode.CancellationToken): Promise<History | undefined> {
    if (this.isDisposed()) return undefined;
    const running = this.#queued.get(state) ?? this.#enqueue(state);
    const listener = token?.onCancellationRequested(() => {
      running.abort.abort();
    });
    try {
      return await running.result;
    } finally {
      listener?.dispose();
    }
  }

  /** Cancels running, queued and scheduled scans. */
  cancel(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    for (const { abort } of this.#queued.values()) abort.abort();
  }

  #enqueue(state: RepositoryState): Running {
    const abort = new AbortController();
    // Not at once: the task uses `running`.
    const result = Promise.resolve()
      .then(() => this.#queue.run(() => this.#run(running)))
      .finally(() => {
        this.#queued.delete(state);
      });
    const running: Running = { state, abort, result, progress: undefined };
    this.#queued.set(state, running);
    return running;
  }

  async #run(running: Running): Promise<History | undefined> {
    const { state, abort } = running;
    const { repository } = state;
    const file = this.#cacheFile(state);
    const started = Date.now();
    this.#current = running;
    this.#progressed.fire();
    try {
      const history = await scanHistory(repository, {
        scan: scanForGit,
        rules: this.#rules,
        cache: state.history?.cache ?? (file === undefined ? undefined : await readHistoryCache(file)),
        signal: abort.signal,
        onProgress: (progress) => {
          this.#report(running, progress);
        },
      });
      state.history = history;
      this.#failures.delete(state);
      this.#log.info(
        `Scanned the history of ${repository.folder}: ${history.commits} commits in ${Date.now() - started} ms, keys: ${history.hits.size}.`,
      );
      if (file !== undefined) await writeHistoryCache(file, history.cache);
      this.#changed.fire(state);
      return history;
    } catch (error) {
      if (error instanceof GitError && error.code === 'aborted') return undefined;
      this.#failures.set(state, error);
      this.#log.error(`The history of ${repository.folder} could not be scanned`, error);
      return undefined;
    } finally {
      this.#current = undefined;
      this.#progressed.fire();
    }
  }

  #report(running: Running, progress: HistoryProgress): void {
    running.progress = progress;
    const now = Date.now();
    if (now - this.#lastReport < 250) return;
    this.#lastReport = now;
    this.#progressed.fire();
  }

  /** Named by a hash, because folder names can be confidential. */
  #cacheFile({ repository }: RepositoryState): string | undefined {
    return this.#folder === undefined
      ? undefined
      : path.join(this.#folder, `${createHash('sha256').update(repository.commonFolder).digest('hex')}.json`);
  }
}
