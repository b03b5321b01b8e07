/** Everything that looks for leaks, loaded after the editor has started. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../ui/log.ts';
import { Owner } from '../ui/disposable.ts';
import { historyStatus } from './commands/scan-history.ts';
import { LeakDiagnostics } from './diagnostics/diagnostics.ts';
import type { SettingsReader } from './settings.ts';
import { CommitGuard } from './guards/before-commit.ts';
import { ClosedFiles } from './sources/closed-files.ts';
import { NotebookOutputs } from './sources/notebook-outputs.ts';
import { OpenDocuments } from './sources/open-documents.ts';
import type { Engine, LeakStore, Verdicts } from './store.ts';
import { Histories } from './verdicts/histories.ts';
import { Judge } from './verdicts/git-status.ts';
import { filesWithPast, pastLeaks } from './verdicts/leaks-in-history.ts';
import type { Repositories, Watched } from './verdicts/repositories.ts';

export interface EngineDeps {
  readonly store: LeakStore;
  readonly settings: SettingsReader;
  readonly log: Log;
  /** Shows what is going on in the view; nothing when called without a text. */
  readonly showStatus: (text?: string) => void;
  readonly context: Pick<vscode.ExtensionContext, 'storageUri' | 'extension'>;
}

/** The history is searched when the window has had time to open, and after a change when that has settled. */
const FIRST_HISTORY = 5_000;
const NEXT_HISTORY = 2_000;

export class LeakEngine extends Owner implements Engine {
  readonly histories: Histories;
  readonly files: ClosedFiles;
  /** The bundled worker that reads files. */
  readonly worker: string;
  readonly #store: LeakStore;
  readonly settings: SettingsReader;
  readonly #judge: Judge;
  readonly #documents: OpenDocuments;
  readonly #outputs: NotebookOutputs;

  constructor({ store, settings, log, showStatus, context }: EngineDeps) {
    super();
    this.#store = store;
    this.settings = settings;
    this.#judge = this.own(new Judge(log));
    const { version } = context.extension.packageJSON as { version: string };
    this.histories = this.own(
      new Histories(context.storageUri && path.join(context.storageUri.fsPath, 'history'), version, log),
    );
    this.own(
      this.#judge.onDidFindRepository((watched) => {
        this.#historySoon(watched, FIRST_HISTORY);
      }),
    );
    this.own(
      this.#judge.onDidChangeRepository((watched) => {
        this.#historySoon(watched, NEXT_HISTORY);
        void store.judgeAgain(store.documents());
      }),
    );
    this.own(
      this.histories.onDidScan((watched) => {
        this.#onHistory(watched).catch((error: unknown) => {
          log.error('What the history holds cannot be shown', error);
        });
      }),
    );
    this.own(
      this.histories.onDidProgress(() => {
        const { running } = this.histories;
        void vscode.commands.executeCommand('setContext', 'truework.searchingHistory', running !== undefined);
        showStatus(running === undefined ? undefined : historyStatus(running.progress));
      }),
    );
    this.worker = vscode.Uri.joinPath(context.extension.extensionUri, 'dist', 'leak-worker.js').fsPath;
    this.files = this.own(new ClosedFiles(store, settings, log, this.worker));
    this.own(new CommitGuard({ store, settings, files: this.files, judge: this.#judge, log }));
    store.engine = this;
    this.own({
      dispose: () => {
        store.engine = undefined;
      },
    });
    this.own(new LeakDiagnostics(store, settings));
    this.#documents = this.own(new OpenDocuments(store, this.files, settings, log));
    this.#outputs = this.own(new NotebookOutputs(store, settings));
    this.own(
      settings.onDidChange(() => {
        void this.refresh(undefined);
      }),
    );
  }

  get repositories(): Repositories {
    return this.#judge.repositories;
  }

  async start(): Promise<void> {
    await this.#documents.lookAtAll();
    if (this.isDisposed()) return;
    this.#outputs.lookAtAll();
    // Whoever waits for the first look waits for no git.
    void this.#findRepositories();
  }

  judge(uri: vscode.Uri, keyHashes: readonly string[]): Promise<Verdicts> {
    return this.#judge.judge(uri, keyHashes);
  }

  async refresh(uris: readonly vscode.Uri[] | undefined): Promise<void> {
    const wanted = uris === undefined ? undefined : new Set(uris.map(String));
    const isWanted = (uri: vscode.Uri) => wanted === undefined || wanted.has(uri.toString());
    this.#judge.repositories.forgetFolders();
    for (const watched of this.#judge.repositories.all) this.#judge.forgetVerdicts(watched);
    await Promise.all(
      vscode.workspace.textDocuments
        .filter(({ uri }) => isWanted(uri))
        .map((document) => this.#documents.look(document)),
    );
    this.#outputs.lookAtAll();
    await this.files.lookAgain(isWanted);
    await this.#findRepositories();
    await this.#store.judgeAgain(this.#store.documents().filter(isWanted));
  }

  /** With a history, verdicts say more, and files come to light that no editor shows. */
  async #onHistory(watched: Watched): Promise<void> {
    this.#judge.forgetVerdicts(watched);
    const judged = this.#store.judgeAgain(this.#store.documents());
    const { history } = watched;
    if (history === undefined || this.isDisposed()) return;
    await this.files.lookAt(filesWithPast(watched, history));
    const { root } = watched.repository;
    const { allow } = this.settings.for(root === undefined ? undefined : vscode.Uri.file(root));
    const past = await pastLeaks(watched, history, allow);
    if (this.isDisposed()) {
      // Reading has started git again.
      watched.repository.close();
      return;
    }
    this.#store.setPast(`${watched.id} history`, past);
    await judged;
  }

  /** Background searches are for repositories that are open as folders or hold a document with a key. */
  #historySoon(watched: Watched, afterMs: number): void {
    if (this.settings.for().scanHistory) this.histories.soon(watched, afterMs);
  }

  async #findRepositories(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    for (const { uri } of vscode.workspace.workspaceFolders ?? [])
      if (uri.scheme === 'file' && !this.isDisposed()) await this.#judge.repositories.ofFolder(uri.fsPath);
  }
}
