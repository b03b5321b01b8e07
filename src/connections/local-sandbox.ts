import * as vscode from 'vscode';
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

/** The Truework sandbox of this window: a server on 127.0.0.1 whose key is made anew at each start. */
export class LocalSandbox implements vscode.Disposable {
  readonly #connections: Connections;
  #running: Promise<RunningSandbox> | undefined;
  #address: LocalAddress | undefined;
  #disposed = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  get isRunning(): boolean {
    return this.#address !== undefined;
  }

  /** Where it listens and the one key that may go there, while it runs. */
  get address(): LocalAddress | undefined {
    return this.#address;
  }

  /** Starts it if need be. @returns its connection. */
  async start(): Promise<Connection> {
    if (this.#disposed) throw new vscode.CancellationError();
    this.#running ??= this.#launch();
    try {
      await this.#running;
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
    return { id: ID, alias: vscode.l10n.t('Local Sandbox'), environment: 'sandbox', local: true };
  }

  /** @returns false when it was not running. */
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

  /** Lets go of the port without telling anybody: those who would hear of it are being given up too. */
  dispose(): void {
    this.#disposed = true;
    this.#address = undefined;
    void this.#running?.then(
      (running) => running.stop(),
      () => undefined,
    );
  }

  async #launch(): Promise<RunningSandbox> {
    const { startSandbox } = await import('../sandbox/start-sandbox.ts');
    const sandbox = await startSandbox({ seedOrders: 'demo' });
    if (this.#disposed) return sandbox;
    const key = SecretKey.from(sandbox.apiKey);
    if (!key) throw new Error('The local sandbox made a key that is none.');
    this.#address = { url: sandbox.url, key };
    this.#connections.addVolatile(
      { id: ID, alias: vscode.l10n.t('Local Sandbox'), environment: 'sandbox', local: true },
      key,
    );
    await vscode.commands.executeCommand('setContext', 'truework.localSandbox', true);
    return sandbox;
  }
}
