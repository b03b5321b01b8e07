import * as vscode from 'vscode';
import type { TrueworkApi } from '../truework/client.ts';
import type { Log } from '../ui/log.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { LocalSandbox } from './local-sandbox.ts';

/** A connection together with the client that speaks for it. */
export interface Session {
  readonly connection: Connection;
  readonly api: TrueworkApi;
}

/**
 * Clients by connection, made on first use. A client is closed as soon as its key changes or goes, in whichever
 * window, so that nothing in flight answers for a key that is no longer there.
 */
export class Sessions extends Disposable {
  readonly #connections: Connections;
  readonly #sandbox: LocalSandbox;
  readonly #log: Log;
  readonly #open = new Map<string, Promise<Session>>();
  readonly #live = new Map<string, Session>();
  readonly #reset = this._register(new vscode.EventEmitter<string>());
  /** The session of the connection with this id was closed: what was learnt through it is stale. */
  readonly onDidReset = this.#reset.event;

  constructor(connections: Connections, sandbox: LocalSandbox, log: Log) {
    super();
    this.#connections = connections;
    this.#sandbox = sandbox;
    this.#log = log;
    this._register(
      connections.onDidChangeKey((id) => {
        this.#close(id);
      }),
    );
    this._register(
      connections.onDidChange(() => {
        for (const id of this.#open.keys()) if (!connections.find(id)) this.#close(id);
      }),
    );
    this._register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('http') || event.affectsConfiguration('truework.transport')) {
          for (const id of [...this.#open.keys()]) this.#close(id);
        }
      }),
    );
  }

  /** @returns undefined when no connection is chosen. */
  async current(): Promise<Session | undefined> {
    const { current } = this.#connections;
    return current && this.of(current);
  }

  /** @throws CancellationError once the extension is being deactivated, and what keeps a client from being made */
  async of(connection: Connection): Promise<Session> {
    if (this.isDisposed()) throw new vscode.CancellationError();
    const open = this.#open.get(connection.id);
    if (open) return open;
    const opening = this.#create(connection);
    this.#open.set(connection.id, opening);
    try {
      const session = await opening;
      if (this.#open.get(connection.id) === opening) this.#live.set(connection.id, session);
      return session;
    } catch (error) {
      if (this.#open.get(connection.id) === opening) this.#open.delete(connection.id);
      throw error;
    }
  }

  /** For documents, which name their connection. @throws Error with a sentence for the person when it is gone */
  async byId(connectionId: string): Promise<Session> {
    const connection = this.#connections.find(connectionId);
    if (!connection)
      throw new Error(
        vscode.l10n.t('The connection of this document is no longer there. Close it, or add its API key again.'),
      );
    return this.of(connection);
  }

  /** False once the session was closed or the window switched away: drop what it answered. */
  isCurrent(session: Session): boolean {
    const { id } = session.connection;
    return this.#connections.current?.id === id && this.#live.get(id) === session;
  }

  async #create(connection: Connection): Promise<Session> {
    const { createApi } = await import('./api.ts');
    const local = connection.local ? this.#sandbox.address : undefined;
    return { connection, api: createApi(connection, local, () => this.#connections.readKey(connection), this.#log) };
  }

  #close(id: string): void {
    const session = this.#open.get(id);
    if (!session) return;
    this.#open.delete(id);
    this.#live.delete(id);
    void session.then(
      ({ api }) => api.close(),
      () => undefined,
    );
    this.#reset.fire(id);
  }

  override dispose(): void {
    // First, so that nobody who hears of the closing opens another.
    super.dispose();
    for (const id of [...this.#open.keys()]) this.#close(id);
  }
}
