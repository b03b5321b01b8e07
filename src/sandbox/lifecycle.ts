/**
 * The course of a verification. It is planned whole when the order is made, as a list of times and states, and read
 * off the clock afterwards: ten thousand waiting orders need no timer each.
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
  /** The methods that may be used, in the order in which they are tried; the first one succeeds. */
  readonly strategy: Strategy;
  /** Answered inside the request: every step happens at once. */
  readonly sync: boolean;
  /** Seconds before the verification appears. */
  readonly appearsAfter?: number;
}

/** How long a method works, in microseconds at speed 1. */
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
    // One microsecond at least, so that times tell the order of steps.
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

/** The last step that has happened, or undefined when the verification has not appeared yet. */
export function stepAt(verification: VerificationRecord, now: Micros): PlannedStep | undefined {
  return verification.steps.findLast((step) => step.at <= now);
}

export function stateAt(verification: VerificationRecord, now: Micros): StateName | undefined {
  return stepAt(verification, now)?.state;
}

/** The time of the next step that webhooks have not heard of. */
export function nextStep(verification: VerificationRecord): Micros | undefined {
  return verification.steps[verification.announced]?.at;
}

/** When the verification reached the state it ended in, or null. */
export function endedAt(verification: VerificationRecord, now: Micros): Micros | null {
  const step = stepAt(verification, now);
  return step && hasEnded(step.state) ? step.at : null;
}

/** Puts the verification into a state from now on; what was planned for later will not happen. */
export function divert(verification: VerificationRecord, now: Micros, state: StateName, event: string): void {
  const past = verification.steps.filter((step) => step.at <= now);
  verification.steps = [...past, { at: now, state, event, strategy: null }];
}
