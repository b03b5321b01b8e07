/** What has to be known before a report is reverified, so that the new order can be found should the response get lost. */
import type { TrueworkApi } from '../../truework/client.ts';
import type { Order } from '../../truework/schemas/order.ts';
import { createdAt } from '../../truework/state.ts';
import type { UnresolvedOrder } from './unresolved-orders.ts';

/** A request during which this machine's clock was set does not tell Truework's time. */
const MAX_REQUESTS = 3;

/**
 * Asks for the latest orders, which also tells Truework's time.
 * @param loaded orders that are known already
 * @throws TrueworkError when Truework cannot be asked: then nothing should be sent either
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

/** For servers whose answers carry no date: their time cannot be earlier than what they list. */
function newest(orders: readonly Order[]): number | undefined {
  const times = orders.flatMap((order) => createdAt(order)?.getTime() ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
