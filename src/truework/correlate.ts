/**
 * Truework documents no idempotency keys: when the answer to a create is lost, sending it again may order (and pay for)
 * the same verification twice. So the order is marked with a random value in its metadata, and looked for. A
 * reverification takes no metadata: it is known by the order that it verifies again, and by its being new.
 */
import { setTimeout } from 'node:timers/promises';
import type { TrueworkApi } from './client.ts';
import { TrueworkError } from './errors.ts';
import type { Order } from './schemas/order.ts';
import { createdAt } from './state.ts';

export interface MarkedOrder {
  /** The metadata entry that only the lost order carries. In Truework Direct orders it is on every target. */
  readonly metadata: { readonly key: string; readonly value: string };
  /** The search key that the order was created with: then Truework looks itself. */
  readonly searchKey?: string;
}

export interface Reverification {
  readonly parentOrderId: string;
  /** When it was asked for, in milliseconds since 1970 by this machine's clock. */
  readonly since: number;
  /** Ids of orders that were there before. */
  readonly known: ReadonlySet<string>;
}

export type LostOrder = MarkedOrder | Reverification;

/** How far the clocks of this machine and Truework's may be apart, in milliseconds. */
const CLOCKS_APART = 10 * 60_000;

export type FoundOrder =
  | { readonly known: 'created'; readonly order: Order }
  /** Every order that it could be was looked at. */
  | { readonly known: 'not-found' }
  /** There are more orders than were looked at, or they could not be asked for. */
  | { readonly known: 'unknown'; readonly error?: TrueworkError };

export interface FindOptions {
  readonly signal?: AbortSignal;
  /** When to look, in milliseconds after the time before: Truework may still be at work on the request. */
  readonly waitsMs?: readonly number[];
  /** Without a search key, this many of the listed orders are looked at. */
  readonly mostOrders?: number;
}

const WAITS_MS = [0, 1000, 3000];
const MOST_ORDERS = 500;
const PAGE_SIZE = 100;

/** Looks for an order whose creation was not answered. @throws TrueworkError `canceled` only */
export async function findLostOrder(api: Pick<TrueworkApi, 'orderPages'>, lost: LostOrder, options: FindOptions = {}): Promise<FoundOrder> {
  const { signal, waitsMs = WAITS_MS } = options;
  if ('metadata' in lost && lost.metadata.value === '') return { known: 'unknown' };
  let found: FoundOrder = { known: 'unknown' };
  for (const wait of waitsMs) {
    try {
      await setTimeout(wait, undefined, { ...(signal && { signal }) });
      found = await look(api, lost, options);
    } catch (error) {
      if (signal?.aborted) throw new TrueworkError('canceled');
      if (!(error instanceof TrueworkError)) throw error;
      found = { known: 'unknown', error };
    }
    if (found.known === 'created') break;
  }
  return found;
}

async function look(api: Pick<TrueworkApi, 'orderPages'>, lost: LostOrder, { signal, mostOrders = MOST_ORDERS }: FindOptions): Promise<FoundOrder> {
  const { isIt, query } = 'metadata' in lost
    ? { isIt: (order: Order) => carries(order, lost.metadata), query: lost.searchKey === undefined ? {} : { searchKey: lost.searchKey } }
    : { isIt: (order: Order) => reverifies(order, lost), query: {} };
  let looked = 0;
  for await (const page of api.orderPages({ limit: PAGE_SIZE, ...query }, { ...(signal && { signal }) })) {
    const order = page.results.find(isIt);
    if (order) return { known: 'created', order };
    looked += page.results.length;
    if (page.next !== null && (looked >= mostOrders || page.results.length === 0)) return { known: 'unknown' };
  }
  return { known: 'not-found' };
}

function carries(order: Order, { key, value }: MarkedOrder['metadata']): boolean {
  return [
    order.target_employer,
    order.employer_search,
    ...(order.truework_direct?.targets ?? []),
    ...(order.verification_requests ?? []),
  ].some((holder) => holder?.metadata?.[key] === value);
}

function reverifies(order: Order, { parentOrderId, since, known }: Reverification): boolean {
  if (order.reverification?.parent_order_id !== parentOrderId || known.has(order.id)) return false;
  const created = createdAt(order)?.getTime();
  return created !== undefined && created >= since - CLOCKS_APART;
}
