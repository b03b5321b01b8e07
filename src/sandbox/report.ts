/** Reports, created from the test applicant of a verification for each request. */
import type {
  Address,
  ApplicantDocument,
  Employee,
  IncomeAnalytics,
  OrderAnnotation,
  OrderAnnotations,
  Paystub,
  Report,
} from '../truework/schemas/report.ts';
import { addressView, wrapValue, type Extras } from './response-parts.ts';
import { endedAt } from './lifecycle.ts';
import type { Strategy } from './records.ts';
import { subjectOf, type Subject } from './subject.ts';
import { fixtureOf, maskSsn, documentedNameOf, type Employment } from './applicants.ts';
import { randomBetween, pickRandom, randomFrom, type Random } from './random.ts';
import type { VerificationRecord } from './records.ts';
import { addDays, day, timestamp } from './time.ts';
import type { World } from './world.ts';

const PAYSTUBS = 6;
const PERIODS_A_YEAR = 26;
const PERIOD_DAYS = 14;
const WEEKS_A_YEAR = 52;

/** @throws Error if the verification has no such report, which no request can cause */
export function buildReport(world: World, verification: VerificationRecord, index: number, extras: Extras): Report {
  const { ids, assumptions } = world;
  const n = verification.reports[index];
  const fixture = fixtureOf(verification.ssn, assumptions);
  const employment = fixture?.employments[verification.employments[index] ?? -1];
  if (n === undefined || !fixture || !employment)
    throw new Error(`Verification ${verification.n} has no report ${index}.`);

  const subject = subjectOf(world.store, verification);
  const strategy = strategyOf(verification);
  const completed = endedAt(verification, world.now()) ?? verification.created;
  const asOf = day(completed);
  const random = randomFrom(`${world.seed}:${verification.ssn}:${verification.employments[index] ?? 0}`);
  const employerAddress = randomAddress(random);
  const employeeAddress = randomAddress(random);
  const taxId = `00-${randomBetween(random, 1_000_000, 9_999_999)}`;
  const hidesIncome = subject.type === 'employment' && assumptions.employmentTypeHidesIncome;
  const name = assumptions.reportNames === 'people' ? documentedNameOf(verification.ssn) : undefined;
  // The second employer is not the one in the order.
  const employer = index === 0 ? verification.company : null;

  return {
    additional_notes: null,
    annotations: extras.reportAnnotations ? annotationsOf(world, verification, employment) : null,
    applicant_documents: strategy === 'documents' ? documentsOf(world, verification) : null,
    completed: timestamp(completed),
    completed_by_method:
      strategy === 'documents' ? { canonical_value: 'other', raw_value: 'documents' } : wrapValue(strategy),
    created: timestamp(completed),
    current_as_of: asOf,
    disputes: null,
    eligibilities:
      subject.useCase === 'mortgage'
        ? [
            {
              is_eligible: strategy === 'instant',
              provider: wrapValue('truework'),
              reference_id: null,
              type: wrapValue('d1c'),
            },
          ]
        : null,
    employee: {
      address: employeeAddress,
      earnings: hidesIncome
        ? null
        : employment.earnings.map((year) => ({
            base: year.base,
            bonus: year.bonus ?? null,
            commission: null,
            other: year.other ?? null,
            overtime: null,
            total: year.total,
            year: year.year,
          })),
      email: null,
      first_name: name?.first ?? subject.firstName,
      hired_date: employment.start,
      last_name: name?.last ?? subject.lastName,
      on_leave_date: employment.onLeaveSince ?? null,
      original_hired_date: employment.start,
      positions: [
        {
          employment_type: wrapValue(employment.fullTime ? 'regular-full-time' : 'regular-part-time'),
          end_date: employment.end,
          start_date: employment.start,
          title: employment.title,
        },
      ],
      salary: hidesIncome ? null : salaryOf(employment),
      social_security_number: maskSsn(verification.ssn),
      ...employmentStatusOf(world, employment),
      termination_date: employment.end,
    },
    employer: {
      address: employer?.address ? addressView(employer.address) : employerAddress,
      government_ids: [{ id: taxId, type: wrapValue('us-fein') }],
      name: employer?.name ?? employment.employer,
    },
    financial_institution_accounts: null,
    id: ids.make('report', n),
    income_analytics: extras.incomeAnalytics && !hidesIncome ? analyticsOf(employment, asOf) : null,
    paystubs: hidesIncome ? null : paystubsOf(world, employment, n, asOf, strategy),
    respondent:
      strategy === 'smart-outreach'
        ? { email: 'people@example.com', full_name: 'Robin Example', title: 'People Operations' }
        : null,
    verification_request: {
      created: timestamp(verification.created),
      id: ids.make('verificationRequest', verification.n),
      type: subject.type,
    },
  };
}

/** The method that led to the current state of the verification. */
export function strategyOf(verification: VerificationRecord): Strategy {
  return verification.steps.findLast((step) => step.strategy !== null)?.strategy ?? 'instant';
}

/** Documents that the applicant uploaded; each is downloaded from its URL with the key. */
export function documentsOf(world: World, verification: VerificationRecord): ApplicantDocument[] | null {
  if (strategyOf(verification) !== 'documents') return null;
  const id = world.ids.make('document', verification.n);
  return [
    {
      detections: [
        { count: 0, outcome: wrapValue('passed'), type: wrapValue('ssn-mismatch') },
        { count: 1, outcome: wrapValue('failed'), type: wrapValue('date-edits') },
      ],
      id,
      url: `${world.origin}/applicant-documents/${id}`,
    },
  ];
}

