import type { Assumptions } from './assumptions.ts';
import type { Ids } from './ids.ts';
import type { OrderRecord } from './records.ts';
import type { Store } from './store.ts';
import type { Micros } from './time.ts';

/** The shared state of a running sandbox. */
export interface World {
  readonly seed: string;
  readonly assumptions: Assumptions;
  /** How many times faster than real time planned delays pass. */
  readonly speed: number;
  readonly ids: Ids;
  readonly store: Store;
  /** `http://127.0.0.1:PORT`, the start of `next`, `previous` and document URLs. */
  origin: string;
  /** Now, as the last microsecond of the current millisecond, so that everything in it has happened. */
  readonly now: () => Micros;
  /** Now, as the creation time of the resource with this number. */
  readonly stamp: (n: number) => Micros;
  /** Called when steps of an order were planned or changed, so that they are announced. */
  readonly wake: (order: OrderRecord) => void;
}
