/**
 * Derived properties of an order. An order has no state, applicant or employer of its own: they follow from its mode
 * and its verification requests. Source: https://www.truework.com/docs/api-reference/versions/2023-10-30/get-one-order.
 */
import { REVERIFICATION_DAYS } from './facts.ts';
import type { Open } from './schemas/primitives.ts';
import type { Order, VerificationRequest } from './schemas/order.ts';
import type { Report } from './schemas/report.ts';

/** The states of an order, sorted by how much attention they need. `waiting`: there is no verification request yet. */
export const SUMMARY_STATES = [
  'action-required',
  'pending-approval',
  'processing',
  'waiting',
  'completed',
  'invalid',
  'canceled',
  'other',
] as const;

/** States that Truework adds later appear under their own name. */
export type SummaryState = Open<(typeof SUMMARY_STATES)[number]>;

const TERMINAL: ReadonlySet<string> = new Set(['completed', 'canceled', 'invalid']);

/** Whether a verification request in this state never changes again. Unknown states count as active. */
export function isTerminal(state: string): boolean {
  return TERMINAL.has(state);
}

function statesOf(order: Order): readonly string[] {
  return (order.verification_requests ?? []).map(({ state }) => state.canonical_value);
}

/**
 * The state of the whole order: while verification requests are active, the state of the one that needs the most
 * attention; once all have ended, `completed` if one is completed, otherwise `invalid` before `canceled`.
 */
export function orderState(order: Order): SummaryState {
  const states = statesOf(order);
  const [first] = states;
  if (first === undefined) return 'waiting';
  const open = states.filter((state) => !isTerminal(state));
  if (open.length === 0) return ['completed', 'invalid'].find((state) => states.includes(state)) ?? 'canceled';
  return (
    ['action-required', 'processing', 'pending-approval'].find((state) => open.includes(state)) ?? open[0] ?? first
  );
}

/** Whether the order has verification requests and all of them have ended. */
export function isOrderFinished(order: Order): boolean {
  const states = statesOf(order);
  return states.length > 0 && states.every(isTerminal);
}

/** Whether a verification request is active, or the first one is still to come. */
export function canCancel(order: Order): boolean {
  return !isOrderFinished(order);
}

export type OrderKind = 'target-employer' | 'employer-search' | 'truework-direct' | 'reverification' | 'unknown';

export function orderKind(order: Order): OrderKind {
  if (order.reverification) return 'reverification';
  if (order.target_employer) return 'target-employer';
  if (order.employer_search) return 'employer-search';
  if (order.truework_direct) return 'truework-direct';
  return 'unknown';
}

/** The part of the applicant's name that lists show. Either part may be empty. */
export interface ApplicantLabel {
  readonly firstName: string;
  readonly lastInitial: string;
}

/** @returns undefined if the order names no applicant */
export function applicantOf(order: Order): ApplicantLabel | undefined {
  const applicants = [
    order.target_employer?.target,
    order.employer_search?.target,
    ...(order.truework_direct?.targets ?? []),
    ...(order.reverification?.targets ?? []),
    ...(order.verification_requests ?? []).map(({ target }) => target),
  ];
  for (const applicant of applicants) {
    const firstName = applicant?.first_name?.trim() ?? '';
    const lastInitial = initial(applicant?.last_name?.trim() ?? '');
    if (firstName !== '' || lastInitial !== '') return { firstName, lastInitial };
  }
  return undefined;
}

/** Created on first use: that takes 6 ms, which would delay a window that is opening. */
let graphemes: Intl.Segmenter | undefined;

function initial(name: string): string {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment } of graphemes.segment(name)) return segment.toLocaleUpperCase();
  return '';
}

/** Names of the order's employers, each once: of its verification requests, or else those it was created with. */
export function employersOf(order: Order): readonly string[] {
  const found = distinctNames(
    (order.verification_requests ?? []).flatMap(({ target, reports }) =>
      target.company?.name ? [target.company.name] : (reports ?? []).map(({ employer }) => employer?.name),
    ),
  );
  if (found.length > 0) return found;
  return distinctNames([
    order.target_employer?.target.company?.name,
    ...(order.truework_direct?.targets ?? []).flatMap(({ companies }) => (companies ?? []).map(({ name }) => name)),
  ]);
}

function distinctNames(names: readonly (string | null | undefined)[]): readonly string[] {
  return [...new Set(names.flatMap((name) => (name?.trim() ? [name.trim()] : [])))];
}

/** When the first verification request was created, which is the API's closest value to when the order was. */
export function createdAt(order: Order): Date | undefined {
  const times = (order.verification_requests ?? [])
    .map(({ created }) => Date.parse(created))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

const DAY_MS = 86_400_000;

/** @param now milliseconds since the epoch */
export function isReverifiable(
  verification: Pick<VerificationRequest, 'state' | 'date_of_completion'>,
  report: Pick<Report, 'completed' | 'created'>,
  now: number,
): boolean {
  if (verification.state.canonical_value !== 'completed') return false;
  // Completed verifications may have no date of completion; their reports have one.
  const completed = Date.parse(verification.date_of_completion ?? report.completed ?? report.created);
  return now - completed <= REVERIFICATION_DAYS * DAY_MS;
}
