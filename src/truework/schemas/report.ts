/**
 * Reports of completed verification requests. Amounts of pay, earnings and paystubs are decimal strings in US dollars
 * ("150000.00"); amounts of financial institution accounts are numbers. Social security numbers are masked.
 * Source: https://www.truework.com/docs/api-reference/versions/2023-10-30/get-report-details.
 */
import * as v from 'valibot';
import { date, dateTime, uri, email, integer, open } from './primitives.ts';
import {
  CompletedByMethodWrapper,
  DetectionOutcomeWrapper,
  DetectionTypeWrapper,
  EligibilityProviderWrapper,
  EligibilityTypeWrapper,
  EmployeeStatusDetailWrapper,
  EmployeeStatusWrapper,
  EmploymentTypeWrapper,
  GovernmentIdTypeWrapper,
  PayFrequencyWrapper,
  PayUnitWrapper,
} from './wrappers.ts';
import { Currency, ReducedCovid, ReportedVerificationType } from './enums.ts';

export const Address = v.looseObject({
  address: v.nullable(v.string()),
  city: v.nullable(v.string()),
  country_code: v.nullable(v.string()),
  country_subdivision_code: v.nullable(v.string()),
  extended_address: v.nullable(v.string()),
  postal_code: v.nullable(v.string()),
});
export type Address = v.InferOutput<typeof Address>;

const DocumentDetection = v.looseObject({
  count: integer,
  outcome: DetectionOutcomeWrapper,
  type: DetectionTypeWrapper,
});

export const ApplicantDocument = v.looseObject({
  detections: v.array(DocumentDetection),
  id: v.string(),
  url: uri,
});
export type ApplicantDocument = v.InferOutput<typeof ApplicantDocument>;

const PositionAnnotation = v.looseObject({
  end_date: v.nullable(date),
  start_date: v.nullable(date),
  title: v.nullable(v.string()),
});

const PayRate = v.looseObject({
  amount: v.nullable(v.string()),
  unit: v.nullable(PayUnitWrapper),
});

const SalaryAnnotation = v.looseObject({
  pay_rate: v.nullable(PayRate),
});

const EmployeeAnnotation = v.looseObject({
  positions: v.nullable(v.array(PositionAnnotation)),
  salary: v.nullable(SalaryAnnotation),
  status: v.nullable(EmployeeStatusWrapper),
  status_detail: v.nullable(EmployeeStatusDetailWrapper),
});

const EmployerAnnotation = v.looseObject({
  email: v.nullable(email),
  name: v.nullable(v.string()),
  phone_number: v.nullable(v.string()),
});

export const OrderAnnotation = v.looseObject({
  employee: v.nullable(EmployeeAnnotation),
  employer: v.nullable(EmployerAnnotation),
});
export type OrderAnnotation = v.InferOutput<typeof OrderAnnotation>;

export const OrderAnnotations = v.looseObject({
  applicant: v.nullable(OrderAnnotation),
  verifier: v.nullable(OrderAnnotation),
});
export type OrderAnnotations = v.InferOutput<typeof OrderAnnotations>;

const Dispute = v.looseObject({
  created: dateTime,
  description: v.nullable(v.string()),
  id: v.string(),
  reference_id: v.nullable(v.string()),
});

const Eligibility = v.looseObject({
  is_eligible: v.nullable(v.boolean()),
  provider: EligibilityProviderWrapper,
  reference_id: v.nullable(v.string()),
  type: v.nullable(EligibilityTypeWrapper),
});

const Earnings = v.looseObject({
  base: v.nullable(v.string()),
  bonus: v.nullable(v.string()),
  commission: v.nullable(v.string()),
  other: v.nullable(v.string()),
  overtime: v.nullable(v.string()),
  total: v.nullable(v.string()),
  year: v.nullable(v.string()),
});

const Position = v.looseObject({
  employment_type: v.nullable(EmploymentTypeWrapper),
  end_date: v.nullable(date),
  start_date: v.nullable(date),
  title: v.nullable(v.string()),
});

const Salary = v.looseObject({
  hours_per_week: v.nullable(v.string()),
  pay_frequency: v.nullable(PayFrequencyWrapper),
  pay_rate: v.nullable(PayRate),
  reduced_covid: open(ReducedCovid.options),
});

export const Employee = v.looseObject({
  address: v.nullable(Address),
  earnings: v.nullable(v.array(Earnings)),
  email: v.nullable(email),
  first_name: v.nullable(v.string()),
  hired_date: v.nullable(date),
  last_name: v.nullable(v.string()),
  on_leave_date: v.nullable(date),
  original_hired_date: v.nullable(date),
  positions: v.nullable(v.array(Position)),
  salary: v.nullable(Salary),
  social_security_number: v.nullable(v.string()),
  status: v.nullable(EmployeeStatusWrapper),
  status_detail: v.nullable(EmployeeStatusDetailWrapper),
  termination_date: v.nullable(date),
});
export type Employee = v.InferOutput<typeof Employee>;

const GovernmentId = v.looseObject({
  id: v.string(),
  type: GovernmentIdTypeWrapper,
});

