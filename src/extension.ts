import * as vscode from 'vscode';
import type { Features } from './features.ts';
import type { LeakNode } from './leaks/index.ts';
import type { OrdersNode } from './orders/index.ts';
import { Lazy } from './ui/lazy.ts';
import { LazyFileSystem } from './ui/lazy-file-system.ts';
import { LazyTree } from './ui/lazy-tree.ts';

/**
 * Takes the places that the editor asks for by name: commands, views and documents. What is behind them is loaded when
 * one of them is used, at the latest when the editor goes on: a window that opens does not wait for it.
 */
export function activate(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const view = <T>(id: string, load: () => Promise<vscode.TreeDataProvider<T>>): vscode.TreeView<T> =>
    own(
      vscode.window.createTreeView(id, {
        treeDataProvider: own(new LazyTree(load)),
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );

  const features: Lazy<Features> = own(
    new Lazy(async () => new (await import('./features.ts')).Features(context, views)),
  );
  const views = {
    orders: view<OrdersNode>('truework.orders', async () => (await features.get()).orders.tree()),
    leakedKeys: view<LeakNode>('truework.leakedKeys', async () => (await features.get()).leaks.tree()),
  };
  own(
    vscode.workspace.registerFileSystemProvider(
      'truework',
      own(new LazyFileSystem(async () => (await features.get()).documents)),
      { isCaseSensitive: true, isReadonly: true },
    ),
  );

  const { contributes } = context.extension.packageJSON as {
    readonly contributes: { readonly commands: readonly { readonly command: string }[] };
  };
  for (const { command } of contributes.commands) {
    own(
      vscode.commands.registerCommand(command, async (...args: unknown[]) => {
        await (await features.get()).commands.run(command, args);
      }),
    );
  }

  let disposed = false;
  const start = setImmediate(() => {
    void features.get().then((opened) => {
      if (!disposed) opened.start();
    });
  });
  own({
    dispose: () => {
      disposed = true;
      clearImmediate(start);
    },
  });
}
