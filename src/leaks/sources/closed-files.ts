import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Disposable } from '../../ui/disposable.ts';
import { TaskQueue } from '../../ui/task-queue.ts';
import { Debounce } from '../../ui/timers.ts';
import type { ScannedFile } from '../../secrets/scan/files.ts';
import { type FilesToScan, scanFiles, type Summary, walkFiles } from '../../secrets/scan/scan-files.ts';
import { exclusionOf, hides } from '../exclusion.ts';
import type { SettingsReader } from '../settings.ts';
import type { LeakStore, LocatedFinding } from '../store.ts';
import { PACKAGES } from './workspace-files.ts';

/** A build writes many files: they are scanned together once none has changed for this time. */
const CHANGE_DEBOUNCE_MS = 300;

/** In bytes. Larger files are not rescanned on each change, such as a log that grows; only a workspace scan reads them. */
const MAX_WATCHED_FILE_SIZE = 64 * 1024 * 1024;

interface FileScanOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (files: number, keys: number) => void;
}

/** Scans files on disk in worker threads, and again when they change. */
export class ClosedFiles extends Disposable {
  readonly #store: LeakStore;
  readonly #settings: SettingsReader;
  readonly #log: Log;
  readonly #worker: string;
  /** Files with a key, including keys that a setting excludes. */
  readonly #filesWithKeys = new Set<string>();
  readonly #changed = new Map<string, vscode.Uri>();
  readonly #onChangesSettled = this._register(
    new Debounce(CHANGE_DEBOUNCE_MS, () => {
      const files = [...this.#changed.values()].map(({ fsPath }) => fsPath);
      this.#changed.clear();
      this.#scanChanged(files).catch((error: unknown) => {
        this.#log.error('Changed files could not be scanned for keys', error);
      });
    }),
  );
  readonly #queue = new TaskQueue();
  #watcher: vscode.Disposable | undefined;
  /** Aborts running and queued scans. */
  readonly #abort = new AbortController();

  /** @param worker path of the bundled worker */
  constructor(store: LeakStore, settings: SettingsReader, log: Log, worker: string) {
    super();
    this.#store = store;
    this.#settings = settings;
    this.#log = log;
    this.#worker = worker;
    this._register(
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        for (const uri of files) this.#forgetPath(uri);
      }),
    );
    this._register(
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) {
          const known = atOrBelow(store.documentsFrom('file'), oldUri);
          this.#forgetPath(oldUri);
          for (const uri of known)
            this.#onChange(newUri.with({ path: newUri.path + uri.path.slice(oldUri.path.length) }));
        }
      }),
    );
    this._register({
      dispose: () => {
        this.#watcher?.dispose();
        this.#abort.abort();
      },
    });
  }

  /** Scans files again that contained a key. */
  async rescan(filter: (uri: vscode.Uri) => boolean): Promise<void> {
    await this.scanPaths([...this.#filesWithKeys].filter((file) => filter(vscode.Uri.file(file))));
  }

  /** Rescans files of the workspace when they change, from now on. */
  watch(): void {
    if (this.#watcher !== undefined || this.isDisposed()) return;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    watcher.onDidCreate((uri) => {
      this.#onChange(uri);
    });
    watcher.onDidChange((uri) => {
      this.#onChange(uri);
    });
    watcher.onDidDelete((uri) => {
      for (const known of atOrBelow(this.#store.documentsFrom('file'), uri)) this.#forget(known.fsPath);
    });
    this.#watcher = watcher;
  }

  /** Scans files. Those that no longer contain a key are removed from the store. */
  async scanPaths(files: readonly string[]): Promise<void> {
    if (files.length === 0 || this.isDisposed()) return;
    this.watch();
    const withoutKeys = new Set(files.filter((file) => this.#filesWithKeys.has(file)));
    for (const [folder, inFolder] of Map.groupBy(files, scanFolderOf)) {
      await this.scan(
        folder,
        inFolder.map((file) => ({ path: file, class: 'no-repository' })),
        {
          onFile: ({ path: file }) => {
            withoutKeys.delete(file);
          },
          threads: 1,
        },
      );
    }
    for (const file of withoutKeys) this.#forget(file);
  }

  /** For a folder that was created with its files, there may be an event for the folder only. */
  async #scanChanged(changed: readonly string[]): Promise<void> {
    const files: string[] = [];
    for (const file of changed) {
      const status = await stat(file).catch(() => undefined);
      if (status?.isDirectory() !== true) {
        if (status === undefined || status.size <= MAX_WATCHED_FILE_SIZE) files.push(file);
      } else
        for await (const inside of walkFiles(file, { worker: this.#worker, skip: [PACKAGES] }))
          files.push(...inside.map((each) => each.path));
    }
    await this.scanPaths([...new Set(files)]);
  }

  /** Scans files of a folder and stores findings as they come in. Scans run one at a time. */
  async scan(
    folder: string,
    files: FilesToScan,
    options: FileScanOptions & { readonly onFile?: (file: ScannedFile) => void; readonly threads?: number } = {},
  ): Promise<Summary> {
    const { signal, onProgress, onFile, threads } = options;
    let keys = 0;
    return await this.#queue.run(() =>
      scanFiles(files, {
        worker: this.#worker,
        folders: [folder],
        allow: this.#settings.for(vscode.Uri.file(folder)).allow,
        signal: signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal,
        ...(threads !== undefined && { threads }),
        onResult: (file) => {
          keys += this.#addFindings(file);
          onFile?.(file);
        },
        onProgress: ({ files: done }) => onProgress?.(done, keys),
      }),
    );
  }

  #addFindings({ path: file, findings, encoding }: ScannedFile): number {
    const uri = vscode.Uri.file(file);
    const excluded = exclusionOf(uri, this.#settings.for(uri));
    const visible = findings
      .filter(({ kind }) => !hides(excluded, kind))
      .map(
        (finding): LocatedFinding => ({
          finding,
          // Binary files have no lines.
          range:
            encoding === 'binary'
              ? new vscode.Range(0, 0, 0, 0)
              : new vscode.Range(finding.line, finding.column, finding.endLine, finding.endColumn),
        }),
      );
    this.#filesWithKeys.add(file);
    this.#store.set(uri, 'file', visible);
    return visible.length;
  }

  /** A file or a folder was deleted. */
  #forgetPath(uri: vscode.Uri): void {
    for (const file of this.#filesWithKeys)
      if (file === uri.fsPath || file.startsWith(uri.fsPath + path.sep)) this.#filesWithKeys.delete(file);
    this.#store.forget(uri);
  }

  #forget(file: string): void {
    this.#filesWithKeys.delete(file);
    this.#store.drop(vscode.Uri.file(file), 'file');
  }

  #onChange(uri: vscode.Uri): void {
    if (this.isDisposed() || uri.scheme !== 'file' || /\/(?:\.git|node_modules)(?:\/|$)/.test(uri.path)) return;
    this.#changed.set(uri.toString(), uri);
    this.#onChangesSettled.schedule();
  }
}

/** The file, or the files in the folder. */
function atOrBelow(uris: readonly vscode.Uri[], fileOrFolder: vscode.Uri): vscode.Uri[] {
  return uris.filter(
    (uri) => uri.toString() === fileOrFolder.toString() || uri.toString().startsWith(`${fileOrFolder.toString()}/`),
  );
}

function scanFolderOf(file: string): string {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath ?? path.dirname(file);
}
