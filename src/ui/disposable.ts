import type * as vscode from 'vscode';

/** Owns disposables and gives them up together, last one first. */
export abstract class Disposable implements vscode.Disposable {
  readonly #disposables: vscode.Disposable[] = [];
  #disposed = false;

  protected _register<T extends vscode.Disposable>(disposable: T): T {
    if (this.#disposed) disposable.dispose();
    else this.#disposables.push(disposable);
    return disposable;
  }

  /** True once given up: what was under way then starts nothing more. */
  protected isDisposed(): boolean {
    return this.#disposed;
  }

  /** Gives one up before the others, and forgets it. */
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
