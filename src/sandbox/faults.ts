/** Faults on demand, to test how a client handles failures of the network or the server. */
import * as v from 'valibot';

const FAULT_KINDS = ['latency', 'status', 'reset-before', 'reset-after', 'truncate', 'wrong-schema'] as const;

/**
 * - `latency`: delays the response by `milliseconds`.
 * - `status`: responds with `status` without doing the work, or, with `after`, once it is done. 429 has `retryAfter` seconds.
 *   With `html`, the body is a gateway's page instead of the API's error object.
 * - `reset-before`, `reset-after`: resets the connection before or after the work is done.
 *   With `workAfter`, `reset-before`, and `status` without `after`, do the work that many milliseconds later, like a server
 *   whose gateway timed out. By default, the work is never done.
 * - `truncate`: declares the length of the whole body and sends half of it.
 * - `wrong-schema`: responds with values of the wrong JSON types.
 */
export const FaultRequest = v.strictObject({
  kind: v.picklist(FAULT_KINDS),
  /** The operation it affects, by its ID in the API reference, such as `get-one-order`; all by default. */
  operation: v.optional(v.string()),
  /** How many requests it affects; 0: all, until faults are cleared. */
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 1),
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)), 500),
  milliseconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)), 1000),
  retryAfter: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  after: v.optional(v.boolean(), false),
  workAfter: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(86_400_000))),
  html: v.optional(v.boolean(), false),
});

export type FaultOptions = v.InferInput<typeof FaultRequest>;
export type Fault = v.InferOutput<typeof FaultRequest>;

export class Faults {
  readonly #operations: readonly string[];
  #faults: { fault: Fault; left: number }[] = [];

  /** @param operations the IDs of the operations that faults can affect */
  constructor(operations: readonly string[]) {
    this.#operations = operations;
  }

  /** @throws Error if the options are invalid or there is no such operation */
  add(options: FaultOptions): Fault {
    const fault = v.parse(FaultRequest, options);
    if (fault.operation !== undefined && !this.#operations.includes(fault.operation)) {
      throw new Error(`There is no operation "${fault.operation}". Operations: ${this.#operations.join(', ')}.`);
    }
    this.#faults.push({ fault, left: fault.times === 0 ? Number.POSITIVE_INFINITY : fault.times });
    return fault;
  }

  /** The faults that affect this request: the oldest one of each kind. */
  take(operation: string): Map<Fault['kind'], Fault> {
    const struck = new Map<Fault['kind'], Fault>();
    for (const entry of this.#faults) {
      if (struck.has(entry.fault.kind) || (entry.fault.operation !== undefined && entry.fault.operation !== operation))
        continue;
      entry.left -= 1;
      struck.set(entry.fault.kind, entry.fault);
    }
    this.#faults = this.#faults.filter((entry) => entry.left > 0);
    return struck;
  }

  list(): (Fault & { left: number | null })[] {
    return this.#faults.map(({ fault, left }) => ({ ...fault, left: Number.isFinite(left) ? left : null }));
  }

  clear(): void {
    this.#faults = [];
  }
}

const STATUS_MESSAGES: Readonly<Record<number, string>> = {
  401: 'Invalid token.',
  403: 'You do not have permission to perform this action.',
  404: 'Not found.',
  429: 'Request was throttled.',
  451: 'The social security number is frozen.',
  500: 'Internal server error.',
  501: 'Not implemented.',
  502: 'Bad gateway.',
  503: 'Service unavailable.',
  504: 'Gateway timeout.',
};

export function faultAnswer(fault: Fault): Response {
  const headers = new Headers();
  const retryAfter = fault.retryAfter ?? (fault.status === 429 ? 1 : undefined);
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  const message = STATUS_MESSAGES[fault.status] ?? 'The request failed.';
  if (fault.html) {
    headers.set('content-type', 'text/html');
    return new Response(
      `<html><head><title>${fault.status}</title></head><body><h1>${fault.status} ${message}</h1></body></html>`,
      { status: fault.status, headers },
    );
  }
  headers.set('content-type', 'application/json');
  return new Response(JSON.stringify({ error: { message } }), { status: fault.status, headers });
}

/** Replaces every value with one of another JSON type. */
export function corrupt(value: unknown): unknown {
  if (Array.isArray(value)) return { items: value.map(corrupt) };
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, corrupt(inner)]));
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return Number(value);
  return false;
}
