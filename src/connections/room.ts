import * as vscode from 'vscode';
import { Owner } from '../ui/disposable.ts';
import type { Log } from '../ui/log.ts';
import { Connections } from './connections.ts';
import { LocalSandbox } from './local-sandbox.ts';
import { ProductionLock } from './production-lock.ts';
import { Sessions } from './sessions.ts';
import { ConnectionStatus } from './status-bar.ts';
import { KeyVault } from './vault.ts';

/** The connections of this window and what they lend each other: keys, sessions, the local sandbox, the lock on production. */
export class ConnectionsRoom extends Owner {
  readonly connections: Connections;
  readonly sandbox: LocalSandbox;
  readonly sessions: Sessions;
  readonly lock = this.own(new ProductionLock());

  constructor(context: Pick<vscode.ExtensionContext, 'secrets' | 'globalState' | 'workspaceState'>, log: Log) {
    super();
    this.connections = this.own(
      new Connections(new KeyVault(context.secrets), context.globalState, context.workspaceState),
    );
    this.sandbox = this.own(new LocalSandbox(this.connections));
    this.sessions = this.own(new Sessions(this.connections, this.sandbox, log));
    this.own(new ConnectionStatus(this.connections, this.lock));
    this.own(
      this.connections.onDidChange(() => {
        this.#setContexts();
      }),
    );
    this.own(
      this.lock.onDidChange(() => {
        this.#setContexts();
      }),
    );
    this.#setContexts();
  }

  #setContexts(): void {
    const { current } = this.connections;
    const state = !current ? 'none' : this.connections.isGone(current) ? 'gone' : 'ready';
    void vscode.commands.executeCommand('setContext', 'truework.connectionState', state);
    void vscode.commands.executeCommand('setContext', 'truework.production', current?.environment === 'production');
    void vscode.commands.executeCommand(
      'setContext',
      'truework.productionUnlocked',
      current?.environment === 'production' && this.lock.isUnlocked(current),
    );
  }
}
