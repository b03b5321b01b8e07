/** The events of an order, derived from its planned course. Types and messages are assumed: Truework documents no list. */
import type { OrderEvent } from '../truework/schemas/order.ts';
import type { OrderRecord } from './records.ts';
import { timestamp, type Micros } from './time.ts';
import type { World } from './world.ts';

/** Larger than the number of steps of a verification, so that event numbers are unique. */
const EVENT_NUMBERS_PER_VERIFICATION = 64;

export interface EventRecord {
  readonly at: Micros;
  readonly n: number;
  readonly type: string;
  readonly strategy: string | null;
  readonly verification: number | null;
}

export function eventsOf(world: World, order: OrderRecord): EventRecord[] {
  const now = world.now();
  const events: EventRecord[] = [
    {
      at: order.created,
      n: order.n * EVENT_NUMBERS_PER_VERIFICATION,
      type: 'order-created',
      strategy: null,
      verification: null,
    },
  ];
  for (const verification of order.verifications) {
    for (const [index, step] of verification.steps.entries()) {
      if (step.at > now) break;
      events.push({
        at: step.at,
        n: verification.n * EVENT_NUMBERS_PER_VERIFICATION + index + 1,
        type: step.event,
        strategy: step.strategy,
        verification: verification.n,
      });
    }
  }
  // Stable: events of the same microsecond stay in order.
  events.sort((a, b) => a.at - b.at);
  return world.assumptions.eventOrder === 'newest-first' ? events.reverse() : events;
}

export function eventView(world: World, event: EventRecord): OrderEvent {
  return {
    created: timestamp(event.at),
    id: world.ids.make('event', event.n),
    message: messageOf(event),
    strategy: event.strategy,
    type: event.type,
    verification_request_id:
      event.verification === null ? null : world.ids.make('verificationRequest', event.verification),
  };
}

const STRATEGY_NAMES: Readonly<Record<string, string>> = {
  instant: 'the instant network',
  credentials: 'the applicant’s payroll sign-in',
  'smart-outreach': 'outreach to the employer',
  documents: 'the applicant’s documents',
};

function messageOf(event: EventRecord): string {
  const by = STRATEGY_NAMES[event.strategy ?? ''] ?? 'Truework';
  switch (event.type) {
    case 'order-created':
      return 'The order was created.';
    case 'verification-request-created':
      return 'The verification request is being reviewed.';
    case 'strategy-started':
      return `Verifying through ${by}.`;
    case 'strategy-succeeded':
      return `Information was received through ${by}.`;
    case 'strategy-failed':
      return `No information was found through ${by}.`;
    case 'verification-request-completed':
      return 'The report is complete.';
    case 'verification-request-canceled':
      return 'The verification request was canceled.';
    case 'verification-request-invalid':
      return 'The verification request is invalid: employee or employer could not be found.';
    case 'action-required':
      return 'The verification is waiting for an action.';
    default:
      return `The verification request changed: ${event.type}.`;
  }
}
