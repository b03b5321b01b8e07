/**
 * The course of a verification. It is planned when the order is created, as a list of times and states, and compared
 * with the clock afterwards, so that ten thousand waiting orders need no timers.
 */
import type { Assumptions } from './assumptions.ts';
import type { StateName, PlannedStep, Strategy, VerificationRecord } from './records.ts';
import { MICROS_PER_HOUR, MICROS_PER_SECOND, type Micros } from './time.ts';

const ENDED_STATES: ReadonlySet<StateName> = new Set(['completed', 'canceled', 'invalid']);

export function hasEnded(state: StateName): boolean {
  return ENDED_STATES.has(state);
}

export interface Course {
  readonly start: Micros;
  readonly outcome: 'completed' | 'canceled' | 'action-required' | 'invalid';
  /** The allowed methods, in the order in which they are tried; the first one succeeds. */
  readonly strategy: Strategy;
  /** Synchronous: every step happens at once. */
  readonly sync: boolean;
  /** Seconds before the verification appears. */
  readonly appearsAfter?: number;
}

/** How long a method takes, in microseconds at speed 1. */
function workTime(strategy: Strategy, assumptions: Assumptions): Micros {
  switch (strategy) {
    case 'instant':
      return assumptions.instantSeconds * MICROS_PER_SECOND;
    case 'credentials':
    case 'documents':
      return assumptions.applicantSeconds * MICROS_PER_SECOND;
    case 'smart-outreach':
      return assumptions.outreachHours * MICROS_PER_HOUR;
  }
}

export function planCourse(course: Course, assumptions: Assumptions, speed: number): PlannedStep[] {
  const { outcome, strategy } = course;
  const steps: PlannedStep[] = [];
  let at = course.start + Math.round(((course.appearsAfter ?? 0) * MICROS_PER_SECOND) / speed);
  const add = (afterMicros: number, state: StateName, event: string, by: Strategy | null = null): void => {
    // At least one microsecond, so that steps are ordered by time.
    if (steps.length > 0) at += course.sync ? 1 : Math.max(1, Math.round(afterMicros / speed));
    steps.push({ at, state, event, strategy: by });
  };
  add(0, 'pending-approval', 'verification-request-created');
  if (outcome === 'invalid') {
    add(assumptions.pendingSeconds * MICROS_PER_SECOND, 'invalid', 'verification-request-invalid');
    return steps;
  }
  add(assumptions.pendingSeconds * MICROS_PER_SECOND, 'processing', 'strategy-started', strategy);
  const work = workTime(strategy, assumptions);
  if (outcome === 'completed') {
    add(work, 'processing', 'strategy-succeeded', strategy);
    add(0, 'completed', 'verification-request-completed');
  } else {
    add(work, 'processing', 'strategy-failed', strategy);
    if (outcome === 'canceled') add(0, 'canceled', 'verification-request-canceled');
    else add(0, 'action-required', 'action-required');
  }
  return steps;
}

/** The last step that has happened, or undefined if the verification has not appeared yet. */
export function stepAt(verification: VerificationRecord, now: Micros): PlannedStep | undefined {
  return verification.steps.findLast((step) => step.at <= now);
}

export function stateAt(verification: VerificationRecord, now: Micros): StateName | undefined {
  return stepAt(verification, now)?.state;
}

/** The time of the next step that has not been announced to webhooks. */
export function nextStep(verification: VerificationRecord): Micros | undefined {
  return verification.steps[verification.announced]?.at;
}

/** When the verification reached its final state, or null. */
export function endedAt(verification: VerificationRecord, now: Micros): Micros | null {
  const step = stepAt(verification, now);
  return step && hasEnded(step.state) ? step.at : null;
}

/** Sets the state of the verification from now on; planned later steps are dropped. */
export function divert(verification: VerificationRecord, now: Micros, state: StateName, event: string): void {
  const past = verification.steps.filter((step) => step.at <= now);
  verification.steps = [...past, { at: now, state, event, strategy: null }];
}
