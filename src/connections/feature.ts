import * as vscode from 'vscode';
import { registerCommand } from '../ui/commands.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Log } from '../ui/log.ts';
import { Connections } from './connections.ts';
import { LocalSandbox } from './local-sandbox.ts';
import { ProductionLock } from './production-lock.ts';
import { Sessions } from './sessions.ts';
import { ConnectionStatus } from './status-bar.ts';
import { KeyVault } from './vault.ts';

export interface ConnectionsDeps {
  readonly context: Pick<vscode.ExtensionContext, 'secrets' | 'globalState' | 'workspaceState'>;
  readonly log: Log;
}

/** The connections of this window, their sessions, the local sandbox, and the lock on production. */
export class ConnectionsFeature extends Disposable {
  readonly connections: Connections;
  readonly sandbox: LocalSandbox;
  readonly sessions: Sessions;
  readonly lock = this._register(new ProductionLock());

  constructor({ context, log }: ConnectionsDeps) {
    super();
    const vault = new KeyVault(context.secrets);
    const connections = this._register(new Connections(vault, context.globalState, context.workspaceState));
    const sandbox = this._register(new LocalSandbox(connections));
    this.connections = connections;
    this.sandbox = sandbox;
    this.sessions = this._register(new Sessions(connections, sandbox, log));
    const { lock } = this;
    this._register(new ConnectionStatus(connections, lock));

    const command = (id: string, handler: () => unknown) => this._register(registerCommand(log, id, handler));
    command('truework.addApiKey', async () => (await import('./commands/add-api-key.ts')).addApiKey(connections, log));
    command('truework.removeApiKey', async () =>
      (await import('./commands/remove-api-key.ts')).removeApiKey(connections),
    );
    command('truework.switchConnection', async () =>
      (await import('./commands/switch-connection.ts')).switchConnection(connections, sandbox, lock),
    );
    command('truework.unlockProduction', async () =>
      (await import('./commands/lock-production.ts')).unlockProduction(connections, lock),
    );
    command('truework.lockProduction', async () => {
      (await import('./commands/lock-production.ts')).lockProduction(connections, lock);
    });
    command('truework.startLocalSandbox', async () =>
      (await import('./commands/local-sandbox.ts')).startLocalSandbox(connections, sandbox),
    );
    command('truework.stopLocalSandbox', async () =>
      (await import('./commands/local-sandbox.ts')).stopLocalSandbox(sandbox),
    );
    command('truework.showLog', () => {
      log.show();
    });

    const setContexts = () => {
      this.#setContexts();
    };
    this._register(connections.onDidChange(setContexts));
    this._register(lock.onDidChange(setContexts));
    setContexts();
    if (process.env['TRUEWORK_DEMO'] === '1') {
      void vscode.commands.executeCommand('workbench.view.extension.truework');
      void vscode.commands.executeCommand('truework.startLocalSandbox');
    }
  }

  #setContexts(): void {
    const { current } = this.connections;
    const isProduction = current?.environment === 'production';
    const contexts = {
      'truework.connectionState': !current ? 'none' : this.connections.isGone(current) ? 'gone' : 'ready',
      'truework.production': isProduction,
      'truework.productionUnlocked': isProduction && this.lock.isUnlocked(current),
    };
    for (const [name, value] of Object.entries(contexts))
      void vscode.commands.executeCommand('setContext', name, value);
  }
}
