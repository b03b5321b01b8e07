/** Prepares a reverification, so that the new order can be found if the response is lost. */
import type { TrueworkApi } from '../../truework/client.ts';
import type { Order } from '../../truework/schemas/order.ts';
import { createdAt } from '../../truework/state.ts';
import type { UnresolvedOrder } from './unresolved-orders.ts';

/** Truework's time is unknown after a request during which this machine's clock was set. */
const MAX_REQUESTS = 3;

/**
 * Requests the latest orders, which also reveals Truework's time.
 * @param loaded orders that are already known
 * @throws TrueworkError if the request fails; then nothing should be sent
 */
export async function prepareReverification(
  api: Pick<TrueworkApi, 'listOrders' | 'serverNow'>,
  parentOrderId: string,
  loaded: readonly Order[],
): Promise<NonNullable<UnresolvedOrder['reverification']>> {
  const orders = [...loaded];
  for (let request = 0; request === 0 || (api.serverNow() === undefined && request < MAX_REQUESTS); request += 1) {
    orders.push(...(await api.listOrders({ limit: 100 })).results);
  }
  const others = orders
    .filter(({ reverification }) => reverification?.parent_order_id === parentOrderId)
    .map(({ id }) => id);
  return {
    parentOrderId,
    sentAt: api.serverNow() ?? newest(orders) ?? Date.now(),
    otherOrderIds: [...new Set(others)],
  };
}

/** For servers without a `Date` header: their time cannot be earlier than the newest order. */
function newest(orders: readonly Order[]): number | undefined {
  const times = orders.flatMap((order) => createdAt(order)?.getTime() ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
