/**
 * A local server that behaves like Truework's sandbox: https://www.truework.com/docs/api-reference/sandbox.
 * It listens on this machine only and does not need Truework.
 */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isKeyBody, PUBLISHABLE_PREFIX, readSecretKey, SANDBOX_MARK, SECRET_PREFIX } from '../truework/keys.ts';
import { Announcer } from './announcer.ts';
import { KeyCheck } from './auth.ts';
import { betaOperations } from './beta.ts';
import { controlOperations } from './control.ts';
import { Faults, type Fault, type FaultOptions } from './faults.ts';
import { DEFAULT_ASSUMPTIONS, type Assumptions } from './assumptions.ts';
import { Ids } from './ids.ts';
import { orderOperations } from './operations.ts';
import { RateLimit } from './rate-limit.ts';
import { seedDemo, seedMany } from './seed.ts';
import { createSandboxServer, DelayedWork } from './server.ts';
import { StateFile } from './state-file.ts';
import { Store } from './store.ts';
import { newWebhookToken, Webhooks, type Webhook, type WebhookOptions } from './webhooks.ts';
import type { World } from './world.ts';

export const DEFAULT_RATE_LIMIT = 10;
export const DEFAULT_SEED = 'truework';

export interface SandboxOptions {
  /** TCP port on 127.0.0.1. 0: any free port. */
  readonly port?: number;
  /** The same seed and requests give the same IDs, applicants and numbers. */
  readonly seed?: string;
  /** How many times faster than real time planned delays pass; 86400 turns the two days of an outreach into two seconds. */
  readonly speed?: number;
  /** A sandbox key to use instead of a random one. */
  readonly apiKey?: string;
  /** The file that stores orders, webhooks and other state between runs; none by default. */
  readonly stateFile?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Requests per second; 0: no limit. */
  readonly rateLimit?: number;
  /** Whether `/control/…` exists: faults, webhooks, time and states for tests. */
  readonly controlRoute?: boolean;
  /** Initial orders if the state file has none: one of every state and kind, or this number. */
  readonly seedOrders?: 'demo' | number;
  readonly webhooks?: readonly WebhookOptions[];
  readonly assumptions?: Partial<Assumptions>;
  /** Called with notices for the user: a state file that was renamed, a webhook that fails. Never contains keys or request bodies. */
  readonly onNotice?: (text: string) => void;
}

export interface RunningSandbox {
  /** `http://127.0.0.1:PORT`, the base URL of the API. */
  readonly url: string;
  readonly port: number;
  /** The secret key, the only one that the sandbox accepts. */
  readonly apiKey: string;
  readonly publishableKey: string;
  /** The `X-Truework-Token` of webhooks that were registered without a token. */
  readonly webhookToken: string;
  readonly orderCount: number;
  /** @throws Error if there are ten already or the URL is invalid */
  registerWebhook(options: WebhookOptions): Webhook;
  removeWebhook(id: number): boolean;
  webhooks(): Webhook[];
  addFault(options: FaultOptions): Fault;
  clearFaults(): void;
  /** Moves the sandbox's clock forward and runs the steps that are due. */
  advance(milliseconds: number): void;
  /** Resolves once every due webhook has been attempted. */
  settle(): Promise<void>;
  /** Writes the state file now. */
  save(): Promise<void>;
  /** Writes the state file, closes every connection and releases the port. */
  stop(): Promise<void>;
}

/**
 * @throws Error with a message for the user if an option is invalid, the port is in use, or the state file cannot be read
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const { speed, rateLimit, apiKey } = checkedOptions(options);
  const notice = options.onNotice ?? (() => undefined);
  const webhookToken = newWebhookToken();

  const file = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, notice);
  const stored = await file?.read();
  const seed = stored?.seed ?? options.seed ?? DEFAULT_SEED;
  if (options.seed !== undefined && options.seed !== seed)
    notice('The state file was created with another seed, which remains in use.');

  const clock = new ShiftedClock(options.clock ?? Date.now, stored?.clockShift ?? 0);
  const assumptions: Assumptions = { ...DEFAULT_ASSUMPTIONS, ...options.assumptions };
  const parts = createParts({ seed, clock, speed, assumptions, webhookToken, notice });
  const { world, store, webhooks } = parts;
  if (stored) {
    store.load(stored.store);
    webhooks.load(stored.webhooks);
  } else if (options.seedOrders === 'demo') {
    seedDemo(world);
  } else if (options.seedOrders) {
    seedMany(world, options.seedOrders);
  }
  registerWebhooks(webhooks, options.webhooks ?? [], webhookToken);
  const announcer = new Announcer(world, webhooks);

  const operations = [...orderOperations(world), ...betaOperations(world)];
  const faults = new Faults(operations.map((operation) => operation.id));
  const advance = (milliseconds: number): void => {
    clock.advance(milliseconds);
    store.changed();
    announcer.run();
  };
  const delayed = new DelayedWork();
  const server = createSandboxServer({
    operations: [
      ...operations,
      ...(options.controlRoute ? controlOperations({ world, webhooks, faults, advance }) : []),
    ],
    key: new KeyCheck(apiKey),
    rateLimit: new RateLimit(rateLimit),
    faults,
    delayed,
    notice,
  });
  const state = () => ({ seed, clockShift: clock.shift, store: store.toJSON(), webhooks: webhooks.toJSON() });
  // Immediately, so that a location that is not writable is reported before there is anything to lose.
  if (!stored) await file?.write(state);
  store.onChange(() => {
    file?.writeSoon(state);
  });

  const port = await listen(server, options.port ?? 0);
  world.origin = `http://127.0.0.1:${port}`;
  parts.announcer = announcer;
  announcer.run();

  const save = async (): Promise<void> => {
    await file?.write(state);
  };
  const stop = async (): Promise<void> => {
    announcer.stop();
    delayed.stop();
    await close(server);
    await webhooks.stop();
    await save();
  };
  let stopped: Promise<void> | undefined;
  const publishableKey = `${PUBLISHABLE_PREFIX}${SANDBOX_MARK}${randomBytes(32).toString('base64url')}`;
  return {
    url: world.origin,
    port,
    apiKey,
    publishableKey,
    webhookToken,
    advance,
    save,
    get orderCount() {
      return store.orders.length;
    },
    registerWebhook: (webhook) => webhooks.register(webhook),
    removeWebhook: (id) => webhooks.remove(id),
    webhooks: () => webhooks.list(),
    addFault: (fault) => faults.add(fault),
    clearFaults: () => {
      faults.clear();
    },
    settle: async () => {
      announcer.run();
      await webhooks.settle();
    },
    stop: () => (stopped ??= stop()),
  };
}

/** A clock that can be moved forward, in milliseconds since 1970. */
class ShiftedClock {
  readonly #clock: () => number;
  #shift: number;

