/**
 * What follows from an order. An order has no state, applicant or employer of its own: they are read from its mode and
 * its verification requests. Source: https://www.truework.com/docs/api-reference/versions/2023-10-30/get-one-order.
 */
import { REVERIFICATION_DAYS } from './facts.ts';
import type { Open } from './schemas/primitives.ts';
import type { Order, VerificationRequest } from './schemas/order.ts';
import type { Report } from './schemas/report.ts';

/** The summarised states, in the order of how much they ask for a person's attention. `waiting`: there is no verification request yet. */
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

/** True when a verification request in this state never changes again. Unknown states are taken to go on. */
export function isTerminal(state: string): boolean {
  return TERMINAL.has(state);
}

function statesOf(order: Order): readonly string[] {
  return (order.verification_requests ?? []).map(({ state }) => state.canonical_value);
}

/**
 * The state of the whole order: while any verification request goes on, the one of those that most asks for attention;
 * once all have ended, `completed` if there is a report, otherwise `invalid` before `canceled`.
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

/** True when every verification request of the order has ended, and there is one. */
export function isOrderFinished(order: Order): boolean {
  const states = statesOf(order);
  return states.length > 0 && states.every(isTerminal);
}

/** True while a cancel would end something: a verification request, or the wait for the first one. */
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

/** As much of the applicant's name as may stand in a list. Either part may be empty. */
export interface ApplicantLabel {
  readonly firstName: string;
  readonly lastInitial: string;
}

/** @returns undefined when the order names nobody. */
export function applicantOf(order: Order): ApplicantLabel | undefined {
  const people = [
    order.target_employer?.target,
    order.employer_search?.target,
    ...(order.truework_direct?.targets ?? []),
    ...(order.reverification?.targets ?? []),
    ...(order.verification_requests ?? []).map(({ target }) => target),
  ];
  for (const person of people) {
    const firstName = person?.first_name?.trim() ?? '';
    const lastInitial = initial(person?.last_name?.trim() ?? '');
    if (firstName !== '' || lastInitial !== '') return { firstName, lastInitial };
  }
  return undefined;
}

/** Made when it is first used: it takes 6 ms, which a window that only opens does not wait for. */
let graphemes: Intl.Segmenter | undefined;

function initial(name: string): string {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment } of graphemes.segment(name)) return segment.toLocaleUpperCase();
  return '';
}

/** Names of the employers that the order is about, each once: of its verification requests, else those it was created with. */
export function employersOf(order: Order): readonly string[] {
  const found = distinct(
    (order.verification_requests ?? []).flatMap(({ target, reports }) =>
      target.company?.name ? [target.company.name] : (reports ?? []).map(({ employer }) => employer?.name),
    ),
  );
  if (found.length > 0) return found;
  return distinct([
    order.target_employer?.target.company?.name,
    ...(order.truework_direct?.targets ?? []).flatMap(({ companies }) => (companies ?? []).map(({ name }) => name)),
  ]);
}

function distinct(names: readonly (string | null | undefined)[]): readonly string[] {
  return [...new Set(names.flatMap((name) => (name?.trim() ? [name.trim()] : [])))];
}

/** When the first verification request was made, which is as close as the API comes to when the order was. */
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
  // Completed verifications may carry no date of completion; their reports tell.
  const completed = Date.parse(verification.date_of_completion ?? report.completed ?? report.created);
  return now - completed <= REVERIFICATION_DAYS * DAY_MS;
}
