/** The steps of sending one new order, up to the result for the user. */
import type { TrueworkApi } from '../../truework/client.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { ConfirmAgain, OrderSender } from './order-sender.ts';
import type { OutgoingOrder, UnresolvedOrder } from './unresolved-orders.ts';

export type Statement =
  | { readonly kind: 'created'; readonly entry: UnresolvedOrder; readonly order: Order }
  /** It is not known yet whether the order was created; `canceled`: the user canceled. */
  | { readonly kind: 'unresolved'; readonly entry: UnresolvedOrder; readonly canceled: boolean }
  /** Nothing was sent, because an earlier order for the same was found in the meantime. */
  | { readonly kind: 'found-instead'; readonly entry: UnresolvedOrder };

export interface SendUi {
  readonly confirmAgain: ConfirmAgain;
  /** Shows progress until the task has ended. Cancel aborts the signal. */
  progress<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export interface OrderToSend<Api = TrueworkApi> {
  readonly api: Api;
  readonly outgoing: OutgoingOrder;
  readonly post: (api: Api, signal: AbortSignal) => Promise<Order>;
}

/**
 * Sends a request that creates an order, at most once.
 * @returns undefined if the user decided not to send it
 * @throws TrueworkError if the order was certainly not created
 */
export async function sendOrder<Api>(
  sender: OrderSender,
  ui: SendUi,
  { api, outgoing, post }: OrderToSend<Api>,
): Promise<Statement | undefined> {
  const reservation = await sender.reserve(outgoing, (earlier) => ui.confirmAgain(earlier));
  if (reservation.kind === 'withheld') return undefined;
  const { entry } = reservation;
  if (reservation.kind === 'found') return { kind: 'found-instead', entry };
  const { result, canceled } = await ui.progress(async (signal) => ({
    result: await sender.send(entry, () => post(api, signal), signal),
    canceled: signal.aborted,
  }));
  return result.kind === 'created'
    ? { kind: 'created', entry, order: result.order }
    : { kind: 'unresolved', entry: result.entry, canceled };
}
