/**
 * Webhooks: endpoints with their tokens, and deliveries that are retried with exponential backoff until they succeed or expire.
 * Source: https://www.truework.com/docs/api-reference/webhooks.
 */
import { API_VERSION } from '../truework/facts.ts';
import { WEBHOOK_EVENTS, type WebhookData, type WebhookEvent } from '../truework/schemas/webhooks.ts';
import { randomBytes } from 'node:crypto';
import type { Assumptions } from './assumptions.ts';
import { MICROS_PER_HOUR, MICROS_PER_SECOND, timestamp, type Micros } from './time.ts';

const MAX_WEBHOOKS = 10;

export interface WebhookOptions {
  readonly url: string;
  /** Both by default. */
  readonly events?: readonly WebhookEvent[];
  /** Sent as `X-Truework-Token`; the sandbox's own by default. */
  readonly token?: string;
}

export interface Webhook {
  readonly id: number;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly token: string;
}

/** As stored in the state file: a null token is the running sandbox's own. */
interface StoredWebhook extends Omit<Webhook, 'token'> {
  readonly token: string | null;
}

interface Delivery {
  readonly hook: number;
  readonly body: string;
  readonly since: Micros;
  due: Micros;
  failures: number;
}

export interface StoredWebhooks {
  readonly hooks: readonly StoredWebhook[];
  readonly deliveries: readonly Delivery[];
  readonly lastId: number;
}

/** 86 base64url characters (64 bytes), the format of Truework's webhook tokens. */
export function newWebhookToken(): string {
  return randomBytes(64).toString('base64url');
}

interface WebhookDeps {
  readonly token: string;
  readonly assumptions: Assumptions;
  readonly speed: number;
  now(): Micros;
  notice(text: string): void;
  changed(): void;
  wake(): void;
}

