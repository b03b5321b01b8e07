/** Sends orders, each at most once unless the user wants it twice, and reports no more about them than is known. */
import { isTrueworkError } from '../../truework/error-shape.ts';
import { TrueworkError } from '../../truework/errors.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { Drafts } from './drafts.ts';
import type { OrderSearch } from './order-search.ts';
import type { OutgoingOrder, UnresolvedOrder, UnresolvedOrders } from './unresolved-orders.ts';

export type SendResult =
  | { readonly kind: 'created'; readonly order: Order }
  /** It is not known whether the order was created. A search for it runs in the background. */
  | { readonly kind: 'unresolved'; readonly entry: UnresolvedOrder; readonly error: unknown };

export type Reservation =
  /** Stored; to be sent next. */
  | { readonly kind: 'reserved'; readonly entry: UnresolvedOrder }
  /** The user did not want to send it again. */
  | { readonly kind: 'withheld' }
  /** While the user was asked, an earlier order was found, so the answer no longer applies. */
  | { readonly kind: 'found'; readonly entry: UnresolvedOrder };

/** Asks the user about earlier orders that may be the same one. @returns true to send it anyway */
export type ConfirmAgain = (earlier: readonly UnresolvedOrder[]) => Promise<boolean>;

export interface SenderDeps {
  readonly ledger: UnresolvedOrders;
  readonly search: OrderSearch;
  readonly drafts: Drafts;
  readonly log: (message: string, error: unknown) => void;
  /** Called when an order is found after `send` has returned. */
  readonly onFound: (entry: UnresolvedOrder, order: Order) => void;
}

/** The number of searches to wait for before an order counts as unresolved: about three seconds. */
const AWAITED_SEARCHES = 3;

export class OrderSender {
  readonly #deps: SenderDeps;
  readonly #awaited = new Map<string, (order: Order) => void>();

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    deps.ledger.on('found', (entry, order) => {
      const settle = this.#awaited.get(entry.id);
      if (settle) settle(order);
      else deps.onFound(entry, order);
      void this.#dropDraft(entry);
    });
  }

  /**
   * Stores an order that is to be sent. Nothing is awaited between the check for earlier orders and the storing, so
   * that the second of two simultaneous commands sees the first one.
   */
  async reserve(outgoing: OutgoingOrder, confirmAgain: ConfirmAgain): Promise<Reservation> {
    const { ledger } = this.#deps;
    const confirmed = new Map<string, UnresolvedOrder['state']>();
    for (;;) {
      const earlier = ledger.same(outgoing);
      const found = earlier.find(
        ({ id, state }) => state === 'found' && confirmed.has(id) && confirmed.get(id) !== 'found',
      );
      if (found) return { kind: 'found', entry: found };
      if (earlier.every(({ id }) => confirmed.has(id))) break;
      if (!(await confirmAgain(earlier))) return { kind: 'withheld' };
      for (const { id, state } of earlier) confirmed.set(id, state);
      // An order whose response arrived meanwhile is no longer in the list: it was created, or certainly not.
    }
    const entry = await ledger.begin(outgoing);
    await ledger.forget([...confirmed.keys()]);
    return { kind: 'reserved', entry };
  }

  /**
   * Sends a reserved order, once.
   * @throws what `post` throws, if the order was certainly not created
   */
  async send(entry: UnresolvedOrder, post: () => Promise<Order>, signal: AbortSignal): Promise<SendResult> {
    const { ledger, search, log } = this.#deps;
    let failure: unknown;
    try {
      if (signal.aborted) throw new TrueworkError('canceled');
      const order = await post();
      // The draft first: if the window is closed in between, the next one searches for the order.
      await this.#dropDraft(entry);
      await ledger.created(entry.id, order);
      return { kind: 'created', order };
    } catch (error) {
      failure = error;
    }
    // Other errors than TrueworkError do not say whether the request was carried out.
    if (isTrueworkError(failure) && !failure.requestMayHaveBeenDone) {
      await ledger.refused(entry.id);
      throw failure;
    }
    log('The response to a new order was lost', failure);
    const stored = ledger.lose(entry.id);
    const found = signal.aborted ? undefined : this.#awaitFound(entry, signal);
    search.start(entry.connectionId);
    await stored;
    const order = await found;
    if (!order) {
      const known = ledger.get(entry.id);
      // It was removed together with its connection.
      if (!known) throw failure;
      return { kind: 'unresolved', entry: known, error: failure };
    }
    // To the user the order was created normally, so there is nothing to warn about later.
    await ledger.forget([entry.id]);
    return { kind: 'created', order };
  }

  async #dropDraft({ draftId, fingerprint }: UnresolvedOrder): Promise<void> {
    if (draftId !== undefined) await this.#deps.drafts.created(draftId, fingerprint);
  }

  /** Waits for the first searches. */
  #awaitFound({ id, connectionId }: UnresolvedOrder, signal: AbortSignal): Promise<Order | undefined> {
    const { search } = this.#deps;
    return new Promise((resolve) => {
      let searches = 0;
      const end = (order?: Order) => {
        this.#awaited.delete(id);
        search.off('searched', count);
        signal.removeEventListener('abort', giveUp);
        resolve(order);
      };
      const giveUp = () => {
        end();
      };
      const count = (searched: string, stuck: boolean) => {
        if (searched !== connectionId) return;
        searches += 1;
        if (stuck || searches >= AWAITED_SEARCHES) end();
      };
      this.#awaited.set(id, end);
      search.on('searched', count);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
