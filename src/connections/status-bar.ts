import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import { plain } from '../ui/text.ts';
import type { Connections } from './connections.ts';
import type { ProductionLock } from './production-lock.ts';

/** Shows the current connection of this window; production in warning colors. */
export class ConnectionStatus extends Disposable {
  readonly #item = this._register(
    vscode.window.createStatusBarItem('truework.connection', vscode.StatusBarAlignment.Left, 10),
  );
  readonly #connections: Connections;
  readonly #lock: ProductionLock;

  constructor(connections: Connections, lock: ProductionLock) {
    super();
    this.#connections = connections;
    this.#lock = lock;
    this.#item.name = vscode.l10n.t('Truework Connection');
    this.#item.command = 'truework.switchConnection';
    this._register(
      connections.onDidChange(() => {
        this.#render();
      }),
    );
    this._register(
      lock.onDidChange(() => {
        this.#render();
      }),
    );
    this.#render();
  }

  #render(): void {
    const { current } = this.#connections;
    if (!current) {
      this.#item.hide();
      return;
    }
    const production = current.environment === 'production';
    const unlocked = production && this.#lock.isUnlocked(current);
    const icon = production ? (unlocked ? '$(unlock)' : '$(lock)') : current.local ? '$(beaker)' : '$(key)';
    this.#item.text = `${icon} ${plain(current.alias)}`;
    this.#item.backgroundColor = production ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    const description = production
      ? unlocked
        ? vscode.l10n.t('Truework production connection "{0}", unlocked for changes in this window', current.alias)
        : vscode.l10n.t('Truework production connection "{0}", read-only', current.alias)
      : vscode.l10n.t('Truework sandbox connection "{0}"', current.alias);
    this.#item.tooltip = plain(vscode.l10n.t('{0}. Select to switch.', description));
    this.#item.accessibilityInformation = { label: plain(description), role: 'button' };
    this.#item.show();
  }
}