export class Webhooks {
  readonly #deps: WebhookDeps;
  #hooks: StoredWebhook[] = [];
  #deliveries: Delivery[] = [];
  #lastId = 0;
  readonly #busy = new Map<number, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(deps: WebhookDeps) {
    this.#deps = deps;
  }

  /** @throws Error with a message for the user if there are too many endpoints or the URL is invalid */
  register(options: WebhookOptions): Webhook {
    if (this.#hooks.length >= MAX_WEBHOOKS)
      throw new Error(
        `There are ${MAX_WEBHOOKS} webhooks already, which is the most an account can have. Remove one first.`,
      );
    const hook: StoredWebhook = {
      id: this.#lastId + 1,
      url: checkUrl(options.url),
      events: checkEvents(options.events),
      token: options.token === undefined ? null : checkToken(options.token),
    };
    this.#lastId = hook.id;
    this.#hooks.push(hook);
    this.#deps.changed();
    return this.#withToken(hook);
  }

  /** Removes an endpoint and its pending deliveries. */
  remove(id: number): boolean {
    const before = this.#hooks.length;
    this.#hooks = this.#hooks.filter((hook) => hook.id !== id);
    this.#deliveries = this.#deliveries.filter((delivery) => delivery.hook !== id);
    this.#deps.changed();
    return this.#hooks.length < before;
  }

  list(): Webhook[] {
    return this.#hooks.map((hook) => this.#withToken(hook));
  }

  send<E extends WebhookEvent>(event: E, data: WebhookData[E], at: Micros): void {
    for (const hook of this.#hooks) {
      if (!hook.events.includes(event)) continue;
      const body = JSON.stringify({
        version: API_VERSION,
        hook: { id: hook.id, event, target: hook.url, triggered_at: timestamp(at) },
        data,
      });
      this.#deliveries.push({ hook: hook.id, body, since: at, due: at, failures: 0 });
    }
  }

  /** Starts due deliveries: one at a time per endpoint, so that they arrive in order. */
  pump(): void {
    if (this.#stopping.signal.aborted) return;
    const now = this.#deps.now();
    for (const hook of this.#hooks) {
      if (this.#busy.has(hook.id)) continue;
      const delivery = this.#deliveries.find((each) => each.hook === hook.id && each.due <= now);
      if (!delivery) continue;
      this.#busy.set(
        hook.id,
        this.#deliver(hook, delivery).finally(() => {
          this.#busy.delete(hook.id);
          this.#deps.changed();
          this.#deps.wake();
        }),
      );
    }
  }

  nextDue(): Micros | undefined {
    const waiting = this.#deliveries.filter((delivery) => !this.#busy.has(delivery.hook));
    return waiting.length === 0 ? undefined : Math.min(...waiting.map((delivery) => delivery.due));
  }

  /** Resolves once no delivery is in progress or due. */
  async settle(): Promise<void> {
    for (;;) {
      this.pump();
      if (this.#busy.size === 0) return;
      await Promise.all(this.#busy.values());
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#busy.values());
  }

  toJSON(): StoredWebhooks {
    return { hooks: this.#hooks, deliveries: this.#deliveries, lastId: this.#lastId };
  }

  load(state: StoredWebhooks): void {
    this.#hooks = [...state.hooks];
    this.#deliveries = [...state.deliveries];
    this.#lastId = state.lastId;
  }

  #withToken(hook: StoredWebhook): Webhook {
    return { ...hook, token: hook.token ?? this.#deps.token };
  }

  async #deliver(hook: StoredWebhook, delivery: Delivery): Promise<void> {
    const { assumptions, speed } = this.#deps;
    const failure = await this.#post(hook, delivery.body);
    if (failure === 'stopped') return;
    if (failure === null) {
      this.#drop(delivery);
      return;
    }
    delivery.failures += 1;
    const now = this.#deps.now();
    const wait =
      Math.min(assumptions.webhookRetrySeconds * MICROS_PER_SECOND * 2 ** (delivery.failures - 1), MICROS_PER_HOUR) /
      speed;
    if (now + wait - delivery.since > (assumptions.webhookRetryHours * MICROS_PER_HOUR) / speed) {
      this.#drop(delivery);
      this.#deps.notice(`Webhook ${hook.id} failed ${delivery.failures} times (${failure}); the delivery is given up.`);
      return;
    }
    delivery.due = now + Math.max(1000, Math.round(wait));
    this.#deps.notice(
      `Webhook ${hook.id} failed (${failure}); trying again in ${(wait / MICROS_PER_SECOND).toFixed(1)} s.`,
    );
  }

  #drop(delivery: Delivery): void {
    this.#deliveries = this.#deliveries.filter((other) => other !== delivery);
  }

  /** @returns null on success, otherwise the reason in a few words */
  async #post(hook: StoredWebhook, body: string): Promise<string | null> {
    const timeout = AbortSignal.timeout(this.#deps.assumptions.webhookTimeoutSeconds * 1000);
    try {
      const response = await fetch(hook.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-truework-token': hook.token ?? this.#deps.token },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, this.#stopping.signal]),
      });
      await response.body?.cancel();
      return response.ok ? null : `status ${response.status}`;
    } catch {
      if (this.#stopping.signal.aborted) return 'stopped';
      return timeout.aborted ? 'no answer in time' : 'no connection';
    }
  }
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return url.href;
  throw new Error('A webhook URL begins with https://, or with http:// when it is on this machine (localhost).');
}

function checkEvents(events: readonly string[] | undefined): WebhookEvent[] {
  if (events === undefined) return [...WEBHOOK_EVENTS];
  const known = WEBHOOK_EVENTS.filter((event) => events.includes(event));
  if (known.length === 0 || known.length !== new Set(events).size)
    throw new Error(`Webhook events are ${WEBHOOK_EVENTS.join(' and ')}.`);
  return known;
}

function checkToken(token: string): string {
  if (!/^[\x21-\x7e]{1,512}$/.test(token)) throw new Error('A webhook token is 1 to 512 visible ASCII characters.');
  return token;
}
