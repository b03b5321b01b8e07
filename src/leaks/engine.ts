/** Everything that looks for leaks, loaded after the editor has started. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../ui/log.ts';
import { Owner } from '../ui/lifecycle.ts';
import { LeakDiagnostics } from './diagnostics/diagnostics.ts';
import type { SettingsReader } from './settings.ts';
import { NotebookOutputs } from './sources/notebookOutputs.ts';
import { OpenDocuments } from './sources/openDocuments.ts';
import type { Engine, LeakStore, Verdicts } from './store.ts';
import { Histories } from './verdicts/histories.ts';
import { Judge } from './verdicts/judge.ts';
import type { Watched } from './verdicts/repositories.ts';

export interface EngineDeps {
  readonly store: LeakStore;
  readonly settings: SettingsReader;
  readonly log: Log;
  readonly context: Pick<vscode.ExtensionContext, 'storageUri' | 'extension'>;
}

/** The history is searched when the window has had time to open, and after a change when that has settled. */
const FIRST_HISTORY = 5_000;
const NEXT_HISTORY = 2_000;

export class LeakEngine extends Owner implements Engine {
  readonly histories: Histories;
  readonly #store: LeakStore;
  readonly #settings: SettingsReader;
  readonly #judge: Judge;
  readonly #documents: OpenDocuments;
  readonly #outputs: NotebookOutputs;

  constructor({ store, settings, log, context }: EngineDeps) {
    super();
    this.#store = store;
    this.#settings = settings;
    this.#judge = this.own(new Judge(log));
    const { version } = context.extension.packageJSON as { version: string };
    this.histories = this.own(new Histories(context.storageUri && path.join(context.storageUri.fsPath, 'history'), version, log));
    this.own(this.#judge.onDidFindRepository((watched) => { this.#historySoon(watched, FIRST_HISTORY); }));
    this.own(this.#judge.onDidChangeRepository((watched) => {
      this.#historySoon(watched, NEXT_HISTORY);
      void store.judgeAgain(store.documents());
    }));
    this.own(this.histories.onDidScan((watched) => { this.#judge.forgetVerdicts(watched); void store.judgeAgain(store.documents()); }));
    this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => { void this.refresh(undefined); }));
    store.engine = this;
    this.own({ dispose: () => { store.engine = undefined; } });
    this.own(new LeakDiagnostics(store, settings));
    this.#documents = this.own(new OpenDocuments(store, settings, log));
    this.#outputs = this.own(new NotebookOutputs(store, settings));
    this.own(settings.onDidChange(() => { void this.refresh(undefined); }));
  }

  async start(): Promise<void> {
    await this.#documents.lookAtAll();
    this.#outputs.lookAtAll();
    await this.#findRepositories();
  }

  judge(uri: vscode.Uri, keyHashes: readonly string[]): Promise<Verdicts> {
    return this.#judge.judge(uri, keyHashes);
  }

  async refresh(uris: readonly vscode.Uri[] | undefined): Promise<void> {
    const wanted = uris === undefined ? undefined : new Set(uris.map(String));
    const isWanted = (uri: vscode.Uri) => wanted === undefined || wanted.has(uri.toString());
    this.#judge.repositories.forgetFolders();
    for (const watched of this.#judge.repositories.all) this.#judge.forgetVerdicts(watched);
    await Promise.all(vscode.workspace.textDocuments.filter(({ uri }) => isWanted(uri)).map((document) => this.#documents.look(document)));
    this.#outputs.lookAtAll();
    await this.#store.judgeAgain(this.#store.documents().filter(isWanted));
  }

  /** Background searches are for repositories that are open as folders or hold a document with a key. */
  #historySoon(watched: Watched, afterMs: number): void {
    if (this.#settings.for().scanHistory) this.histories.soon(watched, afterMs);
  }

  async #findRepositories(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) if (uri.scheme === 'file') await this.#judge.repositories.ofFolder(uri.fsPath);
  }
}
