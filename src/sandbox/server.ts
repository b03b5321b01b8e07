/** The HTTP server: authentication, routing, content negotiation, faults, limits, and error responses. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { ApiError } from './api-error.ts';
import type { KeyCheck } from './auth.ts';
import { faultAnswer, corrupt, type Faults } from './faults.ts';
import { negotiate, type AnswerForm } from './negotiate.ts';
import type { OperationCall, Operation } from './operation.ts';
import type { RateLimit } from './rate-limit.ts';

type App = Hono<{ Bindings: HttpBindings }>;
type AppContext = Context<{ Bindings: HttpBindings }>;

/** Authorization forms are part of the body. */
const MAX_BODY_SIZE = 32 * 1024 * 1024;
/** A client that is disconnected while it writes may lose the response, so this much of a body that is too large is read and dropped. */
const MAX_READ_SIZE = 4 * MAX_BODY_SIZE;

export interface ServerParts {
  readonly operations: readonly Operation[];
  readonly key: KeyCheck;
  readonly rateLimit: RateLimit;
  readonly faults: Faults;
  readonly delayed: DelayedWork;
  /** Called with errors of the sandbox itself. */
  notice(text: string): void;
}

export function createSandboxServer(parts: ServerParts): Server {
  const app = createApp(parts);
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    if (!isOwnHost(request)) {
      refuse(response, 403, 'This host is not served here.');
      return;
    }
    void listener(request, response);
  });
  // Clients keep connections alive for longer than Node's five seconds; closing first would break their next request.
  server.keepAliveTimeout = 65_000;
  return server;
}

/** Prevents DNS rebinding: web pages whose host name resolves to this machine. */
function isOwnHost(request: IncomingMessage): boolean {
  const port = request.socket.localPort;
  const names = [
    `127.0.0.1:${port ?? 0}`,
    `localhost:${port ?? 0}`,
    ...(port === 80 ? ['127.0.0.1', 'localhost'] : []),
  ];
  return names.includes(request.headers.host?.toLowerCase() ?? '') && request.url?.startsWith('/') === true;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ error: { message } }));
}

function createApp(parts: ServerParts): App {
  const app: App = new Hono<{ Bindings: HttpBindings }>({ strict: false });
  // First, so that every request without the key gets the same response.
  app.use(async (c, next) => {
    parts.key.check(c.req.header('authorization'));
    await next();
  });
  // In order: a later path with parameters, such as /orders/:order_id, may match a fixed path, too.
  for (const path of new Set(parts.operations.map((operation) => operation.path))) {
    const here = parts.operations.filter((operation) => operation.path === path);
    for (const operation of here) app.on(operation.method, path, (c) => serve(c, operation, parts));
    const allow = here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    app.all(path, (c) => {
      parts.rateLimit.count();
      negotiate(c.req.header('accept'), ['json']);
      throw new ApiError(405, `Method "${c.req.method}" not allowed.`, { headers: { allow } });
    });
  }
  app.notFound(() => new ApiError(404, 'Not found.').toResponse());
  app.onError((error) => {
    if (error instanceof ApiError) return error.toResponse();
    parts.notice(`The sandbox failed: ${error.stack ?? error.message}`);
    return new ApiError(500, 'The sandbox failed. See its log for details.').toResponse();
  });
  return app;
}

async function serve(c: AppContext, operation: Operation, parts: ServerParts): Promise<Response> {
  if (!operation.control) parts.rateLimit.count();
  const form = negotiate(c.req.header('accept'), operation.forms ?? ['json']);
  const call = callOf(c, form);
  if (operation.control) return operation.run(call);

  const faults = parts.faults.take(operation.id);
  const latency = faults.get('latency');
  if (latency && !(await parts.delayed.wait(latency.milliseconds))) return RESPONSE_ALREADY_SENT;
  const resetBefore = faults.get('reset-before');
  if (resetBefore) {
    await workLater(resetBefore.workAfter, operation, call, parts);
    return reset(c);
  }
  const status = faults.get('status');
  if (status && !status.after) {
    await workLater(status.workAfter, operation, call, parts);
    return faultAnswer(status);
  }

  const answer = await settled(operation, call);
  if (faults.has('reset-after')) return reset(c);
  if (status) return faultAnswer(status);
  if (faults.has('wrong-schema') && form === 'json') {
    return new Response(JSON.stringify(corrupt(await answer.json())), {
      status: answer.status,
      headers: answer.headers,
    });
  }
  if (faults.has('truncate')) return truncate(c, answer);
  return answer;
}

