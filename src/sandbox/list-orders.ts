import { stepAt } from './lifecycle.ts';
import { searchKeyOf, type OrderRecord } from './records.ts';
import type { World } from './world.ts';

export interface OrderFilter {
  readonly searchKey: string | undefined;
  readonly verificationId: string | undefined;
}

/** The matching orders, as records, in list order. */
export function listOrders(world: World, filter: OrderFilter): OrderRecord[] {
  let orders: OrderRecord[] = world.store.orders;
  if (filter.verificationId !== undefined) {
    const n = world.ids.read('verificationRequest', filter.verificationId);
    const verification = n === undefined ? undefined : world.store.verification(n);
    const order = verification && stepAt(verification, world.now()) ? world.store.order(verification.order) : undefined;
    orders = order ? [order] : [];
  }
  if (filter.searchKey !== undefined) orders = orders.filter((order) => searchKeyOf(order) === filter.searchKey);
  return world.assumptions.listOrder === 'newest-first' ? orders.toReversed() : orders;
}
