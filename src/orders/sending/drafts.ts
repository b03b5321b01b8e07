/**
 * The user's input for new orders. It survives failed orders and closed windows, and is removed only when the order is
 * known to be created or the user discards it. Social security numbers stay in memory, except those that Truework
 * publishes for tests.
 */
import * as v from 'valibot';
import { EmployerFilter, PermissiblePurpose, UseCase, VerificationType } from '../../truework/schemas/enums.ts';
import type { Draft } from './draft.ts';
import { isTestSsn } from '../../truework/facts.ts';
import { isSensitive } from '../../truework/redact.ts';
import { DRAFTS, type Storage } from './storage.ts';
import { draftFingerprint } from './unresolved-orders.ts';

/** Text of input boxes that was not accepted yet, by field name. */
type PendingText = Readonly<Record<string, string>>;

export interface SavedDraft {
  readonly id: string;
  readonly connectionId: string;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly savedAt: number;
  readonly draft: Draft;
  /** The applicant was entered, not chosen from Truework's test applicants. */
  readonly ownApplicant: boolean;
  readonly pending: PendingText;
  /** How many of the wizard's steps were answered. */
  readonly answered: number;
}

/** The pending text that is never stored on disk. */
export const SSN_FIELD = 'ssn';

const Stored = v.object({
  id: v.string(),
  connectionId: v.string(),
  savedAt: v.number(),
  draft: v.object({
    kind: v.picklist(['target-employer', 'employer-search', 'truework-direct']),
    applicant: v.object({
      firstName: v.string(),
      lastName: v.string(),
      ssn: v.string(),
      dateOfBirth: v.optional(v.string()),
      email: v.optional(v.string()),
    }),
    companies: v.array(v.string()),
    employerFilter: EmployerFilter,
    type: VerificationType,
    permissiblePurpose: PermissiblePurpose,
    useCase: UseCase,
    searchKey: v.optional(v.string()),
  }),
  ownApplicant: v.boolean(),
  pending: v.record(v.string(), v.string()),
  answered: v.number(),
});

export class Drafts {
  readonly #storage: Storage;
  readonly #log: (message: string, error: unknown) => void;
  readonly #drafts = new Map<string, SavedDraft>();

  /** @param log called when a draft could not be stored */
  constructor(storage: Storage, log: (message: string, error: unknown) => void) {
    this.#storage = storage;
    this.#log = log;
    const stored = storage.get(DRAFTS);
    for (const value of Array.isArray(stored) ? (stored as unknown[]) : []) {
      const read = v.safeParse(Stored, value);
      if (read.success) this.#drafts.set(read.output.id, read.output as SavedDraft);
    }
  }

  /** Drafts of a connection, newest first. */
  of(connectionId: string): readonly SavedDraft[] {
    return [...this.#drafts.values()]
      .filter((saved) => saved.connectionId === connectionId)
      .sort((a, b) => b.savedAt - a.savedAt);
  }

  get(id: string): SavedDraft | undefined {
    return this.#drafts.get(id);
  }

  /** Stores a draft in place of the one with the same ID, and of any other with the same content. */
  async save(saved: SavedDraft): Promise<void> {
    for (const other of this.of(saved.connectionId)) if (isSameDraft(other, saved)) this.#drafts.delete(other.id);
    this.#drafts.set(saved.id, saved);
    await this.#write();
  }

  async discard(id: string): Promise<void> {
    if (this.#drafts.delete(id)) await this.#write();
  }

  /**
   * The order of this draft was created: removes the draft, unless it was changed since, which makes it another order.
   */
  async created(id: string, fingerprint: string): Promise<void> {
    const saved = this.#drafts.get(id);
    if (saved && draftFingerprint(saved.draft) === fingerprint) await this.discard(id);
  }

  async #write(): Promise<void> {
    const drafts = [...this.#drafts.values()].map(redactedDraft);
    try {
      await this.#storage.update(DRAFTS, drafts.length === 0 ? undefined : drafts);
    } catch (error) {
      this.#log('A draft could not be stored', error);
    }
  }
}

function isSameDraft(a: SavedDraft, b: SavedDraft): boolean {
  const content = ({ draft, ownApplicant, pending }: SavedDraft) => JSON.stringify([draft, ownApplicant, pending]);
  return content(a) === content(b);
}

/** Omits everything that may be a key or a social security number; the wizard then asks for it again. */
function redactedDraft(saved: SavedDraft): SavedDraft {
  const { applicant, companies, searchKey, ...rest } = saved.draft;
  const text = (value: string) => (isSensitive(value) ? '' : value);
  return {
    ...saved,
    draft: {
      ...rest,
      applicant: {
        firstName: text(applicant.firstName),
        lastName: isSensitive(`${applicant.firstName} ${applicant.lastName}`) ? '' : applicant.lastName,
        ssn: isTestSsn(applicant.ssn) ? applicant.ssn : '',
        ...(applicant.dateOfBirth !== undefined &&
          !isSensitive(applicant.dateOfBirth) && { dateOfBirth: applicant.dateOfBirth }),
        ...(applicant.email !== undefined && !isSensitive(applicant.email) && { email: applicant.email }),
      },
      companies: companies.filter((name) => !isSensitive(name)),
      ...(searchKey !== undefined && !isSensitive(searchKey) && { searchKey }),
    },
    pending: Object.fromEntries(
      Object.entries(saved.pending).filter(([field, value]) => field !== SSN_FIELD && !isSensitive(value)),
    ),
  };
}
