import type * as vscode from 'vscode';
import { SecretKey } from '../truework/keys.ts';

const PREFIX = 'truework.key.';

/**
 * The only place on this machine that holds keys: VS Code's SecretStorage. A secret is named by a random id, since the
 * names show up in VS Code's own trace log. Keys are read when a request needs one and not kept.
 */
export class KeyVault {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /** @returns undefined when the key is gone: no keyring, another machine, or removed in another window. */
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

  /** Calls back with the id of each key that any window stored or removed. */
  onDidChange(listener: (id: string) => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
    });
  }
}
