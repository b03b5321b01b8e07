import type * as vscode from 'vscode';
import type { Commands } from '../ui/commands.ts';
import { Lazy } from '../ui/lazy.ts';
import type { Log } from '../ui/log.ts';
import { Owner } from '../ui/disposable.ts';
import type { LeaksRoom } from './room.ts';
import type { LeakNode } from './view/nodes.ts';

export interface LeaksDeps {
  readonly commands: Commands;
  readonly log: Log;
  readonly context: Pick<vscode.ExtensionContext, 'storageUri' | 'extension' | 'workspaceState'>;
  readonly view: vscode.TreeView<LeakNode>;
}

/** Adds the commands of leaked keys. Nothing is looked at before the room is opened. */
export function registerLeaks(deps: LeaksDeps): LeaksFeature {
  return new LeaksFeature(deps);
}

export class LeaksFeature extends Owner {
  readonly room: Lazy<LeaksRoom>;

  constructor({ commands, log, context, view }: LeaksDeps) {
    super();
    this.room = this.own(new Lazy(async () => new (await import('./room.ts')).LeaksRoom({ context, log, view })));

    const add = (id: string, run: (room: LeaksRoom, args: readonly unknown[]) => unknown) => {
      commands.add(id, async (...args) => {
        await run(await this.room.get(), args);
      });
    };
    add('truework.showLeakedKeys', (room) => room.view.show());
    add('truework.refreshLeakedKeys', ({ leaks }) => leaks.refresh());
    add('truework.scanWorkspaceForLeakedKeys', async (room) => {
      const engine = await room.startedEngine();
      if (engine !== undefined)
        await (await import('./commands/scan-workspace.ts')).scanWorkspace({
          store: room.leaks,
          settings: engine.settings,
          files: engine.files,
          repositories: engine.repositories,
          worker: engine.worker,
          log,
        });
    });
    add('truework.scanHistoryForLeakedKeys', async (room) => {
      const engine = await room.startedEngine();
      if (engine !== undefined) await (await import('./commands/scan-history.ts')).scanHistoryNow(engine);
    });
    add('truework.stopHistoryScan', async (room) => {
      (await room.engine)?.histories.cancel();
    });
    add('truework.copyLeakLocation', async (_room, args) =>
      (await import('./commands/copy-location.ts')).copyLocation(args, view.selection),
    );
  }

  /** The rows of the view. */
  async tree(): Promise<vscode.TreeDataProvider<LeakNode>> {
    return (await this.room.get()).view;
  }
}
