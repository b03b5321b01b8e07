/** Cancels orders one after the other, with a result for each. */
import { setTimeout } from 'node:timers/promises';
import type { TrueworkApi } from '../../truework/client.ts';
import { isTrueworkError } from '../../truework/error-shape.ts';
import type { TrueworkErrorKind } from '../../truework/errors.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { CancelOrderRequest } from '../../truework/schemas/requests.ts';
import { isOrderFinished, isTerminal } from '../../truework/state.ts';

/**
 * - `canceled`: Truework confirmed it, or shows the order canceled
 * - `ended`: the response was lost, and the order ended in another state
 * - `refused`: the order was certainly not canceled, because of `error`
 * - `unknown`: the response was lost, and the order does not show it (yet)
 * - `not-sent`: `error`, which occurred with an earlier order, made further requests pointless
 */
export type CancelOutcome = 'canceled' | 'ended' | 'refused' | 'unknown' | 'not-sent';

export interface CancelResult {
  readonly order: Order;
  readonly outcome: CancelOutcome;
  readonly error?: unknown;
}

/** Errors that the next order would run into as well: of the key, its host, or the network. */
const SHARED_ERRORS: ReadonlySet<TrueworkErrorKind> = new Set([
  'unauthorized',
  'no-key',
  'wrong-host',
  'version',
  'tls',
  'proxy',
  'redirect',
  'canceled',
]);

function isShared(error: unknown): boolean {
  if (!isTrueworkError(error)) return false;
  const unreachable = (error.kind === 'network' || error.kind === 'timeout') && !error.requestMayHaveBeenDone;
  return unreachable || SHARED_ERRORS.has(error.kind);
}

export interface CancelOptions {
  /** Called with each newer state of one of the orders. */
  readonly onOrder?: (order: Order) => void;
  readonly onError?: (orderId: string, error: unknown) => void;
  /** The pauses before each lookup of an order whose response was lost, in milliseconds. */
  readonly lookUpAfterMs?: readonly number[];
}

const LOOK_UP_AFTER_MS = [0, 1_000, 2_000];

/** Never throws: each order has a result, in the same order. */
export async function cancelOrders(
  api: Pick<TrueworkApi, 'cancelOrder' | 'getOrder'>,
  orders: readonly Order[],
  request: CancelOrderRequest,
  options: CancelOptions = {},
): Promise<readonly CancelResult[]> {
  const results: CancelResult[] = [];
  let sharedError: unknown;
  for (const order of orders) {
    if (sharedError !== undefined) {
      results.push({ order, outcome: 'not-sent', error: sharedError });
      continue;
    }
    const result = await cancelOne(api, order, request, options);
    results.push(result);
    if (result.error === undefined) continue;
    options.onError?.(order.id, result.error);
    if (isShared(result.error)) sharedError = result.error;
  }
  return results;
}

async function cancelOne(
  api: Pick<TrueworkApi, 'cancelOrder' | 'getOrder'>,
  order: Order,
  request: CancelOrderRequest,
  options: CancelOptions,
): Promise<CancelResult> {
  try {
    await api.cancelOrder(order.id, request);
  } catch (error) {
    if (isTrueworkError(error) && !error.requestMayHaveBeenDone) return { order, outcome: 'refused', error };
    return { order, outcome: await lookUp(api, order, options), error };
  }
  try {
    options.onOrder?.(await api.getOrder(order.id));
  } catch (error) {
    // The order is canceled; the view shows that with its next refresh.
    options.onError?.(order.id, error);
  }
  return { order, outcome: 'canceled' };
}

async function lookUp(
  api: Pick<TrueworkApi, 'getOrder'>,
  before: Order,
  { onOrder, onError, lookUpAfterMs = LOOK_UP_AFTER_MS }: CancelOptions,
): Promise<CancelOutcome> {
  for (const wait of lookUpAfterMs) {
    await setTimeout(wait);
    try {
      const order = await api.getOrder(before.id);
      onOrder?.(order);
      if (isOrderFinished(order)) return endedBy(before, order);
    } catch (error) {
      onError?.(before.id, error);
      // The client has already retried.
      if (isShared(error)) break;
    }
  }
  return 'unknown';
}

/** `canceled` if every verification request that was active before is canceled now. */
function endedBy(before: Order, after: Order): 'canceled' | 'ended' {
  const ended = new Set(
    (before.verification_requests ?? []).filter(({ state }) => isTerminal(state.canonical_value)).map(({ id }) => id),
  );
  const others = (after.verification_requests ?? []).filter(({ id }) => !ended.has(id));
  return others.length > 0 && others.every(({ state }) => state.canonical_value === 'canceled') ? 'canceled' : 'ended';
}
