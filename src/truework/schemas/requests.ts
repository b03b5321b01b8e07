/**
 * Bodies that are sent: bare enum values, only some keys required. An unknown key is a mistake here.
 * Source: https://www.truework.com/docs/api-reference/versions/2023-10-30.
 */
import * as v from 'valibot';
import { isoDate, base64 } from './primitives.ts';
import {
  CancellationReason,
  CompanyAction,
  EmployerFilter,
  PermissiblePurpose,
  UseCase,
  VerificationMethod,
  VerificationType,
} from './enums.ts';

/** A PDF, JPEG or PNG signed by the applicant; `content` is base64. */
export const AuthorizationForm = v.strictObject({
  content: base64,
  filename: v.string(),
});
export type AuthorizationForm = v.InferOutput<typeof AuthorizationForm>;

const TargetEmployerConfigInput = v.strictObject({
  allowed_verification_methods: v.optional(v.array(VerificationMethod)),
});

export const ResellerOriginatingPartyInput = v.strictObject({
  originating_party: v.string(),
  permissible_purpose: PermissiblePurpose,
  use_case: UseCase,
});
export type ResellerOriginatingPartyInput = v.InferOutput<typeof ResellerOriginatingPartyInput>;

export const AddressInput = v.strictObject({
  address: v.optional(v.nullable(v.string())),
  city: v.optional(v.nullable(v.string())),
  country_code: v.optional(v.nullable(v.string())),
  country_subdivision_code: v.optional(v.nullable(v.string())),
  extended_address: v.optional(v.nullable(v.string())),
  postal_code: v.optional(v.nullable(v.string())),
});
export type AddressInput = v.InferOutput<typeof AddressInput>;

const CompanyInput = v.strictObject({
  address: v.optional(v.nullable(AddressInput)),
  name: v.string(),
});

const TargetEmployerTargetInput = v.strictObject({
  company: CompanyInput,
  contact_email: v.optional(v.nullable(v.string())),
  date_of_birth: v.optional(v.nullable(isoDate)),
  first_name: v.string(),
  last_name: v.string(),
  phone_number: v.optional(v.nullable(v.string())),
  social_security_number: v.string(),
});

/** Body of `POST /orders/target-employer`: one applicant at one named employer, verified asynchronously. */
export const TargetEmployerOrderRequest = v.strictObject({
  additional_information: v.optional(v.nullable(v.string())),
  authorization_forms: v.optional(v.nullable(v.array(AuthorizationForm))),
  loan_id: v.optional(v.nullable(v.string())),
  metadata: v.optional(v.nullable(v.record(v.string(), v.string()))),
  permissible_purpose: PermissiblePurpose,
  request_config: v.optional(TargetEmployerConfigInput),
  reseller_originating_party: v.optional(v.nullable(ResellerOriginatingPartyInput)),
  search_key: v.optional(v.nullable(v.string())),
  target: TargetEmployerTargetInput,
  tenant_property_id: v.optional(v.nullable(v.string())),
  type: VerificationType,
  use_case: UseCase,
});
export type TargetEmployerOrderRequest = v.InferOutput<typeof TargetEmployerOrderRequest>;

const EmployerSearchConfigInput = v.strictObject({
  employer_filter: v.optional(EmployerFilter),
});

const EmployerSearchTargetInput = v.strictObject({
  contact_email: v.optional(v.nullable(v.string())),
  date_of_birth: isoDate,
  first_name: v.string(),
  last_name: v.string(),
  phone_number: v.optional(v.nullable(v.string())),
  social_security_number: v.string(),
});

/** Body of `POST /orders/employer-search`: Truework searches for the employers before it responds. */
export const EmployerSearchOrderRequest = v.strictObject({
  additional_information: v.optional(v.nullable(v.string())),
  authorization_forms: v.optional(v.nullable(v.array(AuthorizationForm))),
  loan_id: v.optional(v.nullable(v.string())),
  metadata: v.optional(v.nullable(v.record(v.string(), v.string()))),
  permissible_purpose: PermissiblePurpose,
  request_config: v.optional(EmployerSearchConfigInput),
  reseller_originating_party: v.optional(v.nullable(ResellerOriginatingPartyInput)),
  search_key: v.optional(v.nullable(v.string())),
  target: EmployerSearchTargetInput,
  tenant_property_id: v.optional(v.nullable(v.string())),
  type: VerificationType,
  use_case: UseCase,
});
export type EmployerSearchOrderRequest = v.InferOutput<typeof EmployerSearchOrderRequest>;

export const DirectCompanyInput = v.strictObject({
  action: v.optional(CompanyAction),
  address: v.optional(v.nullable(AddressInput)),
  name: v.string(),
  phone_number: v.optional(v.nullable(v.string())),
});
export type DirectCompanyInput = v.InferOutput<typeof DirectCompanyInput>;

const SelfEmploymentInput = v.strictObject({
  business_name: v.optional(v.nullable(v.string())),
});

export const TrueworkDirectTargetInput = v.strictObject({
  authorization_forms: v.optional(v.nullable(v.array(AuthorizationForm))),
  companies: v.optional(v.nullable(v.array(DirectCompanyInput))),
  contact_email: v.string(),
  date_of_birth: isoDate,
  first_name: v.string(),
  last_name: v.string(),
  metadata: v.optional(v.nullable(v.record(v.string(), v.string()))),
  permissible_purpose: PermissiblePurpose,
  phone_number: v.optional(v.nullable(v.string())),
  reseller_originating_party: v.optional(v.nullable(ResellerOriginatingPartyInput)),
  self_employment: v.optional(v.nullable(SelfEmploymentInput)),
  social_security_number: v.string(),
  type: VerificationType,
  use_case: UseCase,
});
export type TrueworkDirectTargetInput = v.InferOutput<typeof TrueworkDirectTargetInput>;

/** Body of `POST /orders/truework-direct`: the applicant signs in to a payroll provider in the widget. */
export const TrueworkDirectOrderRequest = v.strictObject({
  loan_id: v.optional(v.nullable(v.string())),
  search_key: v.optional(v.nullable(v.string())),
  targets: v.array(TrueworkDirectTargetInput),
  tenant_property_id: v.optional(v.nullable(v.string())),
});
export type TrueworkDirectOrderRequest = v.InferOutput<typeof TrueworkDirectOrderRequest>;

/** Body of `PUT /orders/{order_id}/cancel`. */
export const CancelOrderRequest = v.strictObject({
  cancellation_details: v.optional(v.nullable(v.string())),
  cancellation_reason: CancellationReason,
});
export type CancelOrderRequest = v.InferOutput<typeof CancelOrderRequest>;

/** Body of `POST /orders/reverification`: a report at most 90 days old. */
export const ReverificationRequest = v.strictObject({
  report_id: v.string(),
});
export type ReverificationRequest = v.InferOutput<typeof ReverificationRequest>;