/** Work in progress, independent of its client: slow requests, and work after the response. It ends with the server. */
export class DelayedWork {
  readonly #waits = new Map<NodeJS.Timeout, (isDue: boolean) => void>();
  #isStopped = false;

  /** @returns false if the server stopped first */
  wait(milliseconds: number): Promise<boolean> {
    if (this.#isStopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waits.delete(timer);
        resolve(true);
      }, milliseconds);
      this.#waits.set(timer, resolve);
    });
  }

  later(milliseconds: number, work: () => Promise<unknown>, failed: (error: unknown) => void): void {
    this.wait(milliseconds)
      .then((isDue) => (isDue ? work() : undefined))
      .catch(failed);
  }

  stop(): void {
    this.#isStopped = true;
    for (const [timer, resolve] of this.#waits) {
      clearTimeout(timer);
      resolve(false);
    }
    this.#waits.clear();
  }
}

/** Runs an operation later, if the fault says so. The body is read now, because the connection is about to close. */
async function workLater(
  milliseconds: number | undefined,
  operation: Operation,
  call: OperationCall,
  { delayed: late, ...parts }: ServerParts,
): Promise<void> {
  if (milliseconds === undefined) return;
  const reading = call.body();
  const [body] = await Promise.allSettled([reading]);
  late.later(
    milliseconds,
    () =>
      settled(operation, {
        ...call,
        body: () => (body.status === 'fulfilled' ? Promise.resolve(body.value) : reading),
      }),
    (error) => {
      parts.notice(
        `The sandbox failed at work it had put off: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
  );
}

/** The error of an operation is a response, too, which faults may affect. */
async function settled(operation: Operation, call: OperationCall): Promise<Response> {
  try {
    return await operation.run(call);
  } catch (error) {
    if (error instanceof ApiError) return error.toResponse();
    throw error;
  }
}

function reset(c: AppContext): Response {
  c.env.incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

async function truncate(c: AppContext, answer: Response): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const { outgoing, incoming } = c.env;
  outgoing.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'content-length': bytes.length });
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    incoming.socket.destroy();
  });
  return RESPONSE_ALREADY_SENT;
}

function callOf(c: AppContext, form: AnswerForm): OperationCall {
  return {
    url: new URL(c.req.url),
    form,
    param: (name) => c.req.param(name) ?? '',
    query: (name) => c.req.query(name),
    header: (name) => c.req.header(name),
    body: () => readBody(c),
  };
}

async function readBody(c: AppContext): Promise<unknown> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  const text = await readText(c);
  // No body counts as an empty one: the schema then reports what is missing.
  if (text === '' && type === '') return {};
  if (type !== 'application/json')
    throw new ApiError(415, `Unsupported media type "${c.req.header('content-type') ?? ''}" in request.`);
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The message of the parser quotes the body, which may contain a social security number.
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new ApiError(
      400,
      `JSON parse error - ${at === undefined ? 'Expecting value' : `Expecting value: char ${at}`}`,
    );
  }
}

async function readText(c: AppContext): Promise<string> {
  const tooLarge = new ApiError(413, 'The request body is too large.');
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_SIZE) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size <= MAX_BODY_SIZE) chunks.push(chunk);
    else chunks.length = 0;
    if (size > MAX_READ_SIZE) throw tooLarge;
  }
  if (size > MAX_BODY_SIZE) throw tooLarge;
  return Buffer.concat(chunks).toString('utf8');
}
