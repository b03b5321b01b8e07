/**
 * Truework documents no idempotency keys: when the response to a create is lost, sending it again may order (and pay for)
 * the same verification twice. So the order carries a random value in its metadata by which it can be recognized. A
 * reverification takes no metadata: it is recognized by the order that it verifies again, and by its being new.
 */
import type { OrderQuery, TrueworkApi } from './client.ts';
import type { Order } from './schemas/order.ts';
import { createdAt } from './state.ts';

/** The metadata key that marks an order, so that it can be found again should the answer to its creation get lost. */
export const CORRELATION_KEY = 'truework_vscode_request';

interface MetadataMark {
  readonly kind: 'metadata';
  /** The metadata entry that only this order carries. In Truework Direct orders it is on every target. */
  readonly key: string;
  readonly value: string;
}

interface ReverificationMark {
  readonly kind: 'reverification';
  readonly parentOrderId: string;
  /** When it was sent, in milliseconds since 1970 by Truework's clock. */
  readonly sentAt: number;
  /** Ids of orders that are known to be something else. */
  readonly otherOrderIds: ReadonlySet<string>;
}

export type OrderMark = MetadataMark | ReverificationMark;

/** How far the clocks of Truework's own machines may be apart, and what rounding adds, in milliseconds. */
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

/** Where the next search of a long list goes on, in rows. */
export interface SearchCursor {
  row: number;
}

const PAGE_SIZE = 100;
/** Pages that one search takes from the start of the list, and again from its middle. */
const MAX_PAGES = 10;

/**
 * Goes through a list of orders until `visit` has seen enough. In which order Truework lists is not documented: of a
 * list that is too long for one search, its start and its end are looked at, and of what lies between as much as fits, going
 * on from `cursor`.
 * @param visit takes the orders of one page; true ends the search
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
  for await (const page of api.orderPages({ ...query, limit: PAGE_SIZE }, { signal })) {
    if (visit(page.results) || page.next === null || page.results.length === 0) return;
    rows += page.results.length;
    count = page.count;
    pages += 1;
    if (pages >= MAX_PAGES) break;
  }
  const size = rows / pages;
  const end = Math.max(rows, Math.floor(count - size));
  const visitAt = async (offset: number) => {
    const { results } = await api.listOrders({ ...query, limit: PAGE_SIZE, offset }, { signal });
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
