/**
 * Orders that were sent, and for which it is not known whether Truework created them. They are stored before they are
 * sent, so that neither a crash nor a reload loses one, and stay until the order is found or the user stops the search.
 */
import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import * as v from 'valibot';
import { carriesMark, type OrderMark } from '../../truework/correlate.ts';
import type { Order } from '../../truework/schemas/order.ts';
import type { Draft } from './draft.ts';
import { CORRELATION_KEY } from '../../truework/correlate.ts';
import { isTestSsn } from '../../truework/facts.ts';
import { isSensitive } from '../../truework/redact.ts';
import { REVERIFICATIONS, UNRESOLVED_ORDERS, type Storage } from './storage.ts';

/**
 * - `sending`: the request is in flight
 * - `lost`: the response was lost; a search for the order runs
 * - `found`: the order was found later; stored for a while, to warn the user before the same order is sent again
 * - `stopped`: the user stopped the search; stored for a while for the same reason
 */
const State = v.picklist(['sending', 'lost', 'found', 'stopped']);

const UnresolvedOrder = v.object({
  /** Random. Part of the order's metadata. */
  id: v.string(),
  connectionId: v.string(),
  /** Its name when the order was sent: the connection may have been removed since. */
  connectionName: v.string(),
  kind: v.picklist(['target-employer', 'employer-search', 'truework-direct', 'reverification']),
  /** First name and last initial, as rows show it. */
  applicant: v.string(),
  /** Milliseconds since 1970 by this machine's clock, for display. */
  sentAt: v.number(),
  /** Equal for requests that verify the same: see {@link draftFingerprint}. */
  fingerprint: v.string(),
  state: State,
  /** When `state` became `found` or `stopped`; milliseconds since 1970 by this machine's clock. */
  endedAt: v.optional(v.number()),
  draftId: v.optional(v.string()),
  searchKey: v.optional(v.string()),
  reverification: v.optional(
    v.object({
      parentOrderId: v.string(),
      /** Milliseconds since 1970 by Truework's clock. */
      sentAt: v.number(),
      otherOrderIds: v.array(v.string()),
    }),
  ),
  orderId: v.optional(v.string()),
});
export type UnresolvedOrder = Readonly<v.InferOutput<typeof UnresolvedOrder>>;

/** What is known of an order before it is sent. */
export type OutgoingOrder = Omit<UnresolvedOrder, 'state' | 'endedAt' | 'orderId'> & {
  /** Not stored and not searched for after this window is closed: the connection and its orders end with it. */
  readonly volatile?: boolean;
};

/** How long orders that were found or whose search was stopped are stored, in milliseconds. */
const REMEMBERED_MS = 24 * 3_600_000;
/** How many IDs of reverifications are stored, so that none is mistaken for another. */
const MAX_REVERIFICATIONS = 500;

interface LedgerEvents {
  /** An entry was added, removed or changed. */
  change: [];
  /** The order of a lost entry was found. */
  found: [entry: UnresolvedOrder, order: Order];
}

export class UnresolvedOrders extends EventEmitter<LedgerEvents> {
  readonly #storage: Storage;
  readonly #log: (message: string, error: unknown) => void;
  readonly #now: () => number;
  readonly #entries = new Map<string, UnresolvedOrder>();
  readonly #volatile = new Set<string>();
  /** IDs of orders that belong to a known reverification. */
  #reverifications: string[] = [];
  #reverificationsChanged = false;

  /**
   * @param log called when an entry could not be stored
   * @param now this machine's clock
   */
  constructor(storage: Storage, log: (message: string, error: unknown) => void, now: () => number = Date.now) {
    super();
    this.#storage = storage;
    this.#log = log;
    this.#now = now;
    this.#load();
  }

  /** Entries for which it is not known whether the order was created, including those in flight; oldest first. */
  get unresolved(): readonly UnresolvedOrder[] {
    return [...this.#entries.values()].filter(({ state }) => state === 'sending' || state === 'lost');
  }

  /** Entries to search for. */
  lost(connectionId?: string): readonly UnresolvedOrder[] {
    return [...this.#entries.values()].filter(
      (entry) => entry.state === 'lost' && (connectionId === undefined || entry.connectionId === connectionId),
    );
  }

  get(id: string): UnresolvedOrder | undefined {
    return this.#entries.get(id);
  }

  /** Earlier orders of this connection that may be, or are, the same one. */
  same({
    connectionId,
    fingerprint,
  }: Pick<UnresolvedOrder, 'connectionId' | 'fingerprint'>): readonly UnresolvedOrder[] {
    this.#forgetOld();
    return [...this.#entries.values()].filter(
      (entry) => entry.connectionId === connectionId && entry.fingerprint === fingerprint,
    );
  }

  /**
   * Stores an order that is about to be sent. Other methods see it from the moment of the call.
   * @throws what the storage throws; then nothing may be sent
   */
  async begin({ volatile = false, ...outgoing }: OutgoingOrder): Promise<UnresolvedOrder> {
    const entry: UnresolvedOrder = { ...outgoing, state: 'sending' };
    if (volatile) this.#volatile.add(entry.id);
    this.#entries.set(entry.id, entry);
    this.emit('change');
    try {
      await this.#write();
    } catch (error) {
      this.#remove(entry.id);
      this.emit('change');
      throw error;
    }
    return entry;
  }

  /** The response arrived: the order was created. */
  async created(id: string, order: Order): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (entry.kind === 'reverification') this.#addReverification(order.id);
    this.#remove(id);
    await this.#save();
  }

