import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import { showInformation } from '../ui/show.ts';
import type { EngineDeps, LeakEngine } from './engine.ts';

/** Runs the engine while `truework.leaks.enabled` is on; its code is loaded with the first start. */
export class LeakDetection extends Disposable {
  readonly #deps: EngineDeps;
  #engine: Promise<LeakEngine> | undefined;
  #initialScan: Promise<void> = Promise.resolve();

  constructor(deps: EngineDeps) {
    super();
    this.#deps = deps;
    this._register(
      deps.settings.onDidChange(() => {
        this.start();
      }),
    );
  }

  /** The engine while it runs or is being loaded. */
  get engine(): Promise<LeakEngine> | undefined {
    return this.#engine;
  }

  /** Resolves when the documents that were open at the start have been scanned; immediately while detection is off. */
  get initialScan(): Promise<void> {
    return this.#initialScan;
  }

  /** Starts or stops the engine according to the setting. */
  start(): void {
    if (this.isDisposed()) return;
    if (!this.#deps.settings.for().enabled) {
      void this.#stop();
      return;
    }
    if (this.#engine !== undefined) return;
    this.#engine = this.#load();
    this.#initialScan = this.#engine
      .then((engine) => engine.start())
      .catch((error: unknown) => {
        this.#deps.log.error('Leak detection could not start', error);
      });
  }

  /** @returns undefined when detection is off; the user has then been offered to turn it on */
  async startedEngine(): Promise<LeakEngine | undefined> {
    this.start();
    if (this.#engine !== undefined) return this.#engine;
    const open = vscode.l10n.t('Open Settings');
    const choice = await showInformation(
      vscode.l10n.t('Leak detection is turned off by the setting "truework.leaks.enabled".'),
      open,
    );
    if (choice === open)
      await vscode.commands.executeCommand('workbench.action.openSettings', 'truework.leaks.enabled');
    return undefined;
  }

  async #load(): Promise<LeakEngine> {
    const { LeakEngine } = await import('./engine.ts');
    return this._register(new LeakEngine(this.#deps));
  }

  async #stop(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    const loaded = await engine?.catch(() => undefined);
    if (loaded !== undefined) this.release(loaded);
    this.#deps.store.clear();
  }
}
