/**
 * Enum values in responses: `canonical_value` from a list that grows only with a new API version, and `raw_value`,
 * which says more if the canonical value is `other`. Values that are not listed here are accepted unchanged. Source:
 * https://www.truework.com/docs/api-reference/versions/2023-10-30.
 */
import type * as v from 'valibot';
import { PermissiblePurpose, UseCase } from './enums.ts';
import { wrapped } from './primitives.ts';

export const PermissiblePurposeWrapper = wrapped([...PermissiblePurpose.options, 'other']);
export type PermissiblePurposeWrapper = v.InferOutput<typeof PermissiblePurposeWrapper>;

export const UseCaseWrapper = wrapped([...UseCase.options, 'other']);
export type UseCaseWrapper = v.InferOutput<typeof UseCaseWrapper>;

export const ActionTypeWrapper = wrapped(['verify', 'do-not-verify', 'other']);
export type ActionTypeWrapper = v.InferOutput<typeof ActionTypeWrapper>;

export const DetectionOutcomeWrapper = wrapped(['passed', 'failed', 'not-run', 'other']);
export type DetectionOutcomeWrapper = v.InferOutput<typeof DetectionOutcomeWrapper>;

export const DetectionTypeWrapper = wrapped([
  'ssn-mismatch',
  'employer-name-mismatch',
  'page-edited',
  'other-edits',
  'online-generated-paystub',
  'earnings-edits',
  'deductions-edits',
  'pay-frequency-edits',
  'dollar-amount-edits',
  'employee-taxpayer-id-edits',
  'employee-details-edits',
  'employee-name-edits',
  'employer-name-edits',
  'employer-address-edits',
  'date-edits',
  'misaligned-text',
  'other',
]);
export type DetectionTypeWrapper = v.InferOutput<typeof DetectionTypeWrapper>;

export const CancellationReasonWrapper = wrapped([
  'immediate',
  'high-turnaround-time',
  'competitor',
  'wrong-info',
  'no-match',
  'other',
]);
export type CancellationReasonWrapper = v.InferOutput<typeof CancellationReasonWrapper>;

const PERIODS = [
  'annually',
  'daily',
  'semiweekly',
  'monthly',
  'weekly',
  'biweekly',
  'bimonthly',
  'semimonthly',
  'quarterly',
  'semiannually',
  'thirteen-monthly',
  'fourteen-monthly',
  'hourly',
  'variable',
  'other',
] as const;

export const PayUnitWrapper = wrapped(PERIODS);
export type PayUnitWrapper = v.InferOutput<typeof PayUnitWrapper>;

export const EmployeeStatusWrapper = wrapped([
  'active',
  'inactive',
  'unknown',
  'furloughed-covid',
  'non-employee',
  'other',
]);
export type EmployeeStatusWrapper = v.InferOutput<typeof EmployeeStatusWrapper>;

export const EmployeeStatusDetailWrapper = wrapped([
  'active',
  'int-assignment',
  'casual',
  'long-term-dis',
  'sick-leave',
  'surviving-spouse',
  'inactive',
  'on-leave',
  'multiple-positions',
  'new-employee',
  'lay-off',
  'part-time',
  'retired',
  'separated',
  'season',
  'temporary',
  'intern',
  'transferred',
  'deceased',
  'severed-pay',
  'on-sabbatical',
  'divested',
  'temp-inactive',
  'full-time',
  'non-emp-ben',
  'not-assignment',
  'not-payroll',
  'active-as-needed',
  'unknown',
  'furloughed-covid',
  'non-employee',
  'future-employee',
  'other',
]);
export type EmployeeStatusDetailWrapper = v.InferOutput<typeof EmployeeStatusDetailWrapper>;

export const CompletedByMethodWrapper = wrapped([
  'instant',
  'credentials',
  'smart-outreach',
  'third-party-providers',
  'other',
]);
export type CompletedByMethodWrapper = v.InferOutput<typeof CompletedByMethodWrapper>;

export const EligibilityProviderWrapper = wrapped(['truework', 'argyle', 'other']);
export type EligibilityProviderWrapper = v.InferOutput<typeof EligibilityProviderWrapper>;

export const EligibilityTypeWrapper = wrapped(['d1c', 'other']);
export type EligibilityTypeWrapper = v.InferOutput<typeof EligibilityTypeWrapper>;

export const EmploymentTypeWrapper = wrapped([
  'regular-full-time',
  'regular-part-time',
  'contractor-1099',
  'no-answer',
  'other',
]);
export type EmploymentTypeWrapper = v.InferOutput<typeof EmploymentTypeWrapper>;

export const PayFrequencyWrapper = wrapped(PERIODS);
export type PayFrequencyWrapper = v.InferOutput<typeof PayFrequencyWrapper>;

export const GovernmentIdTypeWrapper = wrapped(['us-fein', 'other']);
export type GovernmentIdTypeWrapper = v.InferOutput<typeof GovernmentIdTypeWrapper>;

export const StateWrapper = wrapped([
  'pending-approval',
  'action-required',
  'invalid',
  'processing',
  'completed',
  'canceled',
  'other',
]);
export type StateWrapper = v.InferOutput<typeof StateWrapper>;
