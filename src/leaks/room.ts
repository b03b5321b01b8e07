import * as vscode from 'vscode';
import { Owner } from '../ui/disposable.ts';
import type { LeakEngine } from './engine.ts';
import type { LeaksDeps } from './register.ts';
import { SettingsReader } from './settings.ts';
import { LeakStore } from './store.ts';
import { LeakDecorations } from './view/decorations.ts';
import { LeakedKeysView } from './view/leaked-keys-view.ts';
import { LeakStatus } from './view/status-bar.ts';
import { showInformation } from '../ui/show.ts';

export type LeaksRoomDeps = Pick<LeaksDeps, 'context' | 'log' | 'view'>;

/** What is known of leaked keys and what shows it; looks for them as soon as it is open, unless that is switched off. */
export class LeaksRoom extends Owner {
  readonly leaks = this.own(new LeakStore());
  readonly view: LeakedKeysView;
  readonly #settings = this.own(new SettingsReader());
  readonly #deps: LeaksRoomDeps;
  #engine: Promise<LeakEngine> | undefined;
  #firstLook: Promise<void> = Promise.resolve();

  constructor(deps: LeaksRoomDeps) {
    super();
    this.#deps = deps;
    this.view = this.own(new LeakedKeysView(deps.view, this.leaks, this.#settings));
    this.own(new LeakDecorations(this.leaks, this.#settings));
    this.own(new LeakStatus(this.leaks, this.#settings));
    this.own(
      this.#settings.onDidChange(() => {
        this.#start();
      }),
    );
    this.#start();
  }

  /** What looks for leaks, while that is switched on. */
  get engine(): Promise<LeakEngine> | undefined {
    return this.#engine;
  }

  /** Resolves when the documents that were open at the start have been looked at; at once while looking is switched off. */
  get firstLook(): Promise<void> {
    return this.#firstLook;
  }

  /** The engine; where looking is switched off, an offer to switch it on. */
  async startedEngine(): Promise<LeakEngine | undefined> {
    this.#start();
    if (this.#engine !== undefined) return this.#engine;
    const open = vscode.l10n.t('Open Settings');
    const answer = await showInformation(
      vscode.l10n.t('Looking for leaked keys is switched off by the setting "truework.leaks.enabled".'),
      open,
    );
    if (answer === open)
      await vscode.commands.executeCommand('workbench.action.openSettings', 'truework.leaks.enabled');
    return undefined;
  }

  #start(): void {
    const { enabled } = this.#settings.for();
    if (!enabled) {
      void this.#stop();
      return;
    }
    if (this.#engine !== undefined) return;
    this.#engine = this.#load();
    this.#firstLook = this.#engine
      .then((engine) => engine.start())
      .catch((error: unknown) => {
        this.#deps.log.error('Leaked keys cannot be looked for', error);
      });
  }

  async #load(): Promise<LeakEngine> {
    const { LeakEngine } = await import('./engine.ts');
    return this.own(
      new LeakEngine({
        ...this.#deps,
        store: this.leaks,
        settings: this.#settings,
        showStatus: (text) => {
          this.view.message = text;
        },
      }),
    );
  }

  async #stop(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    const loaded = await engine?.catch(() => undefined);
    if (loaded !== undefined) this.release(loaded);
    this.leaks.clear();
  }
}
