import type * as vscode from 'vscode';

/** Owns disposables and disposes of them together, in reverse order. */
export abstract class Disposable implements vscode.Disposable {
  readonly #disposables: vscode.Disposable[] = [];
  #disposed = false;

  protected _register<T extends vscode.Disposable>(disposable: T): T {
    if (this.#disposed) disposable.dispose();
    else this.#disposables.push(disposable);
    return disposable;
  }

  /** True after `dispose`: asynchronous work that is still running should stop. */
  protected isDisposed(): boolean {
    return this.#disposed;
  }

  /** Disposes of one before the others. */
  protected release(disposable: vscode.Disposable): void {
    const index = this.#disposables.indexOf(disposable);
    if (index !== -1) this.#disposables.splice(index, 1);
    disposable.dispose();
  }

  dispose(): void {
    this.#disposed = true;
    for (const disposable of this.#disposables.splice(0).reverse()) disposable.dispose();
  }
}
