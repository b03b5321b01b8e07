import * as vscode from 'vscode';
import type { TrueworkApi } from '../truework/client.ts';
import type { Log } from '../ui/log.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { LocalSandbox } from './local-sandbox.ts';

/** A connection together with its client. */
export interface Session {
  readonly connection: Connection;
  readonly api: TrueworkApi;
}

interface OpenSession {
  readonly opening: Promise<Session>;
  /** Set once it has been opened. */
  session: Session | undefined;
}

/**
 * One client per connection, created on first use. A client is closed as soon as its key changes or is removed, in any
 * window, so that no request in flight returns results for a key that no longer exists.
 */
export class Sessions extends Disposable {
  readonly #connections: Connections;
  readonly #sandbox: LocalSandbox;
  readonly #log: Log;
  readonly #open = new Map<string, OpenSession>();
  readonly #reset = this._register(new vscode.EventEmitter<string>());
  /** The session of the connection with this ID was closed: data loaded through it is stale. */
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

  /** @returns undefined if there is no current connection */
  async current(): Promise<Session | undefined> {
    const { current } = this.#connections;
    return current && this.of(current);
  }

  /**
   * @throws CancellationError once the extension is being deactivated; whatever prevents a client from being created
   */
  async of(connection: Connection): Promise<Session> {
    if (this.isDisposed()) throw new vscode.CancellationError();
    const known = this.#open.get(connection.id);
    if (known) return known.opening;
    const open: OpenSession = { opening: this.#create(connection), session: undefined };
    this.#open.set(connection.id, open);
    try {
      return (open.session = await open.opening);
    } catch (error) {
      if (this.#open.get(connection.id) === open) this.#open.delete(connection.id);
      throw error;
    }
  }

  /**
   * For documents, whose URIs contain the connection's ID.
   * @throws Error with a message for the user if the connection was removed
   */
  async byId(connectionId: string): Promise<Session> {
    const connection = this.#connections.find(connectionId);
    if (!connection)
      throw new Error(
        vscode.l10n.t('The connection of this document was removed. Close the document, or add the API key again.'),
      );
    return this.of(connection);
  }

  /** False once the session was closed or the window uses another connection: drop its results. */
  isCurrent(session: Session): boolean {
    const { id } = session.connection;
    return this.#connections.current?.id === id && this.#open.get(id)?.session === session;
  }

  async #create(connection: Connection): Promise<Session> {
    const { createApi } = await import('./api.ts');
    const local = connection.local ? this.#sandbox.address : undefined;
    return { connection, api: createApi(connection, local, () => this.#connections.readKey(connection), this.#log) };
  }

  #close(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    void open.opening.then(
      ({ api }) => api.close(),
      () => undefined,
    );
    this.#reset.fire(id);
  }

  override dispose(): void {
    // First, so that no listener of the reset event opens another session.
    super.dispose();
    for (const id of [...this.#open.keys()]) this.#close(id);
  }
}
