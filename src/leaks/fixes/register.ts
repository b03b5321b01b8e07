import * as vscode from 'vscode';
import type { Connections, ConnectionsRoom } from '../../connections/index.ts';
import type { Commands } from '../../ui/commands.ts';
import type { Lazy } from '../../ui/lazy.ts';
import { Owner } from '../../ui/disposable.ts';
import type { Log } from '../../ui/log.ts';
import { showError } from '../../ui/messages.ts';
import type { Leaks } from '../model.ts';
import type { LeaksFeature } from '../register.ts';
import { FIX_COMMANDS, SHOW_REFUSAL } from './ids.ts';
import { GuideDocuments } from './history/documents.ts';
import { LeakActions } from './provider.ts';

/** What a fix works with. */
export interface FixesDeps {
  readonly connections: Connections;
  readonly leaks: Leaks;
  readonly log: Log;
}

export interface FixesRegistration {
  readonly commands: Commands;
  readonly connections: Lazy<ConnectionsRoom>;
  readonly leaks: LeaksFeature;
  readonly log: Log;
}

/** Quick fixes for leaked keys, and the commands behind them. */
export function registerFixes(registration: FixesRegistration): vscode.Disposable {
  return new FixesFeature(registration);
}

class FixesFeature extends Owner {
  constructor({ commands, connections, leaks, log }: FixesRegistration) {
    super();
    this.own(
      vscode.languages.registerCodeActionsProvider(
        '*',
        new LeakActions(async () => (await leaks.room.get()).leaks),
        LeakActions.metadata,
      ),
    );
    const guides = this.own(new GuideDocuments());
    const deps = async (): Promise<FixesDeps> => {
      const room = await leaks.room.get();
      await room.firstLook;
      return { connections: (await connections.get()).connections, leaks: room.leaks, log };
    };
    const add = (id: string, run: (deps: FixesDeps, leak: unknown) => Promise<void>) => {
      commands.add(id, async (leak) => {
        await run(await deps(), leak);
      });
    };
    this.own(
      vscode.commands.registerCommand(SHOW_REFUSAL, async (leak: unknown) => {
        try {
          await (await import('./commands/show-refused-write.ts')).showRefusedWrite(await deps(), leak);
        } catch (error) {
          await showError(error, log);
        }
      }),
    );
    commands.add(FIX_COMMANDS.openRotationHelp, async () => {
      await (await import('./links.ts')).openLink('rotation');
    });
    add(FIX_COMMANDS.storeLeakedKey, async (deps, leak) => {
      await (await import('./commands/store-leaked-key.ts')).storeLeakedKey(deps, leak);
    });
    add(FIX_COMMANDS.untrackFile, async (deps, leak) => {
      await (await import('./commands/untrack-file.ts')).untrackFile(deps, leak);
    });
    add(FIX_COMMANDS.unstageFile, async (deps, leak) => {
      await (await import('./commands/unstage-file.ts')).unstageFile(deps, leak);
    });
    add(FIX_COMMANDS.revokeAndReplace, async (deps, leak) => {
      await (await import('./commands/revoke-and-replace.ts')).revokeAndReplace(deps, leak);
    });
    add(FIX_COMMANDS.showCleanUpSteps, async (deps, leak) => {
      await (await import('./commands/show-clean-up-steps.ts')).showCleanUpSteps(deps, guides, leak);
    });
    add(FIX_COMMANDS.allowKey, async (deps, leak) => {
      await (await import('./commands/allow-key.ts')).allowKey(deps, leak);
    });
    add(FIX_COMMANDS.excludePath, async (deps, leak) => {
      await (await import('./commands/exclude-path.ts')).excludePath(deps, leak);
    });
  }
}
