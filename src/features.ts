import * as vscode from 'vscode';
import { registerConnections, type ConnectionsRoom } from './connections/index.ts';
import { registerFixes, registerLeaks, registerSetup, type LeakNode, type LeaksFeature } from './leaks/index.ts';
import { registerOrders, type OrdersFeature, type OrdersNode } from './orders/index.ts';
import { registerReports } from './reports/index.ts';
import { Commands } from './ui/commands.ts';
import { Documents } from './documents/documents.ts';
import type { Lazy } from './ui/lazy.ts';
import { Owner } from './ui/disposable.ts';
import { Log } from './ui/log.ts';

export interface Views {
  readonly orders: vscode.TreeView<OrdersNode>;
  readonly leakedKeys: vscode.TreeView<LeakNode>;
}

/** The features of the extension, each a `register.ts` before a room that is loaded on first use. */
export class Features extends Owner {
  readonly log = this.own(new Log());
  readonly commands = new Commands(this.log);
  readonly documents = this.own(new Documents());
  readonly connections: Lazy<ConnectionsRoom>;
  readonly orders: OrdersFeature;
  readonly leaks: LeaksFeature;

  constructor(context: vscode.ExtensionContext, views: Views) {
    super();
    const { log, commands, documents } = this;
    this.connections = this.own(registerConnections({ commands, log, context }));
    const { connections } = this;
    this.orders = this.own(
      registerOrders({
        commands,
        connections,
        documents,
        log,
        workspaceState: context.workspaceState,
        view: views.orders,
      }),
    );
    this.leaks = this.own(registerLeaks({ commands, log, context, view: views.leakedKeys }));
    this.own(registerFixes({ commands, connections, leaks: this.leaks, log }));
    registerSetup({ commands, extensionUri: context.extensionUri });
    registerReports({ commands, connections, documents, orders: this.orders });
  }

  /** Opens what shows by itself: the connection in the status bar, and leaked keys. */
  start(): void {
    const starting = [this.connections.get(), this.leaks.room.get(), this.orders.resume()];
    for (const room of starting)
      room.catch((error: unknown) => {
        this.log.error('Truework cannot start', error);
      });
    if (process.env['TRUEWORK_DEMO'] === '1') void vscode.commands.executeCommand('truework.startLocalSandbox');
  }
}
