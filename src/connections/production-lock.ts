import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import type { Connection } from './connection.ts';
import { confirm } from '../ui/show.ts';

/**
 * Production connections are read-only until the user unlocks them for this window, until it is closed: changes there
 * cost real money and involve real people.
 */
export class ProductionLock extends Disposable {
  readonly #unlocked = new Set<string>();
  readonly #changed = this._register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;

  isUnlocked(connection: Connection): boolean {
    return connection.environment !== 'production' || this.#unlocked.has(connection.id);
  }

  /** Asks unless the connection is unlocked. @returns whether it may be used for changes */
  async ensureUnlocked(connection: Connection): Promise<boolean> {
    if (this.isUnlocked(connection)) return true;
    const unlock = vscode.l10n.t('Unlock for This Window');
    const answer = await confirm(
      vscode.l10n.t('"{0}" is a production connection. Unlock it for changes?', connection.alias),
      vscode.l10n.t(
        'Creating, canceling and reverifying orders in production costs real money and involves real people. The connection stays unlocked until you lock it or close this window.',
      ),
      unlock,
    );
    if (answer !== unlock) return false;
    this.#unlocked.add(connection.id);
    this.#changed.fire();
    return true;
  }

  lock(connection: Connection): void {
    if (this.#unlocked.delete(connection.id)) this.#changed.fire();
  }
}