  constructor(clock: () => number, shift: number) {
    this.#clock = clock;
    this.#shift = shift;
  }

  get shift(): number {
    return this.#shift;
  }

  now(): number {
    return Math.floor(this.#clock() + this.#shift);
  }

  advance(milliseconds: number): void {
    this.#shift += milliseconds;
  }
}

/** @throws Error with a message for the user if an option is invalid */
function checkedOptions(options: SandboxOptions): { speed: number; rateLimit: number; apiKey: string } {
  const { speed = 1, rateLimit = DEFAULT_RATE_LIMIT, apiKey = newSecretKey() } = options;
  if (!(speed > 0 && Number.isFinite(speed))) throw new Error('The speed must be a number larger than 0.');
  if (!(rateLimit >= 0 && Number.isFinite(rateLimit)))
    throw new Error('The rate limit must be a number of requests per second, or 0 for none.');
  const reading = readSecretKey(apiKey);
  if (!reading.ok || reading.environment !== 'sandbox')
    throw new Error(`A sandbox key begins with ${SECRET_PREFIX}${SANDBOX_MARK}. Production keys are not accepted.`);
  return { speed, rateLimit, apiKey };
}

interface Parts {
  readonly world: World;
  readonly store: Store;
  readonly webhooks: Webhooks;
  /** The webhooks and the announcer need the world, and the world notifies the announcer once it exists. */
  announcer: Announcer | undefined;
}

function createParts({
  seed,
  clock,
  speed,
  assumptions,
  webhookToken,
  notice,
}: Pick<World, 'seed' | 'speed' | 'assumptions'> & {
  readonly clock: ShiftedClock;
  readonly webhookToken: string;
  readonly notice: (text: string) => void;
}): Parts {
  const store = new Store();
  const world: World = {
    seed,
    assumptions,
    speed,
    store,
    ids: new Ids(seed),
    origin: '',
    now: () => clock.now() * 1000 + 999,
    stamp: (n) => clock.now() * 1000 + ((n * 379) % 900),
    wake: (order) => {
      parts.announcer?.schedule(order);
    },
  };
  const webhooks = new Webhooks({
    token: webhookToken,
    assumptions,
    speed,
    notice,
    now: world.now,
    changed: () => {
      store.changed();
    },
    wake: () => {
      parts.announcer?.run();
    },
  });
  const parts: Parts = { world, store, webhooks, announcer: undefined };
  return parts;
}

/** Registers the webhooks that are not in the state file of an earlier run. */
function registerWebhooks(webhooks: Webhooks, wanted: readonly WebhookOptions[], sharedToken: string): void {
  for (const webhook of wanted) {
    const url = URL.canParse(webhook.url) ? new URL(webhook.url).href : webhook.url;
    const known = webhooks.list().find((each) => each.url === url);
    if (known && known.token === (webhook.token ?? sharedToken)) continue;
    if (known) webhooks.remove(known.id);
    webhooks.register(webhook);
  }
}

/** @returns the port, which the operating system chooses if it is 0 */
async function listen(server: Server, wanted: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? new Error(`Port ${wanted} is in use. Choose another one, or 0 for any.`) : error,
      );
    });
    server.listen(wanted, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/** The usual format of sandbox keys: 40 hexadecimal digits. */
function newSecretKey(): string {
  const body = randomBytes(20).toString('hex');
  if (!isKeyBody(body)) throw new Error('The key grammar has changed.');
  return `${SECRET_PREFIX}${SANDBOX_MARK}${body}`;
}
