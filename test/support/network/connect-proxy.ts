/** A real CONNECT proxy. It sees host and port only, and says what it was asked for. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { listen } from './listen.ts';

export interface ConnectProxy {
  readonly port: number;
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[];
  /** Requests that came without CONNECT: none ever should. */
  plain: number;
  /** What every CONNECT gets from now on instead of a tunnel. */
  refusal: Refusal | undefined;
  /** The only Proxy-Authorization that is let through from now on. */
  authorization: string | undefined;
  /** Forgets all tunnels, and tells neither end: nothing passes through them any more. */
  forgetTunnels(): void;
  close(): void;
}

/** A status, the end of the connection, or nothing at all. */
type Refusal = number | 'hang-up' | 'silence';

export interface ProxyBehavior {
  /** The only Proxy-Authorization that is let through. */
  readonly authorization?: string;
  /** The only host that it leads to, as a CONNECT names it; every other one gets a 502. */
  readonly only?: string;
  /** Where every tunnel leads; the port that was asked for when left out. */
  readonly port?: number;
  /** What every CONNECT gets instead of a tunnel. */
  readonly refusal?: Refusal;
  /** Where it listens itself; on any free port when left out. */
  readonly listenOn?: number;
  /** Speaks TLS with this certificate. */
  readonly tls?: { readonly key: Buffer; readonly certificate: Buffer };
}

export async function startProxy({
  only,
  port,
  listenOn,
  tls,
  ...behavior
}: ProxyBehavior = {}): Promise<ConnectProxy> {
  const open = new Set<Socket>();
  const forget = new Set<() => void>();
  const answer: RequestListener = (_request, response) => {
    proxy.plain += 1;
    response.writeHead(400).end();
  };
  const server =
    tls === undefined ? createServer(answer) : createSecureServer({ key: tls.key, cert: tls.certificate }, answer);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const { url: target = '', headers } = request;
    const { refusal, authorization } = proxy;
    proxy.asked.push({ target, authorization: headers['proxy-authorization'] });
    open.add(socket);
    socket.on('error', () => undefined);
    if (refusal === 'silence') return;
    if (refusal === 'hang-up') {
      socket.destroy();
      return;
    }
    const status =
      refusal ??
      (only !== undefined && target !== only ? 502 : undefined) ??
      (authorization !== undefined && headers['proxy-authorization'] !== authorization ? 407 : 200);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nproxy-authenticate: Basic realm="test"\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    // Every name leads to this machine: no test goes out.
    const upstream = connect(port ?? Number(target.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    open.add(upstream);
    forget.add(() => {
      upstream.unpipe(socket).resume();
      socket.unpipe(upstream).resume();
    });
    // Only plain connections can be reset.
    upstream.on('error', () => (tls === undefined ? socket.resetAndDestroy() : socket.destroy()));
    socket.on('close', () => upstream.destroy());
  });
  const close = () => {
    for (const socket of open) socket.destroy();
    server.close();
    server.closeAllConnections();
  };
  const proxy: ConnectProxy = {
    port: await listen(server, listenOn),
    asked: [],
    plain: 0,
    refusal: behavior.refusal,
    authorization: behavior.authorization,
    forgetTunnels: () => {
      for (const each of forget) each();
    },
    close,
  };
  return proxy;
}
