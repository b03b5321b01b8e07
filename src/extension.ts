import type * as vscode from 'vscode';
import { ConnectionsFeature } from './connections/index.ts';
import { DocumentsFeature } from './documents/index.ts';
import { LeaksFeature } from './leaks/index.ts';
import { OrdersFeature } from './orders/index.ts';
import { ReportsFeature } from './reports/index.ts';
import { Log } from './ui/log.ts';

/** Constructs the features. Nothing here reads a file, a secret or the network: a window that opens does not wait for it. */
export function activate(context: vscode.ExtensionContext): void {
  const register = <T extends vscode.Disposable>(feature: T): T => {
    context.subscriptions.push(feature);
    return feature;
  };
  const log = register(new Log());
  const { documents } = register(new DocumentsFeature());
  const connections = register(new ConnectionsFeature({ context, log }));
  const orders = register(new OrdersFeature({ context, connections, documents, log }));
  register(new ReportsFeature({ connections, documents, orders, log }));
  register(new LeaksFeature({ context, connections: connections.connections, log }));
}
