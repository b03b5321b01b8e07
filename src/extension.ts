import * as vscode from 'vscode';
import { Connections, LocalSandbox, ProductionLock, registerConnections, Sessions } from './connections/index.ts';
import { KeyVault } from './connections/vault.ts';
import { registerFixes, registerLeaks, registerSetup } from './leaks/index.ts';
import { registerOrders } from './orders/index.ts';
import { registerReports } from './reports/index.ts';
import { Commands } from './ui/commands.ts';
import { Documents } from './ui/documents.ts';
import { Log } from './ui/log.ts';
import { explainInOneLine } from './ui/messages.ts';

/** Makes the services and registers every command. No I/O: secrets, git and the network are touched on first use. */
export function activate(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const log = own(new Log());
  const commands = new Commands(context.subscriptions, log);
  const connections = own(new Connections(new KeyVault(context.secrets), context.globalState, context.workspaceState));
  const sandbox = own(new LocalSandbox(connections));
  const sessions = own(new Sessions(connections, sandbox, log));
  const lock = own(new ProductionLock());
  const documents = own(new Documents(explainInOneLine));

  own(registerConnections({ commands, connections, sandbox, lock, log }));
  const orders = own(registerOrders({ commands, connections, sessions, lock, documents, log, workspaceState: context.workspaceState }));
  const { leaks } = own(registerLeaks({ commands, log, context }));
  own(registerFixes({ commands, connections, leaks, log }));
  registerSetup({ commands, extensionUri: context.extensionUri });
  registerReports({ commands, sessions, documents, orders });

  if (process.env['TRUEWORK_DEMO'] === '1') void vscode.commands.executeCommand('truework.startLocalSandbox');
}
