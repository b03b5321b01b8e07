import * as vscode from 'vscode';

/** The rows of a view whose code is loaded when the view first shows. */
export class LazyTree<T> implements vscode.TreeDataProvider<T>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<T | T[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #load: () => Promise<vscode.TreeDataProvider<T>>;
  #following: vscode.Disposable | undefined;
  #disposed = false;

  constructor(load: () => Promise<vscode.TreeDataProvider<T>>) {
    this.#load = load;
  }

  async getChildren(node?: T): Promise<T[]> {
    return (await (await this.#tree()).getChildren(node)) ?? [];
  }

  async getTreeItem(node: T): Promise<vscode.TreeItem> {
    return (await this.#tree()).getTreeItem(node);
  }

  async getParent(node: T): Promise<T | undefined> {
    return (await (await this.#tree()).getParent?.(node)) ?? undefined;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: T, token: vscode.CancellationToken): Promise<vscode.TreeItem> {
    return (await (await this.#tree()).resolveTreeItem?.(item, node, token)) ?? item;
  }

  dispose(): void {
    this.#disposed = true;
    this.#following?.dispose();
    this.#changed.dispose();
  }

  async #tree(): Promise<vscode.TreeDataProvider<T>> {
    const tree = await this.#load();
    if (!this.#disposed)
      this.#following ??= tree.onDidChangeTreeData?.((node) => {
        this.#changed.fire(node ?? undefined);
      });
    return tree;
  }
}
