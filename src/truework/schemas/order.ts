/**
 * Orders, their verification requests and events in responses of version 2023-10-30: every key is present, and absent
 * values are null. Unknown keys are accepted, because Truework adds properties without a new version.
 * Source: https://www.truework.com/docs/api-reference/versions/2023-10-30.
 */
import * as v from 'valibot';
import { date, dateTime, integer, open } from './primitives.ts';
import { EmployerFilter, ReportedVerificationType, VerificationMethod, VerificationType } from './enums.ts';
import {
  ActionTypeWrapper,
  CancellationReasonWrapper,
  PermissiblePurposeWrapper,
  StateWrapper,
  UseCaseWrapper,
} from './wrappers.ts';
import { Address, ApplicantDocument, OrderAnnotations, Report } from './report.ts';

export const SubmittedDocument = v.looseObject({
  filename: v.nullable(v.string()),
});
export type SubmittedDocument = v.InferOutput<typeof SubmittedDocument>;

const EmployerSearchConfig = v.looseObject({
  employer_filter: open(EmployerFilter.options),
});

export const ResellerOriginatingParty = v.looseObject({
  originating_party: v.string(),
  permissible_purpose: PermissiblePurposeWrapper,
  use_case: UseCaseWrapper,
});
export type ResellerOriginatingParty = v.InferOutput<typeof ResellerOriginatingParty>;

const EmployerSearchTarget = v.looseObject({
  contact_email: v.nullable(v.string()),
  date_of_birth: v.nullable(date),
  first_name: v.nullable(v.string()),
  last_name: v.nullable(v.string()),
  social_security_number: v.nullable(v.string()),
});

const EmployerSearchMode = v.looseObject({
  additional_information: v.nullable(v.string()),
  authorization_forms: v.nullable(v.array(SubmittedDocument)),
  loan_id: v.nullable(v.string()),
  metadata: v.nullable(v.record(v.string(), v.string())),
  permissible_purpose: PermissiblePurposeWrapper,
  request_config: EmployerSearchConfig,
  reseller_originating_party: v.nullable(ResellerOriginatingParty),
  search_key: v.nullable(v.string()),
  target: EmployerSearchTarget,
  type: open(VerificationType.options),
  use_case: UseCaseWrapper,
});

const ReverificationTarget = v.looseObject({
  first_name: v.string(),
  last_name: v.string(),
  truework_direct_session_token: v.nullable(v.string()),
});

const ReverificationMode = v.looseObject({
  parent_order_id: v.string(),
  targets: v.array(ReverificationTarget),
});

export const TargetEmployerConfig = v.looseObject({
  allowed_verification_methods: v.array(open(VerificationMethod.options)),
});
export type TargetEmployerConfig = v.InferOutput<typeof TargetEmployerConfig>;

const Company = v.looseObject({
  address: v.nullable(Address),
  name: v.nullable(v.string()),
});

const TargetEmployerTarget = v.looseObject({
  company: v.nullable(Company),
  contact_email: v.nullable(v.string()),
  date_of_birth: v.nullable(date),
  first_name: v.nullable(v.string()),
  last_name: v.nullable(v.string()),
  social_security_number: v.nullable(v.string()),
});

const TargetEmployerMode = v.looseObject({
  additional_information: v.nullable(v.string()),
  authorization_forms: v.nullable(v.array(SubmittedDocument)),
  loan_id: v.nullable(v.string()),
  metadata: v.nullable(v.record(v.string(), v.string())),
  permissible_purpose: PermissiblePurposeWrapper,
  request_config: TargetEmployerConfig,
  reseller_originating_party: v.nullable(ResellerOriginatingParty),
  search_key: v.nullable(v.string()),
  target: TargetEmployerTarget,
  type: open(VerificationType.options),
  use_case: UseCaseWrapper,
});

const DirectCompany = v.looseObject({
  action: v.nullable(ActionTypeWrapper),
  address: v.nullable(Address),
  name: v.string(),
  phone_number: v.nullable(v.string()),
});

const SelfEmployment = v.looseObject({
  business_name: v.nullable(v.string()),
});

const TrueworkDirectTarget = v.looseObject({
  authorization_forms: v.nullable(v.array(SubmittedDocument)),
  companies: v.nullable(v.array(DirectCompany)),
  contact_email: v.nullable(v.string()),
  date_of_birth: date,
  first_name: v.nullable(v.string()),
  last_name: v.nullable(v.string()),
  metadata: v.nullable(v.record(v.string(), v.string())),
  permissible_purpose: PermissiblePurposeWrapper,
  reseller_originating_party: v.nullable(ResellerOriginatingParty),
  self_employment: v.nullable(SelfEmployment),
  social_security_number: v.string(),
  truework_direct_session_link: v.nullable(v.string()),
  truework_direct_session_token: v.string(),
  type: open(VerificationType.options),
  use_case: UseCaseWrapper,
});

