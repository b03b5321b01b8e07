/** Looks for keys in open documents, of any language, while they are being written. */
import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Disposable } from '../../ui/disposable.ts';
import { mayHoldKey } from '../../secrets/detector/needles.ts';
import { scanInSlices } from '../../secrets/detector/scan.ts';
import { isWatched } from '../../secrets/surface.ts';
import { exclusionOf, hides } from '../exclusion.ts';
import type { SettingsReader } from '../settings.ts';
import type { LeakStore } from '../store.ts';
import type { ClosedFiles } from './closed-files.ts';
import { mayAddKey } from '../../secrets/detector/touched.ts';

/** A pause in typing after which a document that holds keys is looked at again, in milliseconds. */
const DEBOUNCE = 150;
const LARGE_DEBOUNCE = 500;
const LARGE = 1024 * 1024;

interface DocumentState {
  /** True when the text at this version held nothing that begins like a key: then only changes need a look. */
  isClean: boolean;
  /** Of the text that was looked at last. */
  version: number;
  timer: NodeJS.Timeout | undefined;
  /** The look that is under way or was the last one, and what ends it. */
  abort: AbortController;
  scan: Promise<void>;
}

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
        for (const document of workspace.textDocuments) clearTimeout(this.#states.get(document)?.timer);
      },
    });
  }

  /** Looks at everything that is open, one document after the other, with room for the editor between them. */
  async scanAll(): Promise<void> {
    for (const document of vscode.workspace.textDocuments) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (!document.isClosed) await this.scan(document);
    }
  }

  /** Looks at the whole document now, instead of a look that is under way. A result that the document has outrun is dropped: its change asks again. */
  async scan(document: vscode.TextDocument): Promise<void> {
    if (this.isDisposed() || !isWatched(document.uri.scheme)) return;
    const state = this.#state(document);
    clearTimeout(state.timer);
    state.timer = undefined;
    state.abort.abort();
    state.abort = new AbortController();
    const { signal } = state.abort;
    const looking = this.#read(document, state, signal);
    state.scan = looking;
    await looking;
    // Who asked for a look that was given up wants to know what the one in its place has found.
    if (signal.aborted && state.scan !== looking) await state.scan;
  }

  async #read(document: vscode.TextDocument, state: DocumentState, signal: AbortSignal): Promise<void> {
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
        // Its change has asked for another look, or else was too small to be told of.
        if (state.version === version && !signal.aborted) await this.#read(document, state, signal);
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
      if (!signal.aborted) this.#log.error('A document could not be searched for keys', error);
    }
  }

  #onChange(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    if (changes.length === 0 || !isWatched(document.uri.scheme)) return;
    const state = this.#state(document);
    const brought = mayAddKey(document, changes);
    if (state.isClean && !brought) return;
    state.isClean = false;
    clearTimeout(state.timer);
    if (brought) void this.scan(document);
    else
      state.timer = setTimeout(
        () => {
          void this.scan(document);
        },
        document.offsetAt(document.lineAt(document.lineCount - 1).range.end) > LARGE ? LARGE_DEBOUNCE : DEBOUNCE,
      );
  }

  /** A file of the workspace stays in view when its tab is closed, as it is on disk; anything else goes. */
  async #onClose(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const state = this.#states.get(document);
    clearTimeout(state?.timer);
    state?.abort.abort();
    this.#states.delete(document);
    const stays =
      uri.scheme === 'file' && this.#store.in(uri).length > 0 && vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    if (stays) {
      try {
        await this.#files.scanPaths([uri.fsPath]);
      } catch (error) {
        this.#log.error('A closed file could not be searched for keys', error);
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
          timer: undefined,
          abort: new AbortController(),
          scan: Promise.resolve(),
        }),
      );
    return state;
  }
}
