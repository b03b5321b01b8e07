/** The state file: always the old state or the new one, never half of one. */
import { readFile, rename } from 'node:fs/promises';
import * as v from 'valibot';
import { replaceFile } from '../files/replace-file.ts';
import type { OrderRecord, PlannedStep, VerificationRecord } from './records.ts';
import type { StoredState } from './store.ts';
import type { StoredWebhooks } from './webhooks.ts';

const FORMAT = 'truework-sandbox';
const VERSION = 1;
/** Milliseconds between a change and the write; longer for states that take long to write. */
const DELAY = 100;
const SHARE_OF_TIME = 20;

export interface SandboxState {
  readonly seed: string;
  /** Milliseconds by which the clock was moved forward. */
  readonly clockShift: number;
  readonly store: StoredState;
  readonly webhooks: StoredWebhooks;
}

const StateShape = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  seed: v.string(),
  clockShift: v.number(),
  store: v.object({
    orders: v.array(v.custom(isOrder)),
    tenantProperties: v.array(v.unknown()),
    qualificationChecks: v.array(v.unknown()),
  }),
  webhooks: v.object({ hooks: v.array(v.unknown()), deliveries: v.array(v.unknown()), lastId: v.number() }),
});

export class StateFile {
  readonly #path: string;
  readonly #notice: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lastDuration = 0;

  constructor(path: string, notice: (text: string) => void) {
    this.#path = path;
    this.#notice = notice;
  }

  /**
   * @returns undefined if there is no file yet. An invalid file is renamed, never overwritten.
   * @throws Error if the file cannot be read
   */
  async read(): Promise<SandboxState | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`The state file ${this.#path} cannot be read. Check its permissions, or name another file.`, {
        cause: error,
      });
    }
    const state = parseState(text);
    if (state) return state;
    const aside = `${this.#path}.corrupt-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    await rename(this.#path, aside);
    this.#notice(
      `The state file ${this.#path} is damaged or of another version. It is kept as ${aside}, and the sandbox begins anew.`,
    );
    return undefined;
  }

  /** Writes after a delay, so that many changes cause one write. */
  writeSoon(state: () => SandboxState): void {
    this.#timer ??= setTimeout(
      () => {
        this.write(state).catch((error: unknown) => {
          this.#notice(error instanceof Error ? error.message : 'The state file could not be written.');
        });
      },
      Math.max(DELAY, this.#lastDuration * SHARE_OF_TIME),
    );
  }

  /** @throws Error with a message for the user if the file cannot be written */
  write(state: () => SandboxState): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#writing.then(() => this.#write(state()));
    this.#writing = next.catch(() => undefined);
    return next;
  }

  async #write(state: SandboxState): Promise<void> {
    const started = performance.now();
    const text = JSON.stringify({ format: FORMAT, version: VERSION, ...state });
    this.#lastDuration = performance.now() - started;
    try {
      await replaceFile(this.#path, text);
    } catch (error) {
      throw new Error(`The state file ${this.#path} cannot be written. Check that its folder exists and is writable.`, {
        cause: error,
      });
    }
  }
}

function parseState(text: string): SandboxState | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Only what the sandbox depends on is checked; it wrote the rest itself.
    return v.is(StateShape, value) ? (value as unknown as SandboxState) : undefined;
  } catch {
    return undefined;
  }
}

/** Without a schema, which takes several times as long: every start checks up to ten thousand orders. */
function isOrder(value: unknown): boolean {
  const order = value as Partial<OrderRecord> | null;
  return (
    typeof order === 'object' &&
    isNumber(order?.n) &&
    isNumber(order.created) &&
    typeof order.mode?.kind === 'string' &&
    Array.isArray(order.verifications) &&
    order.verifications.every(isVerification)
  );
}

function isVerification(value: unknown): boolean {
  const verification = value as Partial<VerificationRecord> | null;
  return (
    typeof verification === 'object' &&
    isNumber(verification?.n) &&
    isNumber(verification.order) &&
    isNumber(verification.target) &&
    isNumber(verification.announced) &&
    typeof verification.ssn === 'string' &&
    Array.isArray(verification.employments) &&
    Array.isArray(verification.reports) &&
    Array.isArray(verification.steps) &&
    verification.steps.every(isStep)
  );
}

function isStep(value: unknown): boolean {
  const step = value as Partial<PlannedStep> | null;
  return (
    typeof step === 'object' && isNumber(step?.at) && typeof step.state === 'string' && typeof step.event === 'string'
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
