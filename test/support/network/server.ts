/** A server on 127.0.0.1 that answers as the test says and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { after } from 'node:test';
import { listen } from './listen.ts';

export { listen };

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (request: Received, response: ServerResponse, index: number) => void;

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** What is answered from now on. */
  answer: Answer;
  close(): void;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

export async function startServer(answer: Answer = json({})): Promise<TestServer> {
  const server = createServer((request, response) => {
    void bodyOf(request).then(
      (body) => {
        const { method = '', url = '', headers } = request;
        const index = handle.received.push({ method, url, headers, body }) - 1;
        handle.answer({ method, url, headers, body }, response, index);
      },
      () => undefined,
    );
  });
  const port = await listen(server);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  after(close);
  const handle: TestServer = { url: `http://127.0.0.1:${port}`, port, received: [], answer, close };
  return handle;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** One answer after the other; the last one for good. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let turn = 0;
  return (request, response, index) => {
    answers[Math.min(turn, answers.length - 1)]?.(request, response, index);
    turn += 1;
  };
}

export const errorBody = (message: string, more: object = {}) => ({ error: { message, ...more } });

/** Where nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
