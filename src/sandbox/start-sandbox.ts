/**
 * A local server that behaves as Truework's sandbox does: https://www.truework.com/docs/api-reference/sandbox.
 * It listens on this machine only and needs nothing of Truework.
 */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { isKeyBody, PUBLISHABLE_PREFIX, readSecretKey, SANDBOX_MARK, SECRET_PREFIX } from '../truework/keys.ts';
import { Announcer } from './announcer.ts';
import { KeyCheck } from './auth.ts';
import { betaOperations } from './beta.ts';
import { controlOperations } from './control.ts';
import { Faults, type Fault, type FaultOptions } from './faults.ts';
import { defaultAssumptions, type Assumptions } from './assumptions.ts';
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
  /** TCP port on 127.0.0.1. 0: any free one. */
  readonly port?: number;
  /** The same seed and requests give the same ids, people and numbers. */
  readonly seed?: string;
  /** How many times faster than life planned delays pass; 86400 turns the two days of an outreach into two seconds. */
  readonly speed?: number;
  /** A sandbox key to use instead of a random one. */
  readonly apiKey?: string;
  /** Where orders, webhooks and the rest are kept from one run to the next. Absent: nowhere. */
  readonly stateFile?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Requests a second; 0: no limit. */
  readonly rateLimit?: number;
  /** Whether `/control/…` exists: faults, webhooks, time and states for tests. */
  readonly controlRoute?: boolean;
  /** Orders to begin with, when no state file brings any: one of every state and kind, or so many. */
  readonly seedOrders?: 'demo' | number;
  readonly webhooks?: readonly WebhookOptions[];
  readonly assumptions?: Partial<Assumptions>;
  /** Told what a person should know: a state file put aside, a webhook that fails. Never carries keys or request bodies. */
  readonly onNotice?: (text: string) => void;
}

export interface RunningSandbox {
  /** `http://127.0.0.1:PORT`, the base URL of the API. */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  /** Secret key; the only one the sandbox accepts. */
  readonly apiKey: string;
  readonly publishableKey: string;
  /** Comes in `X-Truework-Token` of webhooks that were registered without a token of their own. */
  readonly webhookToken: string;
  readonly orderCount: number;
  /** @throws Error when there are ten already or the URL cannot be one. */
  registerWebhook(options: WebhookOptions): Webhook;
  removeWebhook(id: number): boolean;
  webhooks(): Webhook[];
  addFault(options: FaultOptions): Fault;
  clearFaults(): void;
  /** Moves the sandbox's clock forward and does what has become due. */
  advance(milliseconds: number): void;
  /** Resolves once every webhook that is due has been tried. */
  settle(): Promise<void>;
  /** Writes the state file now. */
  save(): Promise<void>;
  /** Writes the state file, closes every connection and lets go of the port. */
  stop(): Promise<void>;
}

/**
 * @throws Error with a sentence for the user when an option makes no sense, the port is taken, or the state file cannot be read.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const speed = options.speed ?? 1;
  if (!(speed > 0 && Number.isFinite(speed))) throw new Error('The speed is a number larger than 0.');
  const rateLimit = options.rateLimit ?? DEFAULT_RATE_LIMIT;
  if (!(rateLimit >= 0 && Number.isFinite(rateLimit)))
    throw new Error('The rate limit is a number of requests a second, or 0 for none.');
  const apiKey = options.apiKey ?? newSecretKey();
  const reading = readSecretKey(apiKey);
  if (!reading.ok || reading.environment !== 'sandbox')
    throw new Error(`A sandbox key begins with ${SECRET_PREFIX}${SANDBOX_MARK}. Production keys have no place here.`);

  const guesses: Assumptions = { ...defaultAssumptions, ...options.assumptions };
  const clock = options.clock ?? Date.now;
  const notice = options.onNotice ?? (() => undefined);
  const webhookToken = newWebhookToken();
  const publishableKey = `${PUBLISHABLE_PREFIX}${SANDBOX_MARK}${randomBytes(32).toString('base64url')}`;

  const file = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, notice);
  const stored = await file?.read();
  const seed = stored?.seed ?? options.seed ?? DEFAULT_SEED;
  if (options.seed !== undefined && options.seed !== seed)
    notice('The state file was made with another seed, which stays in use.');

  let shift = stored?.clockShift ?? 0;
  const millis = (): number => Math.floor(clock() + shift);
  const store = new Store();
  // The webhooks, the announcer and the state file each need the world, and the world wakes them.
  const begun: { announcer?: Announcer } = {};
  const world: World = {
    seed,
    assumptions: guesses,
    speed,
    store,
    ids: new Ids(seed),
    origin: '',
    now: () => millis() * 1000 + 999,
    stamp: (n) => millis() * 1000 + ((n * 379) % 900),
    wake: (order) => {
      begun.announcer?.look(order);
    },
  };
  const webhooks = new Webhooks({
    token: webhookToken,
    assumptions: guesses,
    speed,
    notice,
    now: world.now,
    changed: () => {
      store.changed();
    },
    wake: () => {
      begun.announcer?.run();
    },
  });
  if (stored) {
    store.load(stored.store);
    webhooks.load(stored.webhooks);
  } else if (options.seedOrders === 'demo') {
    seedDemo(world);
  } else if (options.seedOrders) {
    seedMany(world, options.seedOrders);
  }
  for (const webhook of options.webhooks ?? []) {
    // The state file may know it from an earlier run.
    const url = URL.canParse(webhook.url) ? new URL(webhook.url).href : webhook.url;
    const known = webhooks.list().find((each) => each.url === url);
    if (known && known.token === (webhook.token ?? webhookToken)) continue;
    if (known) webhooks.remove(known.id);
    webhooks.register(webhook);
  }
  const announcer = new Announcer(world, webhooks);

  const operations = [...orderOperations(world), ...betaOperations(world)];
  const faults = new Faults(operations.map((operation) => operation.id));
  const advance = (milliseconds: number): void => {
    shift += milliseconds;
    store.changed();
    announcer.run();
  };
  const late = new DelayedWork();
  const server = createSandboxServer({
    operations: [
      ...operations,
      ...(options.controlRoute ? controlOperations({ world, webhooks, faults, advance }) : []),
    ],
    key: new KeyCheck(apiKey),
    rateLimit: new RateLimit(rateLimit),
    faults,
    delayed: late,
    notice,
  });
  const state = () => ({ seed, clockShift: shift, store: store.toJSON(), webhooks: webhooks.toJSON() });
  // At once, so that a place that cannot be written to is known before there is anything to lose.
  if (!stored) await file?.write(state);
  store.onChange(() => {
    file?.writeSoon(state);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${options.port ?? 0} is in use. Choose another one, or 0 for any.`)
          : error,
      );
    });
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  world.origin = `http://127.0.0.1:${port}`;
  begun.announcer = announcer;
  announcer.run();

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    announcer.stop();
    late.stop();
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
    await webhooks.stop();
    await file?.write(state);
  };
  return {
    url: world.origin,
    origin: world.origin,
    port,
    apiKey,
    publishableKey,
    webhookToken,
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
    advance,
    settle: async () => {
      announcer.run();
      await webhooks.settle();
    },
    save: async () => {
      await file?.write(state);
    },
    stop: () => (stopped ??= stop()),
  };
}

/** The form that sandbox keys have in the wild: 40 hexadecimal digits. */
function newSecretKey(): string {
  const body = randomBytes(20).toString('hex');
  if (!isKeyBody(body)) throw new Error('The key grammar has changed.');
  return `${SECRET_PREFIX}${SANDBOX_MARK}${body}`;
}
