import type * as vscode from 'vscode';
import type { Commands } from '../ui/commands.ts';
import type { Log } from '../ui/log.ts';
import { Owner } from '../ui/lifecycle.ts';
import type { LeakEngine } from './engine.ts';
import type { Leaks } from './model.ts';
import { SettingsReader } from './settings.ts';
import { LeakStore } from './store.ts';

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
  #engine: Promise<LeakEngine> | undefined;

  constructor(deps: LeaksDeps) {
    super();
    this.#deps = deps;
    this.#settings = this.own(new SettingsReader());
    this.leaks = this.own(new LeakStore());
    const timer = setTimeout(() => { this.#start(); }, 0);
    this.own({ dispose: () => { clearTimeout(timer); } });
    this.own(this.#settings.onDidChange(() => { this.#start(); }));
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
    return this.own(new LeakEngine({ ...this.#deps, store: this.leaks, settings: this.#settings }));
  }

  async #stop(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    (await engine)?.dispose();
    this.leaks.clear();
  }
}
