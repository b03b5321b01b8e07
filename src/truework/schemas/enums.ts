/**
 * The closed lists of version 2023-10-30 that requests use bare. Source: https://www.truework.com/docs/api-reference.
 */
import * as v from 'valibot';

export const PermissiblePurpose = v.picklist([
  'child-support',
  'credit-application',
  'employee-eligibility',
  'employee-request',
  'employee-review-or-collection',
  'employment',
  'insurance-underwriting-application',
  'legitimate-reason-initiated',
  'legitimate-reason-review',
  'risk-assessment',
  'subpoena',
]);
export type PermissiblePurpose = v.InferOutput<typeof PermissiblePurpose>;

export const VerificationMethod = v.picklist(['instant', 'credentials', 'smart-outreach', 'documents']);
export type VerificationMethod = v.InferOutput<typeof VerificationMethod>;

export const UseCase = v.picklist([
  'mortgage',
  'home-equity',
  'background',
  'tenant',
  'government',
  'auto',
  'lending',
  'credit',
  'identity',
  'insurance',
  'health',
  'offers',
  'account-management',
  'preapproval',
]);
export type UseCase = v.InferOutput<typeof UseCase>;

export const VerificationType = v.picklist(['employment-income', 'employment', 'tenant-screening']);
export type VerificationType = v.InferOutput<typeof VerificationType>;

export const EmployerFilter = v.picklist(['any-employers', 'current-employers', 'previous-employers']);
export type EmployerFilter = v.InferOutput<typeof EmployerFilter>;

export const ReducedCovid = v.picklist(['yes', 'no', 'unknown']);
export type ReducedCovid = v.InferOutput<typeof ReducedCovid>;

export const Currency = v.picklist(['USD']);
export type Currency = v.InferOutput<typeof Currency>;

export const ReportedVerificationType = v.picklist([
  'employment-income',
  'employment',
  'tenant-screening',
  'assets',
  'self-employment',
]);
export type ReportedVerificationType = v.InferOutput<typeof ReportedVerificationType>;

export const CompanyAction = v.picklist(['verify', 'do-not-verify']);
export type CompanyAction = v.InferOutput<typeof CompanyAction>;

export const CancellationReason = v.picklist([
  'immediate',
  'high-turnaround-time',
  'competitor',
  'wrong-info',
  'other',
]);
export type CancellationReason = v.InferOutput<typeof CancellationReason>;

export const RequestSync = v.picklist(['sync', 'async']);
export type RequestSync = v.InferOutput<typeof RequestSync>;