const Employer = v.looseObject({
  address: v.nullable(Address),
  government_ids: v.nullable(v.array(GovernmentId)),
  name: v.nullable(v.string()),
});

const GrossIncomeCalculationResult = v.looseObject({
  average_monthly_net_income: v.nullable(v.number()),
  estimated_gross_annual: v.nullable(v.number()),
  net_annual: v.nullable(v.number()),
});

const FinancialInstitutionIncomeStreamPeriod = v.looseObject({
  amount: v.nullable(v.number()),
  amount_duration: v.string(),
  amount_type: v.string(),
  estimated_gross_income: v.nullable(GrossIncomeCalculationResult),
  id: v.string(),
  start_day: date,
});

const FinancialInstitutionIncomeStream = v.looseObject({
  age_in_months: v.nullable(integer),
  average_monthly_net_income: v.nullable(v.number()),
  confidence: integer,
  confidence_level: v.string(),
  end_date: v.nullable(date),
  estimated_gross_annual: v.nullable(v.number()),
  frequency_days: v.nullable(integer),
  id: v.string(),
  name: v.string(),
  net_annual: v.nullable(v.number()),
  periods: v.array(FinancialInstitutionIncomeStreamPeriod),
  start_date: v.nullable(date),
  status: v.string(),
});

const FinancialInstitutionAccountSnapshot = v.looseObject({
  available_balance: v.nullable(v.number()),
  average_monthly_balance: v.nullable(v.number()),
  balance: v.nullable(v.number()),
  balance_date: v.nullable(date),
  currency_code: v.nullable(v.string()),
  id: v.string(),
  tot_number_days_since_most_recent_insufficient_funds_fee_debit_tx_account: v.nullable(integer),
  tot_number_insufficient_funds_fee_debit_tx_account: v.nullable(integer),
  tot_number_insufficient_funds_fee_debit_tx_over_2_months_account: v.nullable(integer),
});

const FinancialInstitutionAccount = v.looseObject({
  account_name: v.nullable(v.string()),
  account_type: v.nullable(v.string()),
  financial_institution_name: v.nullable(v.string()),
  income_streams: v.array(FinancialInstitutionIncomeStream),
  number: v.nullable(v.string()),
  oldest_transaction_date: v.nullable(date),
  owner_name: v.nullable(v.string()),
  snapshots: v.array(FinancialInstitutionAccountSnapshot),
});

const MoneyAmount = v.looseObject({
  amount: v.nullable(v.string()),
  currency: v.nullable(open(Currency.options)),
});

const AnnualizedIncome = v.looseObject({
  base_amount: v.nullable(MoneyAmount),
  gross_amount: v.nullable(MoneyAmount),
  short_employment_warning: v.boolean(),
  stale_data_warning: v.boolean(),
  variable_income_warning: v.boolean(),
});

const IncomeVolatility = v.looseObject({
  gross_income_volatility: v.nullable(v.string()),
});

export const IncomeAnalytics = v.looseObject({
  annualized_income: v.nullable(AnnualizedIncome),
  income_volatility: v.nullable(IncomeVolatility),
});
export type IncomeAnalytics = v.InferOutput<typeof IncomeAnalytics>;

export const Paystub = v.looseObject({
  base: v.nullable(v.string()),
  bonus: v.nullable(v.string()),
  commission: v.nullable(v.string()),
  gross: v.nullable(v.string()),
  id: v.string(),
  net: v.nullable(v.string()),
  other: v.nullable(v.string()),
  overtime: v.nullable(v.string()),
  pay_date: v.nullable(date),
  pay_period_end_date: v.nullable(date),
  pay_period_hours: v.nullable(v.string()),
  pay_period_start_date: v.nullable(date),
  reference_id: v.nullable(v.string()),
});
export type Paystub = v.InferOutput<typeof Paystub>;

const Respondent = v.looseObject({
  email: v.nullable(v.string()),
  full_name: v.nullable(v.string()),
  title: v.nullable(v.string()),
});

const ReportVerificationRequest = v.looseObject({
  created: dateTime,
  id: v.string(),
  type: open(ReportedVerificationType.options),
});

/** What was verified: employee, employer, pay and earnings of one employment. */
export const Report = v.looseObject({
  additional_notes: v.nullable(v.string()),
  annotations: v.nullable(OrderAnnotations),
  applicant_documents: v.nullable(v.array(ApplicantDocument)),
  completed: v.nullable(dateTime),
  completed_by_method: v.nullable(CompletedByMethodWrapper),
  created: dateTime,
  current_as_of: date,
  disputes: v.nullable(v.array(Dispute)),
  eligibilities: v.nullable(v.array(Eligibility)),
  employee: v.nullable(Employee),
  employer: v.nullable(Employer),
  financial_institution_accounts: v.nullable(v.array(FinancialInstitutionAccount)),
  id: v.string(),
  income_analytics: v.nullable(IncomeAnalytics),
  paystubs: v.nullable(v.array(Paystub)),
  respondent: v.nullable(Respondent),
  verification_request: ReportVerificationRequest,
});
export type Report = v.InferOutput<typeof Report>;
