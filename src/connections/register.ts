import * as vscode from 'vscode';
import type { Commands } from '../ui/commands.ts';
import type { Log } from '../ui/log.ts';
import { Owner } from '../ui/lifecycle.ts';
import type { Connections } from './connections.ts';
import type { LocalSandbox } from './localSandbox.ts';
import type { ProductionLock } from './productionLock.ts';
import { ConnectionStatus } from './statusBar.ts';

export interface ConnectionsDeps {
  readonly commands: Commands;
  readonly connections: Connections;
  readonly sandbox: LocalSandbox;
  readonly lock: ProductionLock;
  readonly log: Log;
}

export function registerConnections(deps: ConnectionsDeps): vscode.Disposable {
  return new ConnectionsFeature(deps);
}

class ConnectionsFeature extends Owner {
  constructor({ commands, connections, sandbox, lock, log }: ConnectionsDeps) {
    super();
    commands.add('truework.addApiKey', async () => { await (await import('./commands/addApiKey.ts')).addApiKey(connections, log); });
    commands.add('truework.removeApiKey', async () => (await import('./commands/removeApiKey.ts')).removeApiKey(connections));
    commands.add('truework.switchConnection', async () => (await import('./commands/switchConnection.ts')).switchConnection(connections, sandbox, lock));
    commands.add('truework.unlockProduction', async () => {
      const { current } = connections;
      if (current?.environment === 'production') await lock.ensureUnlocked(current);
      else await vscode.window.showInformationMessage(vscode.l10n.t('The connection in use is not a production connection.'));
    });
    commands.add('truework.lockProduction', () => { if (connections.current) lock.lock(connections.current); });
    commands.add('truework.startLocalSandbox', async () => {
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the local sandbox…') }, async () => {
        await connections.use(await sandbox.start());
      });
    });
    commands.add('truework.stopLocalSandbox', async () => {
      if (!await sandbox.stop()) await vscode.window.showInformationMessage(vscode.l10n.t('The local sandbox is not running.'));
    });
    commands.add('truework.showLog', () => { log.show(); });

    this.own(new ConnectionStatus(connections, lock));
    const setContexts = () => {
      const { current } = connections;
      const state = !current ? 'none' : connections.isGone(current) ? 'gone' : 'ready';
      void vscode.commands.executeCommand('setContext', 'truework.connectionState', state);
      void vscode.commands.executeCommand('setContext', 'truework.production', current?.environment === 'production');
      void vscode.commands.executeCommand('setContext', 'truework.productionUnlocked', current?.environment === 'production' && lock.isUnlocked(current));
    };
    this.own(connections.onDidChange(setContexts));
    this.own(lock.onDidChange(setContexts));
    setContexts();
  }
}
