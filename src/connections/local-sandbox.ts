import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import { SecretKey } from '../truework/keys.ts';
import type { RunningSandbox } from '../sandbox/start-sandbox.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

const ID = 'local';

export interface LocalAddress {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly key: SecretKey;
}

/** The Truework sandbox of this window: a server on 127.0.0.1 with a new key at each start. */
export class LocalSandbox extends Disposable {
  readonly #connections: Connections;
  #running: Promise<RunningSandbox> | undefined;
  #address: LocalAddress | undefined;

  constructor(connections: Connections) {
    super();
    this.#connections = connections;
  }

  get isRunning(): boolean {
    return this.#address !== undefined;
  }

  /** Where it listens, and the only key that may be sent there, while it runs. */
  get address(): LocalAddress | undefined {
    return this.#address;
  }

  /** Starts it unless it is running. @returns its connection. @throws CancellationError after dispose */
  async start(): Promise<Connection> {
    if (this.isDisposed()) throw new vscode.CancellationError();
    this.#running ??= this.#launch();
    try {
      await this.#running;
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
    return this.#connection();
  }

  /** @returns false if it was not running */
  async stop(): Promise<boolean> {
    const running = this.#running;
    if (!running) return false;
    this.#running = undefined;
    this.#address = undefined;
    this.#connections.removeVolatile(ID);
    await vscode.commands.executeCommand('setContext', 'truework.localSandbox', false);
    await (await running).stop();
    return true;
  }

  /** Releases the port without notifying listeners: they are being disposed of too. */
  override dispose(): void {
    super.dispose();
    this.#address = undefined;
    void this.#running?.then(
      (running) => running.stop(),
      () => undefined,
    );
  }

  #connection(): Connection {
    return { id: ID, alias: vscode.l10n.t('Local Sandbox'), environment: 'sandbox', local: true };
  }

  async #launch(): Promise<RunningSandbox> {
    const { startSandbox } = await import('../sandbox/start-sandbox.ts');
    const sandbox = await startSandbox({ seedOrders: 'demo' });
    if (this.isDisposed()) return sandbox;
    const key = SecretKey.from(sandbox.apiKey);
    if (!key) throw new Error('The local sandbox generated an invalid key.');
    this.#address = { url: sandbox.url, key };
    this.#connections.addVolatile(this.#connection(), key);
    await vscode.commands.executeCommand('setContext', 'truework.localSandbox', true);
    return sandbox;
  }
}
