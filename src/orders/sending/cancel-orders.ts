/** Cancels orders one after the other, and says of each what is known. */
import { setTimeout } from 'node:timers/promises';
import type { TrueworkApi } from '../../truework/client.ts';
import { isTrueworkError } from '../../truework/error-shape.ts';
import type { TrueworkErrorKind } from '../../truework/errors.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { CancelOrderRequest } from '../../truework/schemas/requests.ts';
import { isOrderFinished, isTerminal } from '../../truework/state.ts';

/**
 * - `canceled`: Truework confirmed it, or shows the order canceled
 * - `ended`: the response was lost, and the order has ended otherwise
 * - `refused`: it was certainly not canceled, because of `error`
 * - `unknown`: the response was lost, and the order does not show it (yet)
 * - `not-sent`: `error`, met with an earlier order, made every further request pointless
 */
export type CancelOutcome = 'canceled' | 'ended' | 'refused' | 'unknown' | 'not-sent';

export interface CancelResult {
  readonly order: Order;
  readonly outcome: CancelOutcome;
  readonly error?: unknown;
}

/** What is as true of the next order as of this one: the key, its host, or the way there. */
const POINTLESS: ReadonlySet<TrueworkErrorKind> = new Set([
  'unauthorized',
  'no-key',
  'wrong-host',
  'version',
  'tls',
  'proxy',
  'redirect',
  'canceled',
]);

function isPointless(error: unknown): boolean {
  if (!isTrueworkError(error)) return false;
  const unreachable = (error.kind === 'network' || error.kind === 'timeout') && !error.requestMayHaveBeenDone;
  return unreachable || POINTLESS.has(error.kind);
}

export interface CancelOptions {
  /** Takes each newer answer about one of the orders. */
  readonly onOrder?: (order: Order) => void;
  readonly onError?: (orderId: string, error: unknown) => void;
  /** When an order is looked up whose response was lost, in milliseconds after the time before. */
  readonly lookUpAfterMs?: readonly number[];
}

const LOOK_UP_AFTER_MS = [0, 1_000, 2_000];

/** Never throws: each order has a result, in the order they came. */
export async function cancelOrders(
  api: Pick<TrueworkApi, 'cancelOrder' | 'getOrder'>,
  orders: readonly Order[],
  request: CancelOrderRequest,
  options: CancelOptions = {},
): Promise<readonly CancelResult[]> {
  const results: CancelResult[] = [];
  let pointless: unknown;
  for (const order of orders) {
    if (pointless !== undefined) {
      results.push({ order, outcome: 'not-sent', error: pointless });
      continue;
    }
    const result = await cancelOne(api, order, request, options);
    results.push(result);
    if (result.error === undefined) continue;
    options.onError?.(order.id, result.error);
    if (isPointless(result.error)) pointless = result.error;
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
    // Canceled it is; the view shows it with its next refresh.
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
      // Reading is repeated by the client, which has tried for long enough then.
      if (isPointless(error)) break;
    }
  }
  return 'unknown';
}

/** Whether everything that went on before was canceled since. */
function endedBy(before: Order, after: Order): 'canceled' | 'ended' {
  const ended = new Set(
    (before.verification_requests ?? []).filter(({ state }) => isTerminal(state.canonical_value)).map(({ id }) => id),
  );
  const others = (after.verification_requests ?? []).filter(({ id }) => !ended.has(id));
  return others.length > 0 && others.every(({ state }) => state.canonical_value === 'canceled') ? 'canceled' : 'ended';
}
