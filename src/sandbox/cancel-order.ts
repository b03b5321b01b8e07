import { CancelOrderRequest } from '../truework/schemas/requests.ts';
import { forbidden } from './api-error.ts';
import { divert, hasEnded, stateAt } from './lifecycle.ts';
import type { OrderRecord } from './records.ts';
import { MICROS_PER_DAY } from './time.ts';
import { validate } from './validate.ts';
import type { World } from './world.ts';

/** Cancels the verifications that have not ended; those that have not appeared yet never do. */
export function cancelOrder(world: World, order: OrderRecord, body: unknown): void {
  const request = validate(CancelOrderRequest, body, world.assumptions);
  const now = world.now();
  const open = order.verifications.filter((verification) => {
    const state = stateAt(verification, now);
    return state === undefined || !hasEnded(state);
  });
  if (open.length === 0 && order.verifications.length > 0 && world.assumptions.cancelEnded === 'forbidden') {
    throw forbidden('The order has ended and cannot be canceled.');
  }
  if (
    request.cancellation_reason !== 'immediate' &&
    now - order.created < world.assumptions.cancelWaitDays * MICROS_PER_DAY
  ) {
    throw forbidden(`This reason may be used ${world.assumptions.cancelWaitDays} days after the order was created.`);
  }
  for (const verification of open) {
    if (stateAt(verification, now) === undefined) continue;
    divert(verification, now, 'canceled', 'verification-request-canceled');
    verification.cancellation = { reason: request.cancellation_reason, details: request.cancellation_details ?? null };
  }
  order.verifications = order.verifications.filter((verification) => stateAt(verification, now) !== undefined);
  world.store.changed();
  world.wake(order);
}
