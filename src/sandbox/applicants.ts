/**
 * The test SSNs and their applicants. Names, titles, employment and dates are those of Truework's table
 * (https://www.truework.com/docs/api-reference/sandbox/test-cases); pay and earnings of ‑0000 to ‑0003 and ‑0007 are
 * those that its sandbox returned in 2022. Undocumented values are marked "Assumed".
 */
import { parseSsn, TEST_APPLICANTS } from '../truework/facts.ts';
import type { Assumptions } from './assumptions.ts';

interface YearOfEarnings {
  readonly year: string;
  readonly base: string;
  readonly bonus?: string;
  readonly other?: string;
  readonly total: string;
}

export interface Employment {
  readonly title: string;
  readonly status: 'active' | 'inactive' | 'on-leave';
  readonly fullTime: boolean;
  readonly start: string;
  readonly end: string | null;
  readonly onLeaveSince?: string;
  /** Null: the report shows no pay. */
  readonly pay: { readonly amount: string; readonly unit: 'annually' | 'hourly'; readonly hoursPerWeek: number } | null;
  readonly earnings: readonly YearOfEarnings[];
  /** The salary that paystubs are based on if the report shows no pay, in dollars per year. */
  readonly annual: number;
  /** The employer's name if the order has none. */
  readonly employer: string;
}

type FixtureOutcome = 'completed' | 'canceled' | 'action-required' | 'invalid' | 'frozen' | 'direct';

export interface Fixture {
  readonly outcome: FixtureOutcome;
  readonly employments: readonly Employment[];
}

const money = (dollars: number): string => dollars.toFixed(2);
const earned = (year: number, base: number, bonus: number, other: number): YearOfEarnings => ({
  year: String(year),
  base: money(base),
  bonus: money(bonus),
  other: money(other),
  total: money(base + bonus + other),
});
const annually = (dollars: number): Employment['pay'] => ({
  amount: money(dollars),
  unit: 'annually',
  hoursPerWeek: 40,
});
const hourly = (dollars: number, hoursPerWeek: number): Employment['pay'] => ({
  amount: money(dollars),
  unit: 'hourly',
  hoursPerWeek,
});

const TAYLOR_EMPLOYMENT: Employment = {
  title: 'Software Engineer',
  status: 'active',
  fullTime: true,
  start: '2019-01-01',
  end: null,
  pay: annually(150_000),
  annual: 150_000,
  employer: 'Fake Company',
  earnings: [earned(2022, 50_000, 0, 0), earned(2021, 150_000, 50_000, 0), earned(2020, 100_000, 25_000, 0)],
};

const completedFixture = (...employments: Employment[]): Fixture => ({ outcome: 'completed', employments });

const FIXTURES: Readonly<Record<string, Fixture>> = {
  '000-00-0000': completedFixture(TAYLOR_EMPLOYMENT),
  '000-00-0001': completedFixture({
    title: 'Program Manager',
    status: 'inactive',
    fullTime: true,
    start: '2015-05-01',
    end: '2022-01-01',
    pay: null,
    annual: 120_000,
    employer: 'Fake Company',
    earnings: [
      earned(2022, 10_000, 0, 5_000),
      earned(2021, 120_000, 15_000, 10_000),
      earned(2020, 100_000, 10_000, 5_000),
    ],
  }),
  '000-00-0002': completedFixture({
    title: 'Accountant',
    status: 'on-leave',
    fullTime: false,
    start: '2017-02-03',
    end: null,
    onLeaveSince: '2022-01-01',
    pay: null,
    annual: 45_000,
    employer: 'Fake Company',
    earnings: [earned(2022, 1_000, 0, 0), earned(2021, 45_000, 0, 0), earned(2020, 45_000, 0, 0)],
  }),
  '000-00-0003': completedFixture({
    title: 'Product Manager',
    status: 'active',
    fullTime: true,
    start: '2022-01-01',
    end: null,
    pay: annually(120_000),
    annual: 120_000,
    employer: 'Fake Company',
    earnings: [earned(2022, 35_000, 15_000, 0)],
  }),
  // Assumed: pay and earnings.
  '000-00-0004': completedFixture({
    title: 'Customer Service Representative',
    status: 'active',
    fullTime: false,
    start: '2021-05-19',
    end: null,
    pay: hourly(22.5, 25),
    annual: 29_250,
    employer: 'Fake Company',
    earnings: [earned(2022, 9_750, 0, 0), earned(2021, 18_000, 500, 0)],
  }),
  // Assumed: earnings.
  '000-00-0005': completedFixture({
    title: 'Account Executive',
    status: 'inactive',
    fullTime: true,
    start: '2019-03-01',
    end: '2020-12-28',
    pay: null,
    annual: 85_000,
    employer: 'Fake Company',
    earnings: [earned(2020, 84_000, 12_000, 0), earned(2019, 70_000, 8_000, 0)],
  }),
  // Assumed: earnings.
  '000-00-0006': completedFixture({
    title: 'Recruiter',
    status: 'inactive',
    fullTime: true,
    start: '2018-03-01',
    end: '2021-03-10',
    pay: null,
    annual: 68_000,
    employer: 'Fake Company',
    earnings: [earned(2021, 13_000, 0, 0), earned(2020, 68_000, 2_000, 0), earned(2019, 64_000, 2_000, 0)],
  }),
  '000-00-0007': completedFixture(
    {
      title: 'Engineering Manager',
      status: 'active',
      fullTime: true,
      start: '2022-01-01',
      end: null,
      pay: annually(200_000),
      annual: 200_000,
      employer: 'Fake Company',
      earnings: [earned(2022, 100_000, 50_000, 0)],
    },
    {
      title: 'Engineering Manager',
      status: 'inactive',
      fullTime: true,
      start: '2018-03-01',
      end: '2021-12-01',
      pay: null,
      annual: 165_000,
      employer: 'Fake Company 2',
      earnings: [earned(2021, 165_000, 20_000, 0), earned(2020, 150_000, 0, 0)],
    },
  ),
  '000-01-0000': { outcome: 'canceled', employments: [] },
  '000-03-0000': { outcome: 'action-required', employments: [] },
  // Assumed: the employment found when the applicant signs in.
  '000-20-0000': { outcome: 'direct', employments: [TAYLOR_EMPLOYMENT] },
};

/** `***-**-0000` */
export function maskSsn(ssn: string): string {
  return `***-**-${ssn.slice(-4)}`;
}

/** @returns the data of Truework's sandbox for this SSN, or undefined if it is not a test SSN */
export function fixtureOf(text: string, assumptions: Assumptions): Fixture | undefined {
  const ssn = parseSsn(text);
  if (ssn === undefined) return undefined;
  if (ssn === parseSsn(assumptions.frozenSsn)) return { outcome: 'frozen', employments: [] };
  if (ssn === parseSsn(assumptions.invalidSsn)) return { outcome: 'invalid', employments: [] };
  const alias = assumptions.legacySsns
    ? ssn.replace(/^000-10-(?=000[0-7]$)/, '000-00-').replace(/^000-11-0000$/, '000-01-0000')
    : ssn;
  return Object.hasOwn(FIXTURES, alias) ? FIXTURES[alias] : undefined;
}

/** The documented applicant of this SSN, if there is one. */
export function documentedNameOf(text: string): { readonly first: string; readonly last: string } | undefined {
  const ssn = parseSsn(text);
  const applicant = TEST_APPLICANTS.find((each) => each.ssn === ssn && each.isExampleName !== true);
  return applicant && { first: applicant.firstName, last: applicant.lastName };
}
