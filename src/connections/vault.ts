import type * as vscode from 'vscode';
import { SecretKey } from '../truework/keys.ts';

const PREFIX = 'truework.key.';

/**
 * Stores keys in VS Code's SecretStorage, and nowhere else on this machine. A secret is named by a random ID, because
 * VS Code's trace log shows the names. Keys are read when a request needs one, and are not cached.
 */
export class KeyVault {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /** @returns undefined if the key is gone: no keyring, another machine, or removed in another window */
  async read(id: string): Promise<SecretKey | undefined> {
    const text = await this.#secrets.get(PREFIX + id);
    return text === undefined ? undefined : SecretKey.from(text);
  }

  async store(id: string, key: SecretKey): Promise<void> {
    await this.#secrets.store(PREFIX + id, key.reveal());
  }

  async remove(id: string): Promise<void> {
    await this.#secrets.delete(PREFIX + id);
  }

  /** Calls back with the ID of each key that any window stored or removed. */
  onDidChange(listener: (id: string) => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
    });
  }
}
