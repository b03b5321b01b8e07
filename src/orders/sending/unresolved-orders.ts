/**
 * Orders that were sent and of which it is not known whether Truework created them. They are written down before they are
 * sent, so that neither a crash nor a reload forgets one, and stay until the order is found or the user gives up.
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
 * - `sending`: the request is under way
 * - `lost`: it has no answer; the order is looked for
 * - `found`: the order was found later; kept for a while, so that sending the same again is warned of
 * - `stopped`: the user does not want it looked for; kept for a while for the same reason
 */
const State = v.picklist(['sending', 'lost', 'found', 'stopped']);

const UnresolvedOrder = v.object({
  /** Random. Orders carry it in their metadata. */
  id: v.string(),
  connectionId: v.string(),
  /** As it was called when the order was sent: it may be gone by now. */
  connectionName: v.string(),
  kind: v.picklist(['target-employer', 'employer-search', 'truework-direct', 'reverification']),
  /** First name and the initial of the last, as rows show it. */
  applicant: v.string(),
  /** Milliseconds since 1970 by this machine's clock, to be shown. */
  sentAt: v.number(),
  /** Equal for requests that would verify the same: see {@link draftFingerprint}. */
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
  /** Neither written down nor looked for after this window: the connection and its orders end with it. */
  readonly volatile?: boolean;
};

/** How long orders that were found or given up are remembered, in milliseconds. */
const REMEMBERED_MS = 24 * 3_600_000;
/** How many ids of reverifications are remembered, so that none is taken for another. */
const MAX_REVERIFICATIONS = 500;

interface LedgerEvents {
  /** An entry came, went or changed. */
  change: [];
  /** The order of an entry that had been lost was found. */
  found: [entry: UnresolvedOrder, order: Order];
}

export class UnresolvedOrders extends EventEmitter<LedgerEvents> {
  readonly #storage: Storage;
  readonly #log: (message: string, error: unknown) => void;
  readonly #now: () => number;
  readonly #entries = new Map<string, UnresolvedOrder>();
  readonly #volatile = new Set<string>();
  /** Reverifications that are accounted for. */
  #reverifications: string[] = [];
  #reverificationsChanged = false;

  /**
   * @param log hears of what could not be stored
   * @param now this machine's clock
   */
  constructor(storage: Storage, log: (message: string, error: unknown) => void, now: () => number = Date.now) {
    super();
    this.#storage = storage;
    this.#log = log;
    this.#now = now;
    this.#load();
  }

  /** Entries of which it is not known whether the order was created, oldest first. Those under way come with them. */
  get unresolved(): readonly UnresolvedOrder[] {
    return [...this.#entries.values()].filter(({ state }) => state === 'sending' || state === 'lost');
  }

  /** Entries to look for. */
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
   * Writes an order down that is about to be sent. It counts from the moment of the call.
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

  /** The response came: the order is no longer in question. */
  async created(id: string, order: Order): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (entry.kind === 'reverification') this.#account(order.id);
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

  /** The user does not want it looked for any more. */
  async stop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'lost') return;
    this.#entries.set(id, { ...entry, state: 'stopped', endedAt: this.#now() });
    await this.#save();
  }

  /** The user knows of an entry that was found or stopped, and has sent the same order again: it warns no more. */
  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry && (entry.state === 'found' || entry.state === 'stopped')) this.#remove(id);
    }
    await this.#save();
  }

  /** Forgets orders that went with their connection. */
  async dropVolatile(isThere: (connectionId: string) => boolean): Promise<void> {
    const gone = [...this.#volatile].filter((id) => !isThere(this.#entries.get(id)?.connectionId ?? ''));
    if (gone.length === 0) return;
    for (const id of gone) this.#remove(id);
    await this.#save();
  }

  /** Takes note of orders that Truework lists: each one may be one that is looked for. */
  async observe(connectionId: string, orders: readonly Order[]): Promise<void> {
    let found = false;
    for (const order of orders) {
      const entry = this.lost(connectionId).find(
        (candidate) => !this.#isRivaled(candidate) && carriesMark(order, this.#mark(candidate)),
      );
      if (!entry) continue;
      found = true;
      if (entry.kind === 'reverification') this.#account(order.id);
      const ended: UnresolvedOrder = { ...entry, state: 'found', endedAt: this.#now(), orderId: order.id };
      this.#entries.set(entry.id, ended);
      this.emit('found', ended, order);
    }
    if (found) await this.#save();
  }

  /** While the same report is being reverified, a new order may be the one that is about to be answered. */
  #isRivaled({ connectionId, reverification }: UnresolvedOrder): boolean {
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

  #account(orderId: string): void {
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
      // Whatever was under way ended with the window that had sent it, and its response with it.
      const entry = read.output.state === 'sending' ? { ...read.output, state: 'lost' as const } : read.output;
      this.#entries.set(entry.id, entry);
    }
    this.#forgetOld();
  }

  /** What happened has happened, whether or not it can be written down. */
  async #save(): Promise<void> {
    this.emit('change');
    try {
      await this.#write();
    } catch (error) {
      this.#log('What is known of an order could not be stored', error);
    }
  }

  async #write(): Promise<void> {
    if (this.#reverificationsChanged) {
      this.#reverificationsChanged = false;
      await this.#storage.update(REVERIFICATIONS, this.#reverifications);
    }
    const orders = [...this.#entries.values()].filter(({ id }) => !this.#volatile.has(id)).map(forDisk);
    await this.#storage.update(UNRESOLVED_ORDERS, orders.length === 0 ? undefined : orders);
  }
}

/** People put anything into names and search keys: what looks like a key or a social security number stays in memory. */
function forDisk({ searchKey, applicant, ...entry }: UnresolvedOrder): UnresolvedOrder {
  return {
    ...entry,
    applicant: isSensitive(applicant) ? '•••' : applicant,
    ...(searchKey !== undefined && !isSensitive(searchKey) && { searchKey }),
  };
}

/**
 * Equal for drafts that would have Truework verify the same about the same person. What does not change that (search key,
 * purpose, use case) is left out, and so is the social security number, which may be nowhere on disk, unless it is one of
 * those that Truework publishes for tests.
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
