import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../ui/log.ts';
import { Disposable } from '../ui/disposable.ts';
import { LeakDiagnostics } from './diagnostics/diagnostics.ts';
import type { SettingsReader } from './settings.ts';
import { CommitGuard } from './guards/before-commit.ts';
import { ClosedFiles } from './sources/closed-files.ts';
import { NotebookOutputs } from './sources/notebook-outputs.ts';
import { OpenDocuments } from './sources/open-documents.ts';
import type { LeakStore } from './store.ts';
import { workspaceFoldersOnDisk } from './workspace-folders.ts';
import { Histories } from './verdicts/histories.ts';
import { GitStatus } from './verdicts/git-status.ts';
import { historyStatus } from './verdicts/history-progress.ts';
import { filesInHistory, leaksInHistory } from './verdicts/leaks-in-history.ts';
import type { Repositories, RepositoryState } from './verdicts/repositories.ts';

export interface EngineDeps {
  readonly context: Pick<vscode.ExtensionContext, 'storageUri' | 'extension'>;
  readonly log: Log;
  readonly store: LeakStore;
  readonly settings: SettingsReader;
  /** Shows a text in the view, or removes it. */
  readonly showStatus: (text?: string) => void;
}

/** Delays before a history is scanned: after the window was opened, and after the repository changed. */
const FIRST_HISTORY_DELAY_MS = 5_000;
const NEXT_HISTORY_DELAY_MS = 2_000;

/** Detects leaks in documents, files and git. Loaded after the editor has started. */
export class LeakEngine extends Disposable {
  readonly histories: Histories;
  readonly repositories: Repositories;
  readonly files: ClosedFiles;
  /** Path of the bundled worker that scans files. */
  readonly worker: string;
  readonly #store: LeakStore;
  readonly settings: SettingsReader;
  readonly #gitStatus: GitStatus;
  readonly #documents: OpenDocuments;
  readonly #outputs: NotebookOutputs;

  constructor({ store, settings, log, showStatus, context }: EngineDeps) {
    super();
    this.#store = store;
    this.settings = settings;
    this.#gitStatus = this._register(new GitStatus(log));
    this.repositories = this.#gitStatus.repositories;
    const { version } = context.extension.packageJSON as { version: string };
    this.histories = this._register(
      new Histories(context.storageUri && path.join(context.storageUri.fsPath, 'history'), version, log),
    );
    this._register(
      this.#gitStatus.onDidFindRepository((state) => {
        this.#scheduleHistory(state, FIRST_HISTORY_DELAY_MS);
      }),
    );
    this._register(
      this.#gitStatus.onDidChangeRepository((state) => {
        this.#scheduleHistory(state, NEXT_HISTORY_DELAY_MS);
        void store.recheck(store.documents());
      }),
    );
    this._register(
      this.histories.onDidScan((state) => {
        this.#onHistory(state).catch((error: unknown) => {
          log.error('Leaks in the history could not be updated', error);
        });
      }),
    );
    this._register(
      this.histories.onDidProgress(() => {
        const { running } = this.histories;
        void vscode.commands.executeCommand('setContext', 'truework.searchingHistory', running !== undefined);
        showStatus(running === undefined ? undefined : historyStatus(running.progress));
      }),
    );
    this.worker = vscode.Uri.joinPath(context.extension.extensionUri, 'dist', 'leak-worker.js').fsPath;
    this.files = this._register(new ClosedFiles(store, settings, log, this.worker));
    this._register(new CommitGuard({ store, settings, files: this.files, check: this.#gitStatus, log }));
    store.engine = { git: this.#gitStatus, scanner: this };
    this._register({
      dispose: () => {
        store.engine = undefined;
      },
    });
    this._register(new LeakDiagnostics(store, settings));
    this.#documents = this._register(new OpenDocuments(store, this.files, settings, log));
    this.#outputs = this._register(new NotebookOutputs(store, settings));
    this._register(
      settings.onDidChange(() => {
        void this.refresh(undefined);
      }),
    );
  }

  async start(): Promise<void> {
    await this.#documents.scanAll();
    if (this.isDisposed()) return;
    this.#outputs.scanAll();
    // The first scan is complete without git.
    void this.#findRepositories();
  }

  async refresh(uris: readonly vscode.Uri[] | undefined): Promise<void> {
    const selected = uris === undefined ? undefined : new Set(uris.map(String));
    const isSelected = (uri: vscode.Uri) => selected === undefined || selected.has(uri.toString());
    this.repositories.forgetFolders();
    for (const state of this.repositories.all) this.#gitStatus.invalidate(state);
    await Promise.all(
      vscode.workspace.textDocuments
        .filter(({ uri }) => isSelected(uri))
        .map((document) => this.#documents.scan(document)),
    );
    this.#outputs.scanAll();
    await this.files.rescan(isSelected);
    await this.#findRepositories();
    await this.#store.recheck(this.#store.documents().filter(isSelected));
  }

  /** A history adds to verdicts, and names files that contain or contained keys. */
  async #onHistory(state: RepositoryState): Promise<void> {
    this.#gitStatus.invalidate(state);
    const rechecked = this.#store.recheck(this.#store.documents());
    const { history } = state;
    if (history === undefined || this.isDisposed()) return;
    await this.files.scanPaths(filesInHistory(state, history));
    const { root } = state.repository;
    const { allow } = this.settings.for(root === undefined ? undefined : vscode.Uri.file(root));
    const leaks = await leaksInHistory(state, history, allow);
    if (this.isDisposed()) {
      // leaksInHistory has started git again.
      state.repository.close();
      return;
    }
    this.#store.setGitLeaks(state.id, 'history', leaks);
    await rechecked;
  }

  #scheduleHistory(state: RepositoryState, afterMs: number): void {
    if (this.settings.for().scanHistory) this.histories.schedule(state, afterMs);
  }

  async #findRepositories(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    for (const { fsPath } of workspaceFoldersOnDisk()) if (!this.isDisposed()) await this.repositories.ofFolder(fsPath);
  }
}
