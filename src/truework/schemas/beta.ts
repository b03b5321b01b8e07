/**
 * Beta resources of version 2023-10-30: qualification checks (rent against income) and tenant properties.
 * Truework may change their shape and asks integrators to write before using them.
 * Source: https://www.truework.com/docs/api-reference (beta section).
 */
import * as v from 'valibot';
import { date, dateTime, integer, open } from './primitives.ts';

const QualificationCheckKind = v.picklist(['applicant', 'guarantor']);

const RentInput = v.union([v.number(), v.string()]);

const PropertyDetailsInput = v.strictObject({
  rent: RentInput,
});

export const QualificationCheckRequest = v.strictObject({
  kind: v.optional(QualificationCheckKind),
  metadata: v.optional(v.nullable(v.record(v.string(), v.string()))),
  order_id: v.optional(v.nullable(v.string())),
  order_ids: v.optional(v.nullable(v.array(v.string()))),
  property_details: PropertyDetailsInput,
  qualification_check_set_id: v.string(),
  report_ids: v.optional(v.nullable(v.array(v.string()))),
});
export type QualificationCheckRequest = v.InferOutput<typeof QualificationCheckRequest>;

const PropertyDetails = v.looseObject({
  rent: v.string(),
});

const AppliedQualificationCheckSet = v.looseObject({
  applicant_rent_to_income_ratio: v.string(),
  guarantor_rent_to_income_ratio: v.string(),
  id: v.string(),
  income_multiple: v.nullable(v.string()),
  name: v.string(),
});

const QualificationCheckIncomeFidelity = v.picklist(['estimate', 'source']);

const QualificationCheckOutcome = v.picklist(['qualified', 'not_qualified', 'not_enough_information']);

const SatisfiedDocumentIncomeRequirement = v.looseObject({
  end_date: v.nullable(date),
  file_type: v.string(),
  start_date: v.nullable(date),
});

export const QualificationCheckReportResult = v.looseObject({
  monthly_gross_income: v.nullable(v.string()),
  monthly_gross_income_fidelity: v.nullable(open(QualificationCheckIncomeFidelity.options)),
  report_id: v.string(),
  satisfied_document_income_requirements: v.nullable(v.array(SatisfiedDocumentIncomeRequirement)),
});
export type QualificationCheckReportResult = v.InferOutput<typeof QualificationCheckReportResult>;

const QualificationCheckResult = v.looseObject({
  monthly_gross_income: v.nullable(v.string()),
  monthly_gross_income_fidelity: v.nullable(open(QualificationCheckIncomeFidelity.options)),
  outcome: open(QualificationCheckOutcome.options),
  rent_to_income_ratio: v.nullable(v.string()),
  report_results: v.array(QualificationCheckReportResult),
});

export const QualificationCheck = v.looseObject({
  created: dateTime,
  id: v.string(),
  kind: open(QualificationCheckKind.options),
  metadata: v.nullable(v.record(v.string(), v.string())),
  property_details: PropertyDetails,
  qualification_check_set: AppliedQualificationCheckSet,
  result: QualificationCheckResult,
});
export type QualificationCheck = v.InferOutput<typeof QualificationCheck>;

export const QualificationCheckSet = v.looseObject({
  applicant_rent_to_income_ratio: v.string(),
  description: v.nullable(v.string()),
  guarantor_rent_to_income_ratio: v.string(),
  id: v.string(),
  income_multiple: v.string(),
  name: v.string(),
});
export type QualificationCheckSet = v.InferOutput<typeof QualificationCheckSet>;

export const QualificationCheckSetList = v.looseObject({
  count: integer,
  next: v.nullable(v.string()),
  previous: v.nullable(v.string()),
  results: v.array(QualificationCheckSet),
});
export type QualificationCheckSetList = v.InferOutput<typeof QualificationCheckSetList>;

/** For a `PUT` as well: it sends the whole property. */
export const TenantPropertyRequest = v.strictObject({
  address_line_1: v.optional(v.nullable(v.string())),
  address_line_2: v.optional(v.nullable(v.string())),
  address_line_3: v.optional(v.nullable(v.string())),
  city: v.optional(v.nullable(v.string())),
  name: v.string(),
  postal_code: v.optional(v.nullable(v.string())),
  state: v.optional(v.nullable(v.string())),
});
export type TenantPropertyRequest = v.InferOutput<typeof TenantPropertyRequest>;

export const TenantProperty = v.looseObject({
  address_line_1: v.nullable(v.string()),
  address_line_2: v.nullable(v.string()),
  address_line_3: v.nullable(v.string()),
  city: v.nullable(v.string()),
  id: v.string(),
  name: v.string(),
  postal_code: v.nullable(v.string()),
  state: v.nullable(v.string()),
  status: v.string(),
});
export type TenantProperty = v.InferOutput<typeof TenantProperty>;

export const TenantPropertyList = v.looseObject({
  count: integer,
  next: v.nullable(v.string()),
  previous: v.nullable(v.string()),
  results: v.array(TenantProperty),
});
export type TenantPropertyList = v.InferOutput<typeof TenantPropertyList>;
