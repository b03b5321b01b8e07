import * as vscode from 'vscode';
import type { Connections } from '../connections/index.ts';
import { registerCommand } from '../ui/commands.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Log } from '../ui/log.ts';
import { rowsOf } from '../ui/rows.ts';
import { LeakDetection } from './detection.ts';
import { GuideDocuments } from './fixes/history/documents.ts';
import { FIX_COMMANDS, SHOW_REFUSAL } from './fixes/ids.ts';
import { LeakActions } from './fixes/provider.ts';
import { SettingsReader } from './settings.ts';
import { LeakStore } from './store.ts';
import { LeakDecorations } from './view/decorations.ts';
import { LeakedKeysView } from './view/leaked-keys-view.ts';
import { LeakStatus } from './view/status-bar.ts';

interface LeaksDeps {
  readonly context: Pick<vscode.ExtensionContext, 'storageUri' | 'extension' | 'extensionUri'>;
  readonly connections: Connections;
  readonly log: Log;
}

/** Leaked keys: their store, views, detection and fixes. */
export class LeaksFeature extends Disposable {
  readonly store = this._register(new LeakStore());
  readonly detection: LeakDetection;
  readonly #view: LeakedKeysView;

  constructor(deps: LeaksDeps) {
    super();
    const { context, log } = deps;
    const { store } = this;
    const settings = this._register(new SettingsReader());
    const view = this._register(new LeakedKeysView(store, settings));
    this.#view = view;
    this._register(new LeakDecorations(store, settings));
    this._register(new LeakStatus(store, settings));
    const showStatus = (text?: string) => {
      view.message = text;
    };
    const detection = this._register(new LeakDetection({ context, log, store, settings, showStatus }));
    this.detection = detection;

    const command = (id: string, handler: (rows: readonly unknown[]) => unknown) =>
      this._register(registerCommand(log, id, (...args) => handler(rowsOf(args, view.selection))));
    command('truework.showLeakedKeys', () => view.show());
    command('truework.refreshLeakedKeys', () => store.refresh());
    command('truework.scanWorkspaceForLeakedKeys', async () => {
      const engine = await detection.startedEngine();
      if (!engine) return;
      const { files, repositories, worker } = engine;
      const { scanWorkspace } = await import('./commands/scan-workspace.ts');
      await scanWorkspace({ store, settings, files, repositories, worker, log });
    });
    command('truework.scanHistoryForLeakedKeys', async () => {
      const engine = await detection.startedEngine();
      if (engine) await (await import('./commands/scan-history.ts')).scanHistoryNow(engine);
    });
    command('truework.stopHistoryScan', async () => {
      (await detection.engine)?.histories.cancel();
    });
    command('truework.copyLeakLocation', async (rows) =>
      (await import('./commands/copy-location.ts')).copyLocation(rows),
    );
    command('truework.addLeakCheck', async () =>
      (await import('./setup/add-leak-check.ts')).addLeakCheck(context.extensionUri),
    );
    this.#registerFixes(deps);

    // After the editor has finished opening the window.
    const start = setImmediate(() => {
      detection.start();
    });
    this._register({
      dispose: () => {
        clearImmediate(start);
      },
    });
  }

  /** Quick fixes, and the commands behind them. */
  #registerFixes({ connections, log }: LeaksDeps): void {
    const { store, detection } = this;
    const deps = { connections, leaks: store, log };
    this._register(vscode.languages.registerCodeActionsProvider('*', new LeakActions(store), LeakActions.metadata));
    const guides = this._register(new GuideDocuments());
    const command = (id: string, handler: (rows: readonly unknown[]) => unknown) =>
      this._register(
        registerCommand(log, id, async (...args) => {
          await detection.initialScan;
          await handler(rowsOf(args, this.#view.selection));
        }),
      );
    command(FIX_COMMANDS.openRotationHelp, async () => (await import('./fixes/links.ts')).openLink('rotation'));
    command(FIX_COMMANDS.storeLeakedKey, async (rows) =>
      (await import('./fixes/commands/store-leaked-key.ts')).storeLeakedKey(deps, rows),
    );
    command(FIX_COMMANDS.untrackFile, async (rows) =>
      (await import('./fixes/commands/untrack-file.ts')).untrackFile(deps, rows),
    );
    command(FIX_COMMANDS.unstageFile, async (rows) =>
      (await import('./fixes/commands/unstage-file.ts')).unstageFile(deps, rows),
    );
    command(FIX_COMMANDS.revokeAndReplace, async (rows) =>
      (await import('./fixes/commands/revoke-and-replace.ts')).revokeAndReplace(deps, rows),
    );
    command(FIX_COMMANDS.showCleanUpSteps, async (rows) =>
      (await import('./fixes/commands/show-clean-up-steps.ts')).showCleanUpSteps(deps, guides, rows),
    );
    command(FIX_COMMANDS.allowKey, async (rows) =>
      (await import('./fixes/commands/allow-key.ts')).allowKey(deps, rows),
    );
    command(FIX_COMMANDS.excludePath, async (rows) =>
      (await import('./fixes/commands/exclude-path.ts')).excludePath(deps, rows),
    );
    command(SHOW_REFUSAL, async (rows) =>
      (await import('./fixes/commands/show-refused-write.ts')).showRefusedWrite(deps, rows),
    );
  }
}