  /** The request was certainly not carried out. */
  async refused(id: string): Promise<void> {
    if (!this.#remove(id)) return;
    await this.#save();
  }

  /** The response was lost. */
  async lose(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'sending') return;
    this.#entries.set(id, { ...entry, state: 'lost' });
    await this.#save();
  }

  /** The user stops the search. */
  async stop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'lost') return;
    this.#entries.set(id, { ...entry, state: 'stopped', endedAt: this.#now() });
    await this.#save();
  }

  /** Removes entries that were found or stopped: the user knows of them and has sent the same order again. */
  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry && (entry.state === 'found' || entry.state === 'stopped')) this.#remove(id);
    }
    await this.#save();
  }

  /** Removes volatile entries whose connection was removed. */
  async dropVolatile(exists: (connectionId: string) => boolean): Promise<void> {
    const gone = [...this.#volatile].filter((id) => !exists(this.#entries.get(id)?.connectionId ?? ''));
    if (gone.length === 0) return;
    for (const id of gone) this.#remove(id);
    await this.#save();
  }

  /** Compares orders that Truework lists with the lost entries. */
  async observe(connectionId: string, orders: readonly Order[]): Promise<void> {
    let found = false;
    for (const order of orders) {
      const entry = this.lost(connectionId).find(
        (candidate) => !this.#isAmbiguous(candidate) && carriesMark(order, this.#mark(candidate)),
      );
      if (!entry) continue;
      found = true;
      if (entry.kind === 'reverification') this.#addReverification(order.id);
      const ended: UnresolvedOrder = { ...entry, state: 'found', endedAt: this.#now(), orderId: order.id };
      this.#entries.set(entry.id, ended);
      this.emit('found', ended, order);
    }
    if (found) await this.#save();
  }

  /** While another reverification of the same order is in flight, a new order may belong to that one. */
  #isAmbiguous({ connectionId, reverification }: UnresolvedOrder): boolean {
    return (
      reverification !== undefined &&
      [...this.#entries.values()].some(
        (other) =>
          other.state === 'sending' &&
          other.connectionId === connectionId &&
          other.reverification?.parentOrderId === reverification.parentOrderId,
      )
    );
  }

  #mark({ id, reverification }: UnresolvedOrder): OrderMark {
    if (!reverification) return { kind: 'metadata', key: CORRELATION_KEY, value: id };
    const { parentOrderId, sentAt, otherOrderIds } = reverification;
    return {
      kind: 'reverification',
      parentOrderId,
      sentAt,
      otherOrderIds: new Set([...otherOrderIds, ...this.#reverifications]),
    };
  }

  #addReverification(orderId: string): void {
    this.#reverifications = [...this.#reverifications.filter((id) => id !== orderId), orderId].slice(
      -MAX_REVERIFICATIONS,
    );
    this.#reverificationsChanged = true;
  }

  #remove(id: string): boolean {
    this.#volatile.delete(id);
    return this.#entries.delete(id);
  }

  #forgetOld(): void {
    const oldest = this.#now() - REMEMBERED_MS;
    for (const { id, endedAt } of [...this.#entries.values()])
      if (endedAt !== undefined && endedAt < oldest) this.#remove(id);
  }

  #load(): void {
    const reverifications = v.safeParse(v.array(v.string()), this.#storage.get(REVERIFICATIONS));
    if (reverifications.success) this.#reverifications = reverifications.output;
    const stored = this.#storage.get(UNRESOLVED_ORDERS);
    for (const value of Array.isArray(stored) ? (stored as unknown[]) : []) {
      const read = v.safeParse(UnresolvedOrder, value);
      if (!read.success) continue;
      // A request in flight ended with its window, and its response was lost.
      const entry = read.output.state === 'sending' ? { ...read.output, state: 'lost' as const } : read.output;
      this.#entries.set(entry.id, entry);
    }
    this.#forgetOld();
  }

  /** The change has happened, even if it cannot be stored. */
  async #save(): Promise<void> {
    this.emit('change');
    try {
      await this.#write();
    } catch (error) {
      this.#log('An unresolved order could not be stored', error);
    }
  }

  async #write(): Promise<void> {
    if (this.#reverificationsChanged) {
      this.#reverificationsChanged = false;
      await this.#storage.update(REVERIFICATIONS, this.#reverifications);
    }
    const orders = [...this.#entries.values()].filter(({ id }) => !this.#volatile.has(id)).map(redactedOrder);
    await this.#storage.update(UNRESOLVED_ORDERS, orders.length === 0 ? undefined : orders);
  }
}

/** Names and search keys may contain anything: what looks like a key or a social security number stays in memory. */
function redactedOrder({ searchKey, applicant, ...entry }: UnresolvedOrder): UnresolvedOrder {
  return {
    ...entry,
    applicant: isSensitive(applicant) ? '•••' : applicant,
    ...(searchKey !== undefined && !isSensitive(searchKey) && { searchKey }),
  };
}

/**
 * Equal for drafts that verify the same about the same person. It omits what does not change that (search key, purpose,
 * use case), and social security numbers, which must not be stored on disk, except those that Truework publishes for
 * tests.
 */
export function draftFingerprint({ kind, applicant, companies, employerFilter, type }: Draft): string {
  const text = (value: string) => value.trim().toLowerCase();
  return fingerprint([
    kind,
    type,
    text(applicant.firstName),
    text(applicant.lastName),
    applicant.dateOfBirth ?? '',
    isTestSsn(applicant.ssn) ? applicant.ssn : '',
    kind === 'employer-search' ? employerFilter : companies.map(text).sort(),
  ]);
}

export function reverificationFingerprint(reportId: string): string {
  return fingerprint(['reverification', reportId]);
}

function fingerprint(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
