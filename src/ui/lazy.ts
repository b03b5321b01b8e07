import * as vscode from 'vscode';

/**
 * What lies behind the commands and views of a feature: made when something first needs it, kept from then on, disposed
 * of with its owner. An opening that fails is tried again at the next use.
 */
export class Lazy<T extends vscode.Disposable> implements vscode.Disposable {
  readonly #open: () => Promise<T>;
  #opened: Promise<T> | undefined;
  #disposed = false;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  /** @throws what the opening throws, and CancellationError once disposed of: nobody needs to be told */
  async get(): Promise<T> {
    if (this.#disposed) throw new vscode.CancellationError();
    const opening = (this.#opened ??= this.#open());
    try {
      return await opening;
    } catch (error) {
      if (this.#opened === opening) this.#opened = undefined;
      throw error;
    }
  }

  dispose(): void {
    this.#disposed = true;
    void this.#opened?.then(
      (opened) => {
        opened.dispose();
      },
      () => undefined,
    );
  }
}
