import type { Assumptions } from './assumptions.ts';
import type { Ids } from './ids.ts';
import type { OrderRecord } from './records.ts';
import type { Store } from './store.ts';
import type { Micros } from './time.ts';

/** What the parts of one running sandbox share. */
export interface World {
  readonly seed: string;
  readonly assumptions: Assumptions;
  /** How many times faster than life the planned delays pass. */
  readonly speed: number;
  readonly ids: Ids;
  readonly store: Store;
  /** `http://127.0.0.1:PORT`, which `next`, `previous` and document URLs begin with. */
  origin: string;
  /** Now, rounded up to the last microsecond of the millisecond: what happened in it has happened. */
  readonly now: () => Micros;
  /** Now, as the creation time of the thing with this number. */
  readonly stamp: (n: number) => Micros;
  /** To be called when steps of an order were planned or changed: wakes whoever announces them. */
  readonly wake: (order: OrderRecord) => void;
}
