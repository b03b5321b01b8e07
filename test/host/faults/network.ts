/** The network of a test: Truework's host behind a proxy, with faults; nothing reaches the real one. */
import dns from 'node:dns';
import { Socket } from 'node:net';
import type { RunningSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { readIdentity, type CertificateFlaw } from '../../support/network/certificates.ts';
import { startProxy, type ConnectProxy } from '../../support/network/connect-proxy.ts';
import { answer, startFaultServer, type FaultServer } from '../../support/network/fault-server.ts';

const HOST = 'api.truework-sandbox.com';
/** A port that nothing listens on: servers get theirs from a range far above. */
const CLOSED_PORT = 9;
const PROXY_VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'];

/** Where Truework's host name resolves to without a proxy: nowhere, a closed port, or the fault server. */
type Route = 'no-name' | 'closed-port' | 'server';

export class Network {
  readonly sandbox: RunningSandbox;
  readonly server: FaultServer;
  proxy: ConnectProxy;
  route: Route = 'no-name';
  readonly #folder: string;
  readonly #undo: () => void;

  private constructor(sandbox: RunningSandbox, server: FaultServer, proxy: ConnectProxy, folder: string) {
    this.sandbox = sandbox;
    this.server = server;
    this.proxy = proxy;
    this.#folder = folder;
    const before = PROXY_VARIABLES.map((name) => [name, process.env[name]] as const);
    const { lookup } = dns;
    Object.assign(dns, { lookup: this.#lookup(lookup) });
    // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was, and called with the socket
    const { connect } = Socket.prototype;
    const portOf = () => (this.route === 'server' ? server.port : CLOSED_PORT);
    Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
      const options = args[0] as { readonly host?: string } | undefined;
      const isTruework = typeof options === 'object' && options.host?.includes('truework') === true;
      return Reflect.apply(
        connect,
        this,
        isTruework ? [{ ...options, port: portOf() }, ...args.slice(1)] : args,
      ) as Socket;
    };
    this.#undo = () => {
      Object.assign(dns, { lookup });
      Socket.prototype.connect = connect;
      for (const [name, value] of before) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    };
    for (const name of PROXY_VARIABLES) Reflect.deleteProperty(process.env, name);
    this.withProxy();
  }

  /** @param folder with the certificates; @param apiKey the key that the sandbox accepts */
  static async start(folder: string, apiKey: string): Promise<Network> {
    const sandbox = await startSandbox({ apiKey, seedOrders: 'demo' });
    const server = await startFaultServer(sandbox, readIdentity(folder, 'none'));
    return new Network(sandbox, server, await startProxy({ only: `${HOST}:443`, port: server.port }), folder);
  }

  /** Everything is well again. */
  heal(): void {
    this.server.reaction = answer;
    this.identify('none');
    this.route = 'server';
    this.proxy.refusal = undefined;
    this.proxy.authorization = undefined;
  }

  /** The certificate that is shown from now on; open connections end. */
  identify(flaw: CertificateFlaw): void {
    this.server.identify(readIdentity(this.#folder, flaw));
    this.server.dropConnections();
  }

  /** Requests go out without a proxy, to wherever {@link route} leads. Counts for clients that are made from now on. */
  withoutProxy(): void {
    Reflect.deleteProperty(process.env, 'HTTPS_PROXY');
  }

  withProxy(): void {
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${this.proxy.port}`;
  }

  /** Nobody listens where the proxy was. */
  stopProxy(): void {
    this.proxy.close();
  }

  async restartProxy(): Promise<void> {
    this.proxy = await startProxy({ only: `${HOST}:443`, port: this.server.port, listenOn: this.proxy.port });
  }

  /** Somebody else cancels an order, past all faults. */
  async cancelElsewhere(id: string): Promise<void> {
    const { status } = await fetch(`${this.sandbox.url}/orders/${encodeURIComponent(id)}/cancel`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.sandbox.apiKey}`,
        accept: 'application/json; version=2023-10-30',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ cancellation_reason: 'other' }),
    });
    if (status !== 200) throw new Error(`The sandbox answered ${status}.`);
  }

  async stop(): Promise<void> {
    this.#undo();
    this.proxy.close();
    await this.server.close();
    await this.sandbox.stop();
  }

  #lookup(real: typeof dns.lookup) {
    return (
      name: string,
      options: dns.LookupOptions,
      callback: (error: NodeJS.ErrnoException | null, address?: unknown, family?: number) => void,
    ): void => {
      if (!name.includes('truework')) {
        (real as (...args: unknown[]) => void)(name, options, callback);
      } else if (this.route === 'no-name') {
        callback(
          Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
            code: 'ENOTFOUND',
            errno: -3008,
            syscall: 'getaddrinfo',
            hostname: name,
          }),
        );
      } else if (options.all === true) {
        callback(null, [{ address: '127.0.0.1', family: 4 }]);
      } else {
        callback(null, '127.0.0.1', 4);
      }
    };
  }
}
