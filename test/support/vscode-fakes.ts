/** Stand-ins for what VS Code gives an extension to keep things in, for suites in the editor host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The channel of a log, which drops everything that is not given a function here. */
export function fakeLogChannel(
  methods: Partial<Record<'debug' | 'info' | 'warn' | 'error', (...args: unknown[]) => void>> = {},
): vscode.LogOutputChannel {
  const drop = () => undefined;
  const channel = { trace: drop, debug: drop, info: drop, warn: drop, error: drop, show: drop, dispose: drop };
  return { ...channel, ...methods } as unknown as vscode.LogOutputChannel;
}

export class FakeMemento implements vscode.Memento {
  readonly values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.values.keys()];
  }
  get<T>(key: string, fallback?: T): T | undefined {
    return this.values.has(key) ? (this.values.get(key) as T) : fallback;
  }
  update(key: string, value: unknown): Thenable<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
  setKeysForSync(): void {
    assert.fail('nothing is synced');
  }
}

/** Secrets; given to several windows, they all hear of each change. */
export class FakeSecrets implements vscode.SecretStorage {
  /** Every name under which something was stored. */
  readonly names: string[] = [];
  readonly #values = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  readonly onDidChange = this.#changed.event;
  keys(): Thenable<string[]> {
    return Promise.resolve([...this.#values.keys()]);
  }
  get(key: string): Thenable<string | undefined> {
    return Promise.resolve(this.#values.get(key));
  }
  store(key: string, value: string): Thenable<void> {
    this.names.push(key);
    this.#values.set(key, value);
    this.#changed.fire({ key });
    return Promise.resolve();
  }
  delete(key: string): Thenable<void> {
    this.#values.delete(key);
    this.#changed.fire({ key });
    return Promise.resolve();
  }
  /** All secrets are gone, and nobody was told: another machine, or no keyring. */
  lose(): void {
    this.#values.clear();
  }
}
