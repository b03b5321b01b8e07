import * as vscode from 'vscode';

/** What a {@link LazyFileSystem} shows. */
export type ReadOnlyFiles = Pick<vscode.FileSystemProvider, 'onDidChangeFile' | 'stat' | 'readFile'>;

/** A read-only file system whose code is loaded when one of its files is asked for. It tells of changes without being asked. */
export class LazyFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  readonly #load: () => Promise<ReadOnlyFiles>;
  #following: vscode.Disposable | undefined;
  #disposed = false;

  constructor(load: () => Promise<ReadOnlyFiles>) {
    this.#load = load;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return (await this.#files()).stat(uri);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#files()).readFile(uri);
  }

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

  dispose(): void {
    this.#disposed = true;
    this.#following?.dispose();
    this.#changed.dispose();
  }

  async #files(): Promise<ReadOnlyFiles> {
    const files = await this.#load();
    if (!this.#disposed)
      this.#following ??= files.onDidChangeFile((changes) => {
        this.#changed.fire(changes);
      });
    return files;
  }
}
