/** Sends webhooks when steps of orders become due, with one timer for the whole sandbox. */
import { hasEnded, nextStep, stateAt } from './lifecycle.ts';
import { subjectOf } from './subject.ts';
import { sessionToken } from './order-view.ts';
import type { OrderRecord, VerificationRecord } from './records.ts';
import type { Micros } from './time.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

/** Timers wait at most a minute, because clocks jump and Node's timers are limited to 24 days. */
const MAX_TIMEOUT_MS = 60_000;

export class Announcer {
  readonly #world: World;
  readonly #webhooks: Webhooks;
  /** Orders with steps that have not been announced. */
  readonly #active = new Set<OrderRecord>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(world: World, webhooks: Webhooks) {
    this.#world = world;
    this.#webhooks = webhooks;
    for (const order of world.store.orders) {
      if (order.verifications.some((verification) => nextStep(verification) !== undefined)) this.#active.add(order);
    }
  }

  /** Announces the steps that are due and sets the timer for the next one. */
  run(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const now = this.#world.now();
    let next = Number.POSITIVE_INFINITY;
    let announced = false;
    for (const order of this.#active) {
      const due = this.#announce(order, now);
      announced ||= due.announced;
      if (due.next === undefined) this.#active.delete(order);
      else next = Math.min(next, due.next);
    }
    if (announced) this.#world.store.changed();
    this.#webhooks.pump();
    next = Math.min(next, this.#webhooks.nextDue() ?? next);
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(MAX_TIMEOUT_MS, Math.max(1, Math.ceil((next - this.#world.now()) / 1000)));
    this.#timer = setTimeout(() => {
      this.run();
    }, wait);
  }

  /** Call it when steps of this order were planned or changed. */
  schedule(order: OrderRecord): void {
    this.#active.add(order);
    this.run();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #announce(order: OrderRecord, now: Micros): { announced: boolean; next: Micros | undefined } {
    let next: Micros | undefined;
    let last: Micros | undefined;
    for (const verification of order.verifications) {
      for (
        let step = verification.steps[verification.announced];
        step && step.at <= now;
        step = verification.steps[verification.announced]
      ) {
        const before = verification.steps[verification.announced - 1]?.state;
        if (step.state !== before) this.#stateChange(order, verification, step.state, step.at);
        verification.announced += 1;
        last = Math.max(last ?? 0, step.at);
      }
      const due = nextStep(verification);
      if (due !== undefined) next = Math.min(next ?? due, due);
    }
    if (last !== undefined && this.#complete(order, now)) {
      this.#webhooks.send(
        'order.completed',
        { order_id: this.#world.ids.make('order', order.n), metadata: metadataOf(this.#world, order) },
        last,
      );
    }
    return { announced: last !== undefined, next };
  }

  #stateChange(order: OrderRecord, verification: VerificationRecord, state: string, at: Micros): void {
    const { ids } = this.#world;
    this.#webhooks.send(
      'verification_request.state.change',
      {
        order_id: ids.make('order', order.n),
        state,
        verification_request_id: ids.make('verificationRequest', verification.n),
        credentials_session_token:
          order.mode.kind === 'truework-direct' ? sessionToken(this.#world, order.n, verification.target) : null,
        metadata: subjectOf(this.#world.store, verification).metadata ?? {},
      },
      at,
    );
  }

  #complete(order: OrderRecord, now: Micros): boolean {
    return (
      order.verifications.length > 0 &&
      order.verifications.every((verification) => {
        const state = stateAt(verification, now);
        return (
          state !== undefined && hasEnded(state) && (state !== 'invalid' || this.#world.assumptions.invalidEndsOrder)
        );
      })
    );
  }
}

function metadataOf(world: World, order: OrderRecord): Record<string, string> {
  const first = order.verifications[0];
  return (first && subjectOf(world.store, first).metadata) ?? {};
}