/** Unverified statements of the applicant and the verifier. Without an employment, only the employer's name. */
export function annotationsOf(
  world: World,
  verification: VerificationRecord,
  employment: Employment | undefined,
): OrderAnnotations {
  const subject = subjectOf(world.store, verification);
  const said = (): OrderAnnotation => ({
    employee: employment
      ? {
          positions: [{ end_date: employment.end, start_date: employment.start, title: employment.title }],
          salary: employment.pay
            ? { pay_rate: { amount: employment.pay.amount, unit: wrapValue(employment.pay.unit) } }
            : null,
          ...employmentStatusOf(world, employment),
        }
      : null,
    employer: verification.company ? employerAnnotation(verification, subject) : null,
  });
  return { applicant: said(), verifier: strategyOf(verification) === 'smart-outreach' && employment ? said() : null };
}

function employerAnnotation(verification: VerificationRecord, subject: Subject): OrderAnnotation['employer'] {
  return {
    email: null,
    name: verification.company?.name ?? null,
    phone_number: verification.company?.phone ?? subject.phone,
  };
}

function employmentStatusOf(world: World, employment: Employment): Pick<Employee, 'status' | 'status_detail'> {
  switch (employment.status) {
    case 'active':
      return { status: wrapValue('active'), status_detail: wrapValue(employment.fullTime ? 'full-time' : 'part-time') };
    case 'inactive':
      return { status: wrapValue('inactive'), status_detail: wrapValue('inactive') };
    case 'on-leave':
      return world.assumptions.onLeaveStatus === 'active'
        ? { status: wrapValue('active'), status_detail: wrapValue('on-leave') }
        : { status: wrapValue('inactive'), status_detail: wrapValue('inactive') };
  }
}

function salaryOf(employment: Employment): Employee['salary'] {
  const { pay } = employment;
  return (
    pay && {
      hours_per_week: pay.hoursPerWeek.toFixed(2),
      pay_frequency: wrapValue('biweekly'),
      pay_rate: { amount: pay.amount, unit: wrapValue(pay.unit) },
      reduced_covid: 'unknown',
    }
  );
}

/** Pay per year in dollars, or null if the report shows no pay. */
export function annualPay(employment: Employment): number | null {
  const { pay } = employment;
  if (!pay) return null;
  return pay.unit === 'annually' ? Number(pay.amount) : Number(pay.amount) * pay.hoursPerWeek * WEEKS_A_YEAR;
}

/** Only for current employees. */
function analyticsOf(employment: Employment, asOf: string): IncomeAnalytics | null {
  const base = annualPay(employment);
  if (employment.status !== 'active' || base === null) return null;
  const bonuses = employment.earnings.map((year) => Number(year.bonus ?? 0) + Number(year.other ?? 0));
  const bonus = bonuses.reduce((sum, amount) => sum + amount, 0) / Math.max(1, bonuses.length);
  return {
    annualized_income: {
      base_amount: { amount: base.toFixed(2), currency: 'USD' },
      gross_amount: { amount: (base + bonus).toFixed(2), currency: 'USD' },
      short_employment_warning: employment.start > addDays(asOf, -730),
      stale_data_warning: false,
      variable_income_warning: bonus > base * 0.25,
    },
    income_volatility: { gross_income_volatility: (bonus / (base + bonus)).toFixed(2) },
  };
}

/** Biweekly paystubs, newest first, up to the date of the report or the last day of work. */
function paystubsOf(
  world: World,
  employment: Employment,
  report: number,
  asOf: string,
  strategy: Strategy,
): Paystub[] | null {
  if (
    world.assumptions.paystubs === 'none' ||
    (world.assumptions.paystubs === 'credentials' && strategy !== 'credentials')
  )
    return null;
  const last = employment.end ?? employment.onLeaveSince ?? asOf;
  const annual = annualPay(employment) ?? employment.annual;
  const gross = annual / PERIODS_A_YEAR;
  return Array.from({ length: PAYSTUBS }, (_, index): Paystub => {
    const end = addDays(last, -index * PERIOD_DAYS);
    const id = world.ids.make('paystub', report * 16 + index);
    return {
      base: gross.toFixed(2),
      bonus: '0.00',
      commission: '0.00',
      gross: gross.toFixed(2),
      id,
      net: (gross * 0.72).toFixed(2),
      other: '0.00',
      overtime: '0.00',
      pay_date: end,
      pay_period_end_date: end,
      pay_period_hours: ((employment.pay?.hoursPerWeek ?? (employment.fullTime ? 40 : 20)) * 2).toFixed(2),
      pay_period_start_date: addDays(end, 1 - PERIOD_DAYS),
      reference_id: null,
    };
  }).filter((paystub) => (paystub.pay_period_start_date ?? '') >= employment.start);
}

const STREETS = ['Main Street', 'Oak Avenue', 'Market Street', 'Elm Drive', 'Harbor Road'] as const;
const CITIES = [
  ['San Francisco', 'CA', '94105'],
  ['Austin', 'TX', '73301'],
  ['Denver', 'CO', '80202'],
  ['Columbus', 'OH', '43004'],
  ['Portland', 'OR', '97201'],
] as const;

function randomAddress(random: Random): Address {
  const [city, state, postalCode] = pickRandom(random, CITIES);
  return {
    address: `${randomBetween(random, 100, 9999)} ${pickRandom(random, STREETS)}`,
    city,
    country_code: 'US',
    country_subdivision_code: state,
    extended_address: null,
    postal_code: postalCode,
  };
}