const TrueworkDirectMode = v.looseObject({
  targets: v.array(TrueworkDirectTarget),
});

const SubmissionCompany = v.looseObject({
  address: v.nullable(v.string()),
  city: v.nullable(v.string()),
  id: v.nullable(integer),
  name: v.nullable(v.string()),
  phone_number: v.nullable(v.string()),
  state: v.nullable(v.string()),
  zip_code: v.nullable(v.string()),
});

const SubmissionTarget = v.looseObject({
  company: v.nullable(SubmissionCompany),
  contact_email: v.nullable(v.string()),
  date_of_birth: v.nullable(date),
  first_name: v.string(),
  last_name: v.string(),
  phone_number: v.nullable(v.string()),
  social_security_number: v.nullable(v.string()),
});

/** Expected duration in hours, as decimal text, or null. */
export const TurnaroundTime = v.looseObject({
  best_estimate: v.nullable(v.string()),
  lower_bound: v.nullable(v.string()),
  upper_bound: v.nullable(v.string()),
});
export type TurnaroundTime = v.InferOutput<typeof TurnaroundTime>;

/** One verification: one applicant at one employer. Reports exist only once its state is `completed`. */
export const VerificationRequest = v.looseObject({
  additional_information: v.nullable(v.string()),
  applicant_documents: v.nullable(v.array(ApplicantDocument)),
  cancellation_details: v.nullable(v.string()),
  cancellation_reason: v.nullable(CancellationReasonWrapper),
  created: dateTime,
  date_of_completion: v.nullable(dateTime),
  documents: v.nullable(v.array(SubmittedDocument)),
  id: v.string(),
  loan_id: v.nullable(v.string()),
  metadata: v.nullable(v.record(v.string(), v.string())),
  permissible_purpose: PermissiblePurposeWrapper,
  reports: v.nullable(v.array(Report)),
  reseller_originating_party: v.nullable(ResellerOriginatingParty),
  state: StateWrapper,
  target: SubmissionTarget,
  turnaround_time: TurnaroundTime,
  type: open(ReportedVerificationType.options),
  unverified_information: v.nullable(OrderAnnotations),
  use_case: UseCaseWrapper,
});
export type VerificationRequest = v.InferOutput<typeof VerificationRequest>;

/**
 * One order. It has no state of its own: that follows from its verification requests. One of the four mode objects is
 * set, the others are null.
 */
export const Order = v.looseObject({
  employer_search: v.nullable(EmployerSearchMode),
  id: v.string(),
  loan_id: v.nullable(v.string()),
  reverification: v.nullable(ReverificationMode),
  search_key: v.nullable(v.string()),
  target_employer: v.nullable(TargetEmployerMode),
  truework_direct: v.nullable(TrueworkDirectMode),
  truework_direct_session_link: v.nullable(v.string()),
  verification_requests: v.nullable(v.array(VerificationRequest)),
});
export type Order = v.InferOutput<typeof Order>;

/** One page of orders. `next` and `previous` are absolute URLs or null; `offset` counts rows. */
export const OrderList = v.looseObject({
  count: integer,
  next: v.nullable(v.string()),
  previous: v.nullable(v.string()),
  results: v.array(Order),
});
export type OrderList = v.InferOutput<typeof OrderList>;

export const CanceledVerificationRequest = v.looseObject({
  cancellation_details: v.nullable(v.string()),
  cancellation_reason: v.nullable(CancellationReasonWrapper),
  created: dateTime,
  date_of_completion: v.nullable(dateTime),
  id: v.string(),
  loan_id: v.nullable(v.string()),
  state: StateWrapper,
  turnaround_time: TurnaroundTime,
});
export type CanceledVerificationRequest = v.InferOutput<typeof CanceledVerificationRequest>;

/** The response to a cancel request: a short form of each verification request of the order. */
export const CanceledOrder = v.looseObject({
  id: v.string(),
  loan_id: v.nullable(v.string()),
  verification_requests: v.nullable(v.array(CanceledVerificationRequest)),
});
export type CanceledOrder = v.InferOutput<typeof CanceledOrder>;

/** One line of an order's history. `type` and `strategy` are open strings. */
export const OrderEvent = v.looseObject({
  created: dateTime,
  id: v.string(),
  message: v.string(),
  strategy: v.nullable(v.string()),
  type: v.string(),
  verification_request_id: v.nullable(v.string()),
});
export type OrderEvent = v.InferOutput<typeof OrderEvent>;

export const OrderEventList = v.looseObject({
  count: integer,
  next: v.nullable(v.string()),
  previous: v.nullable(v.string()),
  results: v.array(OrderEvent),
});
export type OrderEventList = v.InferOutput<typeof OrderEventList>;
