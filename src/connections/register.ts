import type * as vscode from 'vscode';
import type { Commands } from '../ui/commands.ts';
import { Lazy } from '../ui/lazy.ts';
import type { Log } from '../ui/log.ts';
import type { ConnectionsRoom } from './room.ts';

export interface ConnectionsDeps {
  readonly commands: Commands;
  readonly log: Log;
  readonly context: Pick<vscode.ExtensionContext, 'secrets' | 'globalState' | 'workspaceState'>;
}

/** Registers the commands; the room behind them also shows the status bar item once it is open. */
export function registerConnections({ commands, log, context }: ConnectionsDeps): Lazy<ConnectionsRoom> {
  const room = new Lazy(async () => new (await import('./room.ts')).ConnectionsRoom(context, log));
  const add = (id: string, run: (room: ConnectionsRoom) => unknown) => {
    commands.add(id, async () => {
      await run(await room.get());
    });
  };

  add('truework.addApiKey', async ({ connections }) =>
    (await import('./commands/add-api-key.ts')).addApiKey(connections, log),
  );
  add('truework.removeApiKey', async ({ connections }) =>
    (await import('./commands/remove-api-key.ts')).removeApiKey(connections),
  );
  add('truework.switchConnection', async ({ connections, sandbox, lock }) =>
    (await import('./commands/switch-connection.ts')).switchConnection(connections, sandbox, lock),
  );
  add('truework.unlockProduction', async ({ connections, lock }) =>
    (await import('./commands/lock-production.ts')).unlockProduction(connections, lock),
  );
  add('truework.lockProduction', async ({ connections, lock }) => {
    (await import('./commands/lock-production.ts')).lockProduction(connections, lock);
  });
  add('truework.startLocalSandbox', async ({ connections, sandbox }) =>
    (await import('./commands/local-sandbox.ts')).startLocalSandbox(connections, sandbox),
  );
  add('truework.stopLocalSandbox', async ({ sandbox }) =>
    (await import('./commands/local-sandbox.ts')).stopLocalSandbox(sandbox),
  );
  commands.add('truework.showLog', () => {
    log.show();
  });
  return room;
}
