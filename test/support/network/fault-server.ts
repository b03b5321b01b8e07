/**
 * Truework's host as a bad network shows it: an HTTPS server that has the local sandbox do the work and then, or
 * instead, does to the connection and the answer what the test says.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { Pool } from 'undici';
import type { RunningSandbox } from '../../../src/sandbox/start-sandbox.ts';
import type { ServerIdentity } from './certificates.ts';
import { largeBody } from './large-body.ts';
import { listen } from './listen.ts';

/** One request that arrived. */
export interface Hit {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
  /** When, by `performance.now()`. */
  readonly at: number;
}

/** What the sandbox answered. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface FaultExchange {
  readonly hit: Hit;
  readonly response: ServerResponse;
  /** Has the sandbox carry out the request. */
  readonly work: () => Promise<Answer>;
  /** Ends the connection with a reset, not with a proper end. */
  readonly reset: () => void;
}

/** What happens to a request. */
export type Reaction = (exchange: FaultExchange) => Promise<void> | void;

export interface FaultServer {
  readonly port: number;
  readonly hits: Hit[];
  /** What happens to requests from now on. */
  reaction: Reaction;
  /** The certificate that new connections are shown. */
  identify(identity: ServerIdentity): void;
  /** Ends all connections, as when a machine wakes up whose network forgot them. */
  dropConnections(): void;
  close(): Promise<void>;
}

export async function startFaultServer(
  sandbox: Pick<RunningSandbox, 'url'>,
  identity: ServerIdentity,
): Promise<FaultServer> {
  // A client of its own: the editor leads everything else on this machine through the proxy under test.
  const upstream = new Pool(sandbox.url);
  /** The connections below TLS, by the client's port. */
  const open = new Map<number, Socket>();
  const server = createServer({ ...identity }, (request, response) => {
    response.on('error', () => undefined);
    const reset = () => {
      open.get(request.socket.remotePort ?? 0)?.resetAndDestroy();
    };
    void exchangeOf(request, response, upstream, reset)
      .then(async (exchange) => {
        handle.hits.push(exchange.hit);
        await handle.reaction(exchange);
      })
      .catch(() => {
        response.destroy();
      });
  });
  server.keepAliveTimeout = 65_000;
  server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket;
    open.set(remotePort, socket);
    socket.once('close', () => {
      open.delete(remotePort);
    });
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  const port = await listen(server);
  const handle: FaultServer = {
    port,
    hits: [],
    reaction: answer,
    identify: (next) => {
      server.setSecureContext({ ...next });
    },
    dropConnections: () => {
      for (const socket of open.values()) socket.resetAndDestroy();
    },
    close: async () => {
      server.close();
      handle.dropConnections();
      await upstream.destroy();
    },
  };
  return handle;
}

async function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Pool,
  reset: () => void,
): Promise<FaultExchange> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const { method = 'GET', url = '/', headers } = request;
  const { authorization = '', accept = '', 'content-type': type, 'request-sync': sync } = headers;
  return {
    hit: { method, path: url, body: body.toString(), at: performance.now() },
    response,
    work: async () => {
      const done = await upstream.request({
        method,
        path: url,
        headers: {
          authorization,
          accept,
          ...(type !== undefined && { 'content-type': type }),
          ...(typeof sync === 'string' && { 'request-sync': sync }),
        },
        ...(body.length > 0 && { body }),
      });
      const { 'content-type': answered = '', 'retry-after': retryAfter } = done.headers;
      return {
        status: done.statusCode,
        headers: {
          'content-type': String(answered),
          ...(typeof retryAfter === 'string' && { 'retry-after': retryAfter }),
        },
        body: Buffer.from(await done.body.arrayBuffer()),
      };
    },
    reset,
  };
}

/** As Truework answers. */
export const answer: Reaction = async ({ response, work }) => {
  const { status, headers, body } = await work();
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
};

export const resetBeforeHeaders: Reaction = ({ reset }) => {
  reset();
};

/** The answer breaks off: half of it is there when the connection is reset. */
export const resetMidBody: Reaction = async ({ response, work, reset }) => {
  const { status, headers, body } = await work();
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), reset);
};

/** Half of the answer, announced as the whole of it. */
export const cutShort: Reaction = async ({ response, work }) => {
  const { status, headers, body } = await work();
  const half = body.subarray(0, Math.floor(body.length / 2));
  response.writeHead(status, { ...headers, 'content-length': half.length }).end(half);
};

/** Nothing ever comes back. */
export const stall: Reaction = () => undefined;

/** The answer begins and never ends. */
export const trickle: Reaction = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{');
  const drip = setInterval(() => {
    response.write(' ');
  }, 10);
  response.once('close', () => {
    clearInterval(drip);
  });
};

/** More than any answer may be. */
export const oversized: Reaction = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  largeBody(64).pipe(response);
};

/** The right answer under the wrong name. */
export const wrongType: Reaction = async ({ response, work }) => {
  const { status, body } = await work();
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
};

/** Something of another kind, said to be what was asked for. */
export const notJson: Reaction = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('It works!');
};

export const noContent: Reaction = ({ response }) => {
  response.writeHead(204).end();
};

const SIGN_IN =
  '<!doctype html><html><head><title>Welcome</title></head><body><h1>Sign in to Guest Wi-Fi</h1><form action="http://portal.example/login"></form></body></html>';

/** The sign-in page of a network, instead of the answer. */
export const portalPage: Reaction = ({ response }) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(SIGN_IN);
};

export const portalRedirect: Reaction = ({ response }) => {
  response.writeHead(302, { location: 'https://portal.example/login' }).end();
};

export interface StatusOptions {
  /** Value of `Retry-After`. */
  readonly retryAfter?: string;
  /** The body is a gateway's page instead of the API's error object. */
  readonly html?: boolean;
  /** Truework's own words; a text that shows that it is passed on. */
  readonly message?: string;
}

/** An error answer, nothing done. */
export function status(
  code: number,
  { retryAfter, html = false, message = `Status ${code}.` }: StatusOptions = {},
): Reaction {
  return ({ response }) => {
    response.writeHead(code, {
      'content-type': html ? 'text/html' : 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    });
    response.end(html ? `<html><body><h1>${code}</h1></body></html>` : JSON.stringify({ error: { message } }));
  };
}

/** This answer instead of the sandbox's own, once the work is done. */
export function afterWork(reaction: Reaction): Reaction {
  return async (exchange) => {
    await exchange.work();
    await reaction(exchange);
  };
}

/** This answer, and the work once `released` settles: a gateway gives up, and what is behind it goes on. */
export function beforeLateWork(reaction: Reaction, released: Promise<unknown>): Reaction {
  return async (exchange) => {
    await reaction(exchange);
    await released;
    await exchange.work();
  };
}

/** One reaction after the other; the last one for good. */
export function inTurn(...reactions: readonly Reaction[]): Reaction {
  let turn = 0;
  return (exchange) => {
    const reaction = reactions[Math.min(turn, reactions.length - 1)];
    turn += 1;
    return reaction?.(exchange);
  };
}

/** This for requests that change something, Truework's own answer for all that only read. */
export function whereItCounts(reaction: Reaction): Reaction {
  return (exchange) => (exchange.hit.method === 'GET' ? answer : reaction)(exchange);
}

/** The largest number of requests that began within any stretch of one second. */
export function busiestSecond(hits: readonly Hit[]): number {
  return Math.max(0, ...hits.map(({ at }, first) => hits.slice(first).filter((hit) => hit.at < at + 1000).length));
}
