/**
 * Truework's resources as read-only JSON documents: `truework:/<connection ID>/<kind>/<resource ID>.json`.
 *
 * They are a file system rather than untitled or generated text: nothing is stored in hot exit or local history, tabs
 * reopen after a reload, and "Compare with" works. Contents are in memory only while a document is open.
 */
import * as vscode from 'vscode';
import { showHiddenCharactersInJson } from '../truework/hidden-characters.ts';
import { redactKeys } from '../truework/redact.ts';
import { Disposable } from '../ui/disposable.ts';
import { explainInOneLine } from '../ui/messages.ts';
import { plain } from '../ui/text.ts';

export const TRUEWORK_SCHEME = 'truework';

/** Fetches one resource. If it throws, the editor shows the message of the error. */
export type DocumentLoader = (connectionId: string, id: string) => Promise<unknown>;

interface CachedDocument {
  readonly content: Uint8Array;
  readonly mtime: number;
}

/** How many documents stay cached that were read but not opened, for example by a comparison or another extension. */
const MAX_UNOPENED = 8;

/** The events that show which documents are open. */
export type OpenTextDocuments = Pick<typeof vscode.workspace, 'onDidOpenTextDocument' | 'onDidCloseTextDocument'>;

export class Documents extends Disposable implements vscode.FileSystemProvider {
  readonly #loaders = new Map<string, DocumentLoader>();
  readonly #documents = new Map<string, Promise<CachedDocument>>();
  /** URIs of the documents that were read but not opened so far, oldest first: the editor reads before it opens. */
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
        this.#documents.clear();
      },
    });
  }

  /** Registers how resources of this kind are fetched. */
  serve(kind: string, loader: DocumentLoader): void {
    this.#loaders.set(kind, loader);
  }

  static uri(connectionId: string, kind: string, id: string): vscode.Uri {
    return vscode.Uri.from({
      scheme: TRUEWORK_SCHEME,
      path: `/${encodeURIComponent(connectionId)}/${kind}/${encodeURIComponent(id)}.json`,
    });
  }

  /** Updates the document if it is open. Otherwise, it is fetched when it is opened. */
  changed(connectionId: string, kind: string, id: string, value: unknown): void {
    const uri = Documents.uri(connectionId, kind, id);
    if (this.#documents.has(uri.toString())) this.#set(uri, formatJson(value));
  }

  /** Adds a document that is not a resource of Truework, such as a preview. It stays until {@link drop}. */
  put(name: string, text: string): vscode.Uri {
    const uri = Documents.local(name);
    this.#set(uri, text);
    return uri;
  }

  static local(name: string): vscode.Uri {
    return vscode.Uri.from({ scheme: TRUEWORK_SCHEME, path: `/local/preview/${name}` });
  }

  drop(uri: vscode.Uri): void {
    this.#documents.delete(uri.toString());
    this.#unopened.delete(uri.toString());
  }

  /** Opens a document in an editor. @throws what its loader throws, which is more precise than the editor's error */
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

  /** Not needed: {@link changed} reports every change. */
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

  /** @throws vscode.FileSystemError with a message that the editor shows in place of the text */
  async #read(uri: vscode.Uri): Promise<CachedDocument> {
    try {
      return await this.#load(uri);
    } catch (error) {
      throw error instanceof vscode.FileSystemError
        ? error
        : vscode.FileSystemError.Unavailable(explainInOneLine(error));
    }
  }

  #set(uri: vscode.Uri, text: string): void {
    const known = this.#documents.has(uri.toString());
    this.#documents.set(uri.toString(), Promise.resolve(cachedDocument(text)));
    if (known) this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async #load(uri: vscode.Uri): Promise<CachedDocument> {
    const key = uri.toString();
    const known = this.#documents.get(key);
    if (known) return known;
    const loading = this.#fetch(uri);
    this.#documents.set(key, loading);
    this.#unopened.add(key);
    for (const oldest of this.#unopened) {
      if (this.#unopened.size <= MAX_UNOPENED) break;
      this.#documents.delete(oldest);
      this.#unopened.delete(oldest);
    }
    loading.catch(() => {
      if (this.#documents.get(key) === loading) this.drop(uri);
    });
    return loading;
  }

  async #fetch(uri: vscode.Uri): Promise<CachedDocument> {
    const [, connectionId, kind, file] = uri.path.split('/');
    const loader = this.#loaders.get(kind ?? '');
    if (!loader || connectionId === undefined || !file?.endsWith('.json'))
      throw vscode.FileSystemError.FileNotFound(uri);
    try {
      return cachedDocument(
        formatJson(await loader(decodeURIComponent(connectionId), decodeURIComponent(file.slice(0, -'.json'.length)))),
      );
    } catch (error) {
      throw vscode.FileSystemError.Unavailable(plain(explainInOneLine(error)));
    }
  }
}

/** Masks keys, even those in an order's metadata, and escapes characters that hide or reorder others. */
function cachedDocument(text: string): CachedDocument {
  return { content: new TextEncoder().encode(showHiddenCharactersInJson(redactKeys(text))), mtime: Date.now() };
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
