import * as vscode from 'vscode';
import type { Commands } from '../ui/commands.ts';
import type { Log } from '../ui/log.ts';
import { Owner } from '../ui/lifecycle.ts';
import type { LeakEngine } from './engine.ts';
import type { Leaks } from './model.ts';
import { SettingsReader } from './settings.ts';
import { LeakStore } from './store.ts';
import { LeakDecorations } from './view/decorations.ts';
import { LeakedKeysView } from './view/leakedKeysView.ts';
import { PlaceNode, KeyNode } from './view/nodes.ts';
import { LeakStatus } from './view/statusBar.ts';

export interface LeaksDeps {
  readonly commands: Commands;
  readonly log: Log;
  readonly context: Pick<vscode.ExtensionContext, 'storageUri' | 'extension' | 'workspaceState'>;
}

/** What other features may ask of the leaks. */
export interface LeaksFeature extends vscode.Disposable {
  readonly leaks: Leaks;
}

export function registerLeaks(deps: LeaksDeps): LeaksFeature {
  return new LeaksRoom(deps);
}

class LeaksRoom extends Owner implements LeaksFeature {
  readonly leaks: LeakStore;
  readonly #settings: SettingsReader;
  readonly #deps: LeaksDeps;
  readonly #view: LeakedKeysView;
  #engine: Promise<LeakEngine> | undefined;

  constructor(deps: LeaksDeps) {
    super();
    this.#deps = deps;
    this.#settings = this.own(new SettingsReader());
    this.leaks = this.own(new LeakStore());
    this.#view = this.own(new LeakedKeysView(this.leaks, this.#settings));
    this.own(new LeakDecorations(this.leaks, this.#settings));
    this.own(new LeakStatus(this.leaks, this.#settings));
    this.#addCommands();
    const timer = setTimeout(() => { this.#start(); }, 0);
    this.own({ dispose: () => { clearTimeout(timer); } });
    this.own(this.#settings.onDidChange(() => { this.#start(); }));
  }

  #addCommands(): void {
    const { commands, log } = this.#deps;
    const { l10n } = vscode;
    commands.add('truework.showLeakedKeys', () => this.#view.show());
    commands.add('truework.refreshLeakedKeys', () => this.leaks.refresh());
    commands.add('truework.scanWorkspaceForLeakedKeys', async () => {
      const engine = await this.#started();
      if (engine === undefined) return;
      const { files, repositories, worker } = engine;
      await (await import('./commands/scanWorkspace.ts')).scanWorkspace({ store: this.leaks, files, repositories, worker, log });
    });
    commands.add('truework.scanHistoryForLeakedKeys', async () => {
      const engine = await this.#started();
      if (engine !== undefined) await (await import('./commands/scanHistory.ts')).scanHistoryNow(engine);
    });
    commands.add('truework.stopHistoryScan', async () => { (await this.#engine)?.histories.cancel(); });
    commands.add('truework.copyLeakLocation', async (...args) => {
      const given = [args[0], ...(Array.isArray(args[1]) ? args[1] as unknown[] : [])].filter((node) => node instanceof PlaceNode || node instanceof KeyNode);
      const places = new Set((given.length > 0 ? given : this.#view.selection).flatMap((node) => (node instanceof KeyNode ? node.places : node)));
      if (places.size === 0) {
        await vscode.window.showInformationMessage(l10n.t('Select a place in the Leaked Keys view first.'));
        return;
      }
      await vscode.env.clipboard.writeText([...places].map(({ location }) => location).join('\n'));
      vscode.window.setStatusBarMessage(places.size === 1 ? l10n.t('Location copied') : l10n.t('{0} locations copied', places.size), 3000);
    });
  }

  /** The engine; where looking is switched off, an offer to switch it on. */
  async #started(): Promise<LeakEngine | undefined> {
    this.#start();
    if (this.#engine !== undefined) return this.#engine;
    const open = vscode.l10n.t('Open Settings');
    const answer = await vscode.window.showInformationMessage(vscode.l10n.t('Looking for leaked keys is switched off by the setting "truework.leaks.enabled".'), open);
    if (answer === open) await vscode.commands.executeCommand('workbench.action.openSettings', 'truework.leaks.enabled');
    return undefined;
  }

  /** Starts looking, unless it is switched off; loads what that takes only then. */
  #start(): void {
    const { enabled } = this.#settings.for();
    if (!enabled) {
      void this.#stop();
      return;
    }
    if (this.#engine !== undefined) return;
    this.#engine = this.#load();
    void this.#engine.then((engine) => engine.start()).catch((error: unknown) => { this.#deps.log.error('Leaked keys cannot be looked for', error); });
  }

  async #load(): Promise<LeakEngine> {
    const { LeakEngine } = await import('./engine.ts');
    return this.own(new LeakEngine({ ...this.#deps, store: this.leaks, settings: this.#settings, showStatus: (text) => { this.#view.message = text; } }));
  }

  async #stop(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    (await engine)?.dispose();
    this.leaks.clear();
  }
}
