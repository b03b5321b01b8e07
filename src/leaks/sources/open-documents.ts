import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Disposable } from '../../ui/disposable.ts';
import { Debounce } from '../../ui/timers.ts';
import { mayHoldKey } from '../../secrets/detector/needles.ts';
import { scanInSlices } from '../../secrets/detector/scan.ts';
import { isWatched } from '../../secrets/surface.ts';
import { exclusionOf, hides } from '../exclusion.ts';
import type { SettingsReader } from '../settings.ts';
import type { LeakStore } from '../store.ts';
import type { ClosedFiles } from './closed-files.ts';
import { mayAddKey } from '../../secrets/detector/touched.ts';

/** A pause in typing after which a document with keys is scanned again. */
const DEBOUNCE_MS = 150;
const LARGE_DEBOUNCE_MS = 500;
/** In UTF-16 code units. */
const LARGE_SIZE = 1024 * 1024;

interface DocumentState {
  /** Whether the text at this version contains nothing that starts like a key: then only changes are checked. */
  isClean: boolean;
  /** Of the text that was scanned last. */
  version: number;
  readonly debounce: Debounce;
  /** The current or last scan, and its controller. */
  abort: AbortController;
  scan: Promise<void>;
}

/** Scans open documents of any language as they change. */
export class OpenDocuments extends Disposable {
  readonly #store: LeakStore;
  readonly #files: ClosedFiles;
  readonly #log: Log;
  readonly #states = new WeakMap<vscode.TextDocument, DocumentState>();
  readonly #settings: SettingsReader;

  constructor(store: LeakStore, files: ClosedFiles, settings: SettingsReader, log: Log) {
    super();
    this.#files = files;
    this.#store = store;
    this.#settings = settings;
    this.#log = log;
    const { workspace } = vscode;
    this._register(
      workspace.onDidOpenTextDocument((document) => {
        void this.scan(document);
      }),
    );
    this._register(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.#onChange(document, contentChanges);
      }),
    );
    this._register(
      workspace.onDidSaveTextDocument((document) => {
        void this.scan(document).then(() => store.recheck([document.uri]));
      }),
    );
    this._register(
      workspace.onDidCloseTextDocument((document) => {
        void this.#onClose(document);
      }),
    );
    this._register({
      dispose: () => {
        for (const document of workspace.textDocuments) this.#states.get(document)?.debounce.dispose();
      },
    });
  }

  /** Scans all open documents one by one, and yields to the editor between them. */
  async scanAll(): Promise<void> {
    for (const document of vscode.workspace.textDocuments) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (!document.isClosed) await this.scan(document);
    }
  }

  /** Scans the whole document now, in place of a running scan. A result for an outdated version is dropped. */
  async scan(document: vscode.TextDocument): Promise<void> {
    if (this.isDisposed() || !isWatched(document.uri.scheme)) return;
    const state = this.#state(document);
    state.debounce.cancel();
    state.abort.abort();
    state.abort = new AbortController();
    const { signal } = state.abort;
    const scan = this.#scanText(document, state, signal);
    state.scan = scan;
    await scan;
    // The caller of an aborted scan waits for the one that replaced it.
    if (signal.aborted && state.scan !== scan) await state.scan;
  }

  async #scanText(document: vscode.TextDocument, state: DocumentState, signal: AbortSignal): Promise<void> {
    const text = document.getText();
    const { version } = document;
    state.version = version;
    state.isClean = !mayHoldKey(text);
    if (state.isClean) {
      this.#store.set(document.uri, 'buffer', []);
      return;
    }
    const settings = this.#settings.for(document.uri);
    const excluded = exclusionOf(document.uri, settings);
    try {
      const { findings } = await scanInSlices(text, { allow: settings.allow, signal });
      if (document.isClosed || this.isDisposed()) return;
      if (document.version !== version) {
        // The change has scheduled another scan, unless it came without an event.
        if (state.version === version && !signal.aborted) await this.#scanText(document, state, signal);
        return;
      }
      this.#store.set(
        document.uri,
        'buffer',
        findings
          .filter(({ kind }) => !hides(excluded, kind))
          .map((finding) => ({
            finding,
            range: new vscode.Range(document.positionAt(finding.start), document.positionAt(finding.end)),
          })),
      );
    } catch (error) {
      if (!signal.aborted) this.#log.error('A document could not be scanned for keys', error);
    }
  }

  #onChange(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    if (changes.length === 0 || !isWatched(document.uri.scheme)) return;
    const state = this.#state(document);
    const mayHaveNewKey = mayAddKey(document, changes);
    if (state.isClean && !mayHaveNewKey) return;
    state.isClean = false;
    if (mayHaveNewKey) void this.scan(document);
    else {
      const size = document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
      state.debounce.schedule(size > LARGE_SIZE ? LARGE_DEBOUNCE_MS : DEBOUNCE_MS);
    }
  }

  /** Leaks in files of the workspace stay listed as they are on disk; those in other documents are removed. */
  async #onClose(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const state = this.#states.get(document);
    state?.debounce.dispose();
    state?.abort.abort();
    this.#states.delete(document);
    const stays =
      uri.scheme === 'file' && this.#store.in(uri).length > 0 && vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    if (stays) {
      try {
        await this.#files.scanPaths([uri.fsPath]);
      } catch (error) {
        this.#log.error('A closed file could not be scanned for keys', error);
      }
      if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri.toString())) return;
    }
    this.#store.drop(uri, 'buffer');
  }

  #state(document: vscode.TextDocument): DocumentState {
    let state = this.#states.get(document);
    if (state === undefined)
      this.#states.set(
        document,
        (state = {
          isClean: false,
          version: -1,
          debounce: new Debounce(DEBOUNCE_MS, () => {
            void this.scan(document);
          }),
          abort: new AbortController(),
          scan: Promise.resolve(),
        }),
      );
    return state;
  }
}
