import * as vscode from 'vscode';
import type { Connections } from '../../connections/index.ts';
import type { Commands } from '../../ui/commands.ts';
import { Owner } from '../../ui/lifecycle.ts';
import type { Log } from '../../ui/log.ts';
import type { Leaks } from '../model.ts';
import { FIX_COMMANDS } from './ids.ts';
import { GuideDocuments } from './history/documents.ts';
import { LeakActions } from './provider.ts';

export interface FixesDeps {
  readonly commands: Commands;
  readonly connections: Connections;
  readonly leaks: Leaks;
  readonly log: Log;
}

/** Quick fixes for leaked keys, and the commands behind them. */
export function registerFixes(deps: FixesDeps): vscode.Disposable {
  return new FixesFeature(deps);
}

class FixesFeature extends Owner {
  constructor(deps: FixesDeps) {
    super();
    const { commands, leaks } = deps;
    this.own(vscode.languages.registerCodeActionsProvider('*', new LeakActions(leaks), LeakActions.metadata));
    const guides = this.own(new GuideDocuments());
    commands.add(FIX_COMMANDS.openRotationHelp, async () => { await (await import('./links.ts')).openLink('rotation'); });
    commands.add(FIX_COMMANDS.storeLeakedKey, async (leak) => { await (await import('./commands/storeLeakedKey.ts')).storeLeakedKey(deps, leak); });
    commands.add(FIX_COMMANDS.untrackFile, async (leak) => { await (await import('./commands/untrackFile.ts')).untrackFile(deps, leak); });
    commands.add(FIX_COMMANDS.unstageFile, async (leak) => { await (await import('./commands/unstageFile.ts')).unstageFile(deps, leak); });
    commands.add(FIX_COMMANDS.revokeAndReplace, async (leak) => { await (await import('./commands/revokeAndReplace.ts')).revokeAndReplace(deps, leak); });
    commands.add(FIX_COMMANDS.showCleanUpSteps, async (leak) => { await (await import('./commands/showCleanUpSteps.ts')).showCleanUpSteps(deps, guides, leak); });
    commands.add(FIX_COMMANDS.allowKey, async (leak) => { await (await import('./commands/allowKey.ts')).allowKey(deps, leak); });
    commands.add(FIX_COMMANDS.excludePath, async (leak) => { await (await import('./commands/excludePath.ts')).excludePath(deps, leak); });
  }
}
