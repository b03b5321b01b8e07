import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { SecretKey } from '../truework/keys.ts';
import { holdsKey } from '../truework/redact.ts';
import { Disposable } from '../ui/disposable.ts';
import { plain } from '../ui/text.ts';
import { type Connection, isConnection } from './connection.ts';
import type { KeyVault } from './vault.ts';

const LIST = 'truework.connections';
const CURRENT = 'truework.currentConnection';

/**
 * Pauses in milliseconds before the list is read again after another window changed a key: VS Code syncs the two
 * separately.
 */
const RELOAD_PAUSES = [50, 250, 1000];

function displayAlias(alias: string): string {
  return holdsKey(alias) ? plain(alias) : alias;
}

/**
 * The user's connections, and the one that this workspace uses. Aliases and environments are stored in globalState, the
 * choice in workspaceState, keys in the vault only.
 */
export class Connections extends Disposable {
  readonly #changed = this._register(new vscode.EventEmitter<void>());
  /** Connections were added, removed or switched, or a key changed. */
  readonly onDidChange = this.#changed.event;

  readonly #keyChanged = this._register(new vscode.EventEmitter<string>());
  /** The key of the connection with this ID was stored or removed, here or in another window. */
  readonly onDidChangeKey = this.#keyChanged.event;

  readonly #vault: KeyVault;
  readonly #global: vscode.Memento;
  readonly #workspace: vscode.Memento;
  /** Connections of this window only, with their key: the local sandbox. */
  readonly #volatile = new Map<string, { connection: Connection; key: SecretKey }>();
  /** IDs of connections whose key was missing when it was last read. */
  readonly #gone = new Set<string>();
  readonly #disposal = new AbortController();
  /** The volatile connection chosen in this window. It ends with the window, so it is not stored. */
  #volatileChoice: string | undefined;

  constructor(vault: KeyVault, global: vscode.Memento, workspace: vscode.Memento) {
    super();
    this.#vault = vault;
    this.#global = global;
    this.#workspace = workspace;
    this._register(
      vault.onDidChange((id) => {
        void this.#follow(id);
      }),
    );
    void this.#removeKeysFromAliases();
    this._register({
      dispose: () => {
        this.#disposal.abort();
      },
    });
  }

  get all(): readonly Connection[] {
    return [...[...this.#volatile.values()].map(({ connection }) => connection), ...this.#stored()];
  }

  /** The chosen connection, or else the first sandbox connection. Production is never a default. */
  get current(): Connection | undefined {
    const all = this.all;
    const chosen = this.#volatileChoice ?? this.#workspace.get<string>(CURRENT);
    return all.find(({ id }) => id === chosen) ?? all.find(({ environment }) => environment === 'sandbox');
  }

  find(id: string): Connection | undefined {
    return this.all.find((connection) => connection.id === id);
  }

  byAlias(alias: string): Connection | undefined {
    return this.all.find((connection) => connection.alias.toLowerCase() === alias.toLowerCase());
  }

  /** True once a read found no key for this connection. */
  isGone(connection: Connection): boolean {
    return this.#gone.has(connection.id);
  }

  async readKey(connection: Connection): Promise<SecretKey | undefined> {
    const volatileKey = this.#volatile.get(connection.id)?.key;
    if (volatileKey) return volatileKey;
    const key = await this.#vault.read(connection.id);
    const wasGone = this.#gone.has(connection.id);
    if (key) this.#gone.delete(connection.id);
    else this.#gone.add(connection.id);
    if (wasGone !== (key === undefined)) this.#changed.fire();
    return key;
  }

  /**
   * Stores a key under an alias; an existing alias gets the new key in place of the old one.
   * @throws Error if the alias contains a key: aliases are displayed, and stored as plain text
   */
  async add(alias: string, key: SecretKey): Promise<Connection> {
    if (holdsKey(alias))
      throw new Error(vscode.l10n.t('The name of a connection cannot contain an API key. Choose another name.'));
    const stored = this.#stored();
    const existing = stored.find((connection) => connection.alias.toLowerCase() === alias.toLowerCase());
    const connection: Connection = { id: existing?.id ?? randomUUID(), alias, environment: key.environment };
    // The key first: a list entry without a key would show as "gone" in other windows.
    await this.#vault.store(connection.id, key);
    await this.#global.update(LIST, [...stored.filter(({ id }) => id !== connection.id), connection]);
    this.#gone.delete(connection.id);
    this.#changed.fire();
    return connection;
  }

  async remove(connection: Connection): Promise<void> {
    await this.#global.update(
      LIST,
      this.#stored().filter(({ id }) => id !== connection.id),
    );
    await this.#vault.remove(connection.id);
    this.#gone.delete(connection.id);
    this.#changed.fire();
  }

  async use(connection: Connection): Promise<void> {
    this.#volatileChoice = connection.local ? connection.id : undefined;
    if (!connection.local) await this.#workspace.update(CURRENT, connection.id);
    this.#changed.fire();
  }

  addVolatile(connection: Connection, key: SecretKey): void {
    this.#volatile.set(connection.id, { connection, key });
    this.#changed.fire();
  }

  removeVolatile(id: string): void {
    this.#volatile.delete(id);
    if (this.#volatileChoice === id) this.#volatileChoice = undefined;
    this.#changed.fire();
  }

  #stored(): readonly Connection[] {
    const value = this.#global.get<unknown>(LIST);
    return Array.isArray(value)
      ? value.filter(isConnection).map((connection) => ({ ...connection, alias: displayAlias(connection.alias) }))
      : [];
  }

  /** Up to version 0.1.0 an alias could contain a key: it is removed from disk, too. */
  async #removeKeysFromAliases(): Promise<void> {
    const value = this.#global.get<unknown>(LIST);
    if (Array.isArray(value) && value.filter(isConnection).some(({ alias }) => holdsKey(alias)))
      await this.#global.update(LIST, this.#stored());
  }

  async #follow(id: string): Promise<void> {
    this.#gone.delete(id);
    this.#keyChanged.fire(id);
    this.#changed.fire();
    let known = JSON.stringify(this.#stored());
    const { signal } = this.#disposal;
    for (const pause of RELOAD_PAUSES) {
      // Rejects when the connections are disposed of.
      await setTimeout(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const now = JSON.stringify(this.#stored());
      if (now !== known) this.#changed.fire();
      known = now;
    }
  }
}
