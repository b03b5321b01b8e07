/**
 * What Truework answered, as read-only JSON documents: `truework:/<connection id>/<kind>/<resource id>.json`.
 *
 * A file system and not untitled or generated text: nothing lands in hot exit or local history, tabs come back after a
 * reload, and "Compare with" works. Contents live in memory while a document is open, no longer.
 */
import * as vscode from 'vscode';
import { showHiddenCharactersInJson } from '../truework/hidden-characters.ts';
import { redactKeys } from '../truework/redact.ts';
import { Disposable } from '../ui/disposable.ts';
import { explainInOneLine } from '../ui/messages.ts';
import { plain } from '../ui/text.ts';

export const SCHEME = 'truework';

/** Fetches one resource. It may throw; the text of the error is what the editor shows. */
export type DocumentLoader = (connectionId: string, id: string) => Promise<unknown>;

interface Entry {
  readonly content: Uint8Array;
  readonly mtime: number;
}

/** So many contents are kept that were asked for without being opened, as by a comparison or another extension. */
const MAX_UNOPENED = 8;

/** What tells which documents are open. */
export type OpenTextDocuments = Pick<typeof vscode.workspace, 'onDidOpenTextDocument' | 'onDidCloseTextDocument'>;

export class Documents extends Disposable implements vscode.FileSystemProvider {
  readonly #loaders = new Map<string, DocumentLoader>();
  readonly #entries = new Map<string, Promise<Entry>>();
  /** Of the entries, those whose document was not opened so far, oldest first. The editor reads before it opens. */
  readonly #unopened = new Set<string>();
  readonly #changed = this._register(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.#changed.event;

  constructor(documents: OpenTextDocuments = vscode.workspace) {
    super();
    this._register(
      documents.onDidOpenTextDocument(({ uri }) => {
        this.#unopened.delete(uri.toString());
      }),
    );
    this._register(
      documents.onDidCloseTextDocument(({ uri }) => {
        this.drop(uri);
      }),
    );
    this._register({
      dispose: () => {
        this.#entries.clear();
      },
    });
  }

  /** Says how resources of this kind are fetched. */
  serve(kind: string, loader: DocumentLoader): void {
    this.#loaders.set(kind, loader);
  }

  static uri(connectionId: string, kind: string, id: string): vscode.Uri {
    return vscode.Uri.from({
      scheme: SCHEME,
      path: `/${encodeURIComponent(connectionId)}/${kind}/${encodeURIComponent(id)}.json`,
    });
  }

  /** Shows this value in the document if it is open; the next opening fetches anew. */
  changed(connectionId: string, kind: string, id: string, value: unknown): void {
    const uri = Documents.uri(connectionId, kind, id);
    if (this.#entries.has(uri.toString())) this.#set(uri, json(value));
  }

  /** Puts a text that is no resource of Truework's (a preview) under a file name; it stays until {@link drop}. */
  put(name: string, text: string): vscode.Uri {
    const uri = Documents.local(name);
    this.#set(uri, text);
    return uri;
  }

  static local(name: string): vscode.Uri {
    return vscode.Uri.from({ scheme: SCHEME, path: `/local/preview/${name}` });
  }

  drop(uri: vscode.Uri): void {
    this.#entries.delete(uri.toString());
    this.#unopened.delete(uri.toString());
  }

  /** Opens a document in an editor. @throws what its loader throws, which says more than the editor would */
  async show(uri: vscode.Uri, { preview = true }: { readonly preview?: boolean } = {}): Promise<void> {
    await this.#load(uri);
    await vscode.window.showTextDocument(uri, { preview });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { content, mtime } = await this.#read(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime,
      size: content.byteLength,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#read(uri)).content;
  }

  /** Changes come from {@link changed}, whoever watches. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  /** @throws vscode.FileSystemError with a sentence that the editor shows in place of the text */
  async #read(uri: vscode.Uri): Promise<Entry> {
    try {
      return await this.#load(uri);
    } catch (error) {
      throw error instanceof vscode.FileSystemError
        ? error
        : vscode.FileSystemError.Unavailable(explainInOneLine(error));
    }
  }

  #set(uri: vscode.Uri, text: string): void {
    const known = this.#entries.has(uri.toString());
    this.#entries.set(uri.toString(), Promise.resolve(entry(text)));
    if (known) this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async #load(uri: vscode.Uri): Promise<Entry> {
    const key = uri.toString();
    const known = this.#entries.get(key);
    if (known) return known;
    const loading = this.#fetch(uri);
    this.#entries.set(key, loading);
    this.#unopened.add(key);
    for (const oldest of this.#unopened) {
      if (this.#unopened.size <= MAX_UNOPENED) break;
      this.#entries.delete(oldest);
      this.#unopened.delete(oldest);
    }
    loading.catch(() => {
      if (this.#entries.get(key) === loading) this.drop(uri);
    });
    return loading;
  }

  async #fetch(uri: vscode.Uri): Promise<Entry> {
    const [, connectionId, kind, file] = uri.path.split('/');
    const loader = this.#loaders.get(kind ?? '');
    if (!loader || connectionId === undefined || !file?.endsWith('.json'))
      throw vscode.FileSystemError.FileNotFound(uri);
    try {
      return entry(
        json(await loader(decodeURIComponent(connectionId), decodeURIComponent(file.slice(0, -'.json'.length)))),
      );
    } catch (error) {
      throw vscode.FileSystemError.Unavailable(plain(explainInOneLine(error)));
    }
  }
}

/**
 * Keys are shown nowhere, not even those that somebody put into an order's metadata. Characters that hide or reorder others
 * show as what JSON calls them.
 */
function entry(text: string): Entry {
  return { content: new TextEncoder().encode(showHiddenCharactersInJson(redactKeys(text))), mtime: Date.now() };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
