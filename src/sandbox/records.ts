/** What the sandbox stores of an order; responses are created from it. */
import type { Micros } from './time.ts';
import type {
  AddressInput,
  EmployerSearchOrderRequest,
  TargetEmployerOrderRequest,
  TrueworkDirectOrderRequest,
} from '../truework/schemas/requests.ts';

export type StateName = 'pending-approval' | 'processing' | 'action-required' | 'completed' | 'canceled' | 'invalid';
export type Strategy = 'instant' | 'credentials' | 'smart-outreach' | 'documents';

/** One step of a verification's planned course: from this time, it has this state. */
export interface PlannedStep {
  readonly at: Micros;
  readonly state: StateName;
  readonly event: string;
  readonly strategy: Strategy | null;
}

export interface CompanyRecord {
  readonly name: string;
  readonly address: AddressInput | null;
  readonly phone: string | null;
}

export interface VerificationRecord {
  readonly n: number;
  /** Number of the order. */
  readonly order: number;
  /** The index of the order's target. */
  readonly target: number;
  readonly company: CompanyRecord | null;
  readonly created: Micros;
  /** The SSN of the test applicant: nine digits. */
  readonly ssn: string;
  /** The indexes of the test applicant's employments that the reports cover, and the numbers of these reports. */
  readonly employments: readonly number[];
  readonly reports: readonly number[];
  steps: readonly PlannedStep[];
  /** How many steps have been announced to webhooks. */
  announced: number;
  /** Shown once the state is `canceled`. */
  cancellation: { readonly reason: string; readonly details: string | null } | null;
}

export type OrderMode =
  | { readonly kind: 'target-employer'; readonly request: TargetEmployerOrderRequest }
  | { readonly kind: 'employer-search'; readonly request: EmployerSearchOrderRequest }
  | { readonly kind: 'truework-direct'; readonly request: TrueworkDirectOrderRequest }
  /** `parent`: number of the verification whose report is reverified. */
  | {
      readonly kind: 'reverification';
      readonly parent: number;
      readonly loanId: string | null;
      readonly searchKey: string | null;
    };

export interface OrderRecord {
  readonly n: number;
  readonly created: Micros;
  readonly mode: OrderMode;
  verifications: VerificationRecord[];
}

export interface TenantPropertyRecord {
  readonly n: number;
  fields: Readonly<
    Record<'address_line_1' | 'address_line_2' | 'address_line_3' | 'city' | 'postal_code' | 'state', string | null>
  > & { readonly name: string };
}

export interface QualificationCheckRecord {
  readonly n: number;
  readonly created: Micros;
  readonly kind: 'applicant' | 'guarantor';
  readonly metadata: Record<string, string> | null;
  readonly rent: string;
  readonly set: number;
  /** Numbers of the reports that were checked. */
  readonly reports: readonly number[];
}

export function searchKeyOf(order: OrderRecord): string | null {
  return order.mode.kind === 'reverification' ? order.mode.searchKey : (order.mode.request.search_key ?? null);
}

export function loanIdOf(order: OrderRecord): string | null {
  return order.mode.kind === 'reverification' ? order.mode.loanId : (order.mode.request.loan_id ?? null);
}
