import * as vscode from 'vscode';
import type { Features } from './features.ts';
import type { LeakNode } from './leaks/index.ts';
import type { OrdersNode } from './orders/index.ts';
import { Documents } from './ui/documents.ts';
import { Lazy } from './ui/lazy.ts';
import { LazyTree } from './ui/lazyTree.ts';

/**
 * Takes the places that the editor asks for by name: commands, views and documents. What is behind them is loaded when
 * one of them is used, at the latest when the editor goes on: a window that opens does not wait for it.
 */
export function activate(context: vscode.ExtensionContext): void {
  const features: Lazy<Features> = new Lazy(async () => new (await import('./features.ts')).Features({ context, documents, views }));
  const documents: Documents = new Documents(() => features.get());
  const views = {
    orders: view<OrdersNode>('truework.orders', async () => (await features.get()).orders.tree()),
    leakedKeys: view<LeakNode>('truework.leakedKeys', async () => (await features.get()).leaks.tree()),
  };
  context.subscriptions.push(documents, views.orders, views.leakedKeys, features);

  const { contributes } = context.extension.packageJSON as { readonly contributes: { readonly commands: readonly { readonly command: string }[] } };
  for (const { command } of contributes.commands) {
    context.subscriptions.push(vscode.commands.registerCommand(command, async (...args: unknown[]) => {
      await (await features.get()).commands.run(command, args);
    }));
  }

  const start = setImmediate(() => { void features.get().then((opened) => { opened.start(); }); });
  context.subscriptions.push({ dispose: () => { clearImmediate(start); } });
}

function view<T>(id: string, load: () => Promise<vscode.TreeDataProvider<T>>): vscode.TreeView<T> {
  return vscode.window.createTreeView(id, { treeDataProvider: new LazyTree(load), canSelectMany: true, showCollapseAll: true });
}
