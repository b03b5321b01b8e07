/** The orders and other resources of one sandbox, found by number. */
import type { OrderRecord, QualificationCheckRecord, TenantPropertyRecord, VerificationRecord } from './records.ts';

export interface StoredState {
  readonly orders: readonly OrderRecord[];
  readonly tenantProperties: readonly TenantPropertyRecord[];
  readonly qualificationChecks: readonly QualificationCheckRecord[];
}

export class Store {
  readonly orders: OrderRecord[] = [];
  readonly tenantProperties: TenantPropertyRecord[] = [];
  readonly qualificationChecks: QualificationCheckRecord[] = [];
  /** Number of a verification less one, to the number of its order. */
  readonly #orderOf: number[] = [];
  /** Number of a report less one, to the number of its verification. */
  readonly #verificationOf: number[] = [];
  #listener: () => void = () => undefined;

  /** Called after every change that the state file should contain. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  changed(): void {
    this.#listener();
  }

  nextOrder(): number {
    return this.orders.length + 1;
  }

  /** Reserves numbers for a verification and its reports, so that their identifiers are enough to find them. */
  reserve(order: number, reports: number): { verification: number; reports: number[] } {
    const verification = this.#orderOf.push(order);
    return { verification, reports: Array.from({ length: reports }, () => this.#verificationOf.push(verification)) };
  }

  add(order: OrderRecord): void {
    this.orders.push(order);
    this.changed();
  }

  order(n: number): OrderRecord | undefined {
    return this.orders[n - 1];
  }

  verification(n: number): VerificationRecord | undefined {
    const order = this.order(this.#orderOf[n - 1] ?? 0);
    return order?.verifications.find((verification) => verification.n === n);
  }

  /** The verification that has the report with this number, and the report's index in it. */
  report(n: number): { verification: VerificationRecord; index: number } | undefined {
    const verification = this.verification(this.#verificationOf[n - 1] ?? 0);
    const index = verification?.reports.indexOf(n) ?? -1;
    return verification && index >= 0 ? { verification, index } : undefined;
  }

  toJSON(): StoredState {
    return {
      orders: this.orders,
      tenantProperties: this.tenantProperties,
      qualificationChecks: this.qualificationChecks,
    };
  }

  load(state: StoredState): void {
    for (const order of state.orders) {
      this.orders.push(order);
      for (const verification of order.verifications) {
        this.#orderOf[verification.n - 1] = order.n;
        for (const report of verification.reports) this.#verificationOf[report - 1] = verification.n;
      }
    }
    this.tenantProperties.push(...state.tenantProperties);
    this.qualificationChecks.push(...state.qualificationChecks);
  }
}
