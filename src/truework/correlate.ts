/**
 * Truework documents no idempotency keys: when the response to a create is lost, sending it again may order (and pay
 * for) the same verification twice. So the order carries a random value in its metadata that identifies it. A
 * reverification has no metadata: it is identified by its parent order and its creation time.
 */
import type { OrderQuery, TrueworkApi } from './client.ts';
import type { Order } from './schemas/order.ts';
import { createdAt } from './state.ts';

/** The metadata key of the value that identifies an order if the response to its creation is lost. */
export const CORRELATION_KEY = 'truework_vscode_request';

interface MetadataMark {
  readonly kind: 'metadata';
  /** The metadata entry that only this order has. In Truework Direct orders, every target has it. */
  readonly key: string;
  readonly value: string;
}

interface ReverificationMark {
  readonly kind: 'reverification';
  readonly parentOrderId: string;
  /** When it was sent, in milliseconds since 1970 by Truework's clock. */
  readonly sentAt: number;
  /** IDs of orders that are known to be other ones. */
  readonly otherOrderIds: ReadonlySet<string>;
}

export type OrderMark = MetadataMark | ReverificationMark;

/** The maximum difference between the clocks of Truework's servers, including rounding, in milliseconds. */
const MAX_SERVER_CLOCK_SKEW_MS = 60_000;

export function carriesMark(order: Order, mark: OrderMark): boolean {
  return mark.kind === 'metadata' ? carriesMetadata(order, mark) : isReverification(order, mark);
}

function carriesMetadata(order: Order, { key, value }: MetadataMark): boolean {
  return (
    value !== '' &&
    [
      order.target_employer,
      order.employer_search,
      ...(order.truework_direct?.targets ?? []),
      ...(order.verification_requests ?? []),
    ].some((holder) => holder?.metadata?.[key] === value)
  );
}

function isReverification(order: Order, { parentOrderId, sentAt, otherOrderIds }: ReverificationMark): boolean {
  if (order.reverification?.parent_order_id !== parentOrderId || otherOrderIds.has(order.id)) return false;
  const created = createdAt(order)?.getTime();
  return created !== undefined && created >= sentAt - MAX_SERVER_CLOCK_SKEW_MS;
}

/** The row at which the next search of a long list continues. */
export interface SearchCursor {
  row: number;
}

const SEARCH_PAGE_SIZE = 100;
/** The number of pages that one search reads from the start of the list, and again from its middle. */
const MAX_PAGES = 10;

/**
 * Reads a list of orders until `visit` returns true. Truework does not document the order of the list. If it is too
 * long for one search, a search reads its start, its end, and a part of the middle, which continues at `cursor`.
 * @param visit called with the orders of each page; true ends the search
 * @throws TrueworkError
 */
export async function searchOrders(
  api: Pick<TrueworkApi, 'listOrders' | 'orderPages'>,
  query: Pick<OrderQuery, 'searchKey'>,
  visit: (orders: readonly Order[]) => boolean,
  cursor: SearchCursor,
  signal: AbortSignal,
): Promise<void> {
  let rows = 0;
  let pages = 0;
  let count = 0;
  for await (const page of api.orderPages({ ...query, limit: SEARCH_PAGE_SIZE }, { signal })) {
    if (visit(page.results) || page.next === null || page.results.length === 0) return;
    rows += page.results.length;
    count = page.count;
    pages += 1;
    if (pages >= MAX_PAGES) break;
  }
  const size = rows / pages;
  const end = Math.max(rows, Math.floor(count - size));
  const visitAt = async (offset: number) => {
    const { results } = await api.listOrders({ ...query, limit: SEARCH_PAGE_SIZE, offset }, { signal });
    return { enough: visit(results), length: results.length };
  };
  if ((await visitAt(end)).enough) return;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    if (cursor.row < rows || cursor.row >= end) cursor.row = rows;
    const { enough, length } = await visitAt(cursor.row);
    if (enough || length === 0) return;
    cursor.row += length;
    if (cursor.row >= end) return;
  }
}
