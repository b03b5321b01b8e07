/** Searches the history of repositories for keys: in the background, one after the other, and only what is new. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Owner } from '../../ui/disposable.ts';
import { GitError } from '../../secrets/git/error.ts';
import { readHistoryCache, writeHistoryCache } from '../../secrets/git/history-cache.ts';
import { type History, type HistoryProgress, scanHistory } from '../../secrets/git/history.ts';
import { digestOfReferences } from '../../secrets/git/references.ts';
import type { Watched } from './repositories.ts';
import { scanForGit } from './scan.ts';

interface Running {
  readonly watched: Watched;
  readonly stop: AbortController;
  readonly result: Promise<History | undefined>;
  progress: HistoryProgress | undefined;
}

export class Histories extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<Watched>());
  /** A history was searched; `watched.history` is new. */
  readonly onDidScan = this.#changed.event;
  readonly #progressed = this.own(new vscode.EventEmitter<void>());
  /** The search began, went on or ended; see {@link running}. */
  readonly onDidProgress = this.#progressed.event;
  readonly #folder: string | undefined;
  readonly #rules: string;
  readonly #log: Log;
  readonly #waiting = new Map<Watched, NodeJS.Timeout>();
  #queue: Promise<unknown> = Promise.resolve();
  readonly #queued = new Map<Watched, Running>();
  #current: Running | undefined;
  readonly #failures = new WeakMap<Watched, unknown>();

  /**
   * @param folder where caches lie; without one each window searches anew
   * @param rules name of the detector's rules
   */
  constructor(folder: string | undefined, rules: string, log: Log) {
    super();
    this.#folder = folder;
    this.#rules = rules;
    this.#log = log;
    this.own({
      dispose: () => {
        this.cancel();
      },
    });
  }

  /** The repository whose history is being searched, and how far. */
  get running(): { readonly watched: Watched; readonly progress: HistoryProgress | undefined } | undefined {
    return this.#current;
  }

  /** Searches in a while, unless the last search is up to date. Asked again meanwhile, it waits anew. */
  soon(watched: Watched, afterMs: number): void {
    if (this.isDisposed()) return;
    clearTimeout(this.#waiting.get(watched));
    this.#waiting.set(
      watched,
      setTimeout(() => {
        this.#waiting.delete(watched);
        void this.#whenOutdated(watched);
      }, afterMs),
    );
  }

  async #whenOutdated(watched: Watched): Promise<void> {
    try {
      if (watched.history?.references === (await digestOfReferences(watched.repository))) return;
    } catch {
      return;
    }
    await this.scan(watched);
  }

  /** Why the latest search of this history failed; undefined when it did not. */
  failureOf(watched: Watched): unknown {
    return this.#failures.get(watched);
  }

  /**
   * Searches now, or after the search that runs.
   * @returns undefined when it was cancelled or failed
   */
  async scan(watched: Watched, token?: vscode.CancellationToken): Promise<History | undefined> {
    if (this.isDisposed()) return undefined;
    const running = this.#queued.get(watched) ?? this.#enqueue(watched);
    const listener = token?.onCancellationRequested(() => {
      running.stop.abort();
    });
    try {
      return await running.result;
    } finally {
      listener?.dispose();
    }
  }

  /** Stops what runs and what waits. */
  cancel(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    for (const { stop } of this.#queued.values()) stop.abort();
  }

  #enqueue(watched: Watched): Running {
    const stop = new AbortController();
    const result = this.#queue
      .then(() => this.#run(running))
      .finally(() => {
        this.#queued.delete(watched);
      });
    const running: Running = { watched, stop, result, progress: undefined };
    this.#queue = result;
    this.#queued.set(watched, running);
    return running;
  }

  async #run(running: Running): Promise<History | undefined> {
    const { watched, stop } = running;
    const { repository } = watched;
    const file = this.#cacheFile(watched);
    const began = Date.now();
    this.#current = running;
    this.#progressed.fire();
    try {
      const history = await scanHistory(repository, {
        scan: scanForGit,
        rules: this.#rules,
        cache: watched.history?.cache ?? (file === undefined ? undefined : await readHistoryCache(file)),
        signal: stop.signal,
        onProgress: (progress) => {
          this.#report(running, progress);
        },
      });
      watched.history = history;
      this.#failures.delete(watched);
      this.#log.info(
        `Searched the history of ${repository.folder}: ${history.commits} commits in ${Date.now() - began} ms, keys: ${history.hits.size}.`,
      );
      if (file !== undefined) await writeHistoryCache(file, history.cache);
      this.#changed.fire(watched);
      return history;
    } catch (error) {
      if (error instanceof GitError && error.code === 'aborted') return undefined;
      this.#failures.set(watched, error);
      this.#log.error(`The history of ${repository.folder} could not be searched`, error);
      return undefined;
    } finally {
      this.#current = undefined;
      this.#progressed.fire();
    }
  }

  #lastReport = 0;

  #report(running: Running, progress: HistoryProgress): void {
    running.progress = progress;
    const now = Date.now();
    if (now - this.#lastReport < 250) return;
    this.#lastReport = now;
    this.#progressed.fire();
  }

  /** Named by a hash: a folder's name may itself be something to keep. */
  #cacheFile({ repository }: Watched): string | undefined {
    return this.#folder === undefined
      ? undefined
      : path.join(this.#folder, `${createHash('sha256').update(repository.commonFolder).digest('hex')}.json`);
  }
}
