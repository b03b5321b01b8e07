/**
 * The test SSNs and the people behind them. Names, titles, employment and dates are those of Truework's table
 * (https://www.truework.com/docs/api-reference/sandbox/test-cases); pay and earnings of ‑0000 to ‑0003 and ‑0007 are
 * those its sandbox answered in 2022. What no document shows is invented here and marked `invented`.
 */
import type { Guesses } from './assumptions.ts';

export interface YearOfEarnings {
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
  /** What each paystub is a part of when the report shows no pay: dollars a year. */
  readonly annual: number;
  /** The employer's name when the order names none. */
  readonly employer: string;
}

export type Outcome = 'completed' | 'canceled' | 'action-required' | 'invalid' | 'frozen' | 'direct';

export interface Fixture {
  readonly outcome: Outcome;
  /** Unknown for some: then the report carries the names of the order. */
  readonly person?: { readonly first: string; readonly last: string };
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

const taylor: Employment = {
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

const completed = (first: string | null, last: string, ...employments: Employment[]): Fixture =>
  first === null
    ? { outcome: 'completed', employments }
    : { outcome: 'completed', person: { first, last }, employments };

const fixtures: Readonly<Record<string, Fixture>> = {
  '000000000': completed('Taylor', 'Curtis', taylor),
  '000000001': completed('Sarah', 'Cortez', {
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
  '000000002': completed('Jerome', 'Fischer', {
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
  '000000003': completed('Kyle', 'Baker', {
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
  // Invented: pay and earnings.
  '000000004': completed('Brianna', 'Hernandez', {
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
  // Invented: earnings.
  '000000005': completed('Diane', 'Parker', {
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
  // Invented: earnings.
  '000000006': completed(null, '', {
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
  '000000007': completed(
    null,
    '',
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
  '000010000': { outcome: 'canceled', employments: [] },
  '000030000': { outcome: 'action-required', employments: [] },
  // Invented: the employment that the applicant's sign-in brings.
  '000200000': { outcome: 'direct', employments: [taylor] },
};

const SSN = /^\d{3}-\d{2}-\d{4}$|^\d{9}$/;

/** @returns the nine digits, or undefined when the text is neither XXX-XX-XXXX nor nine digits. */
export function readSsn(text: string): string | undefined {
  return SSN.test(text) ? text.replaceAll('-', '') : undefined;
}

/** `***-**-0000` */
export function maskSsn(digits: string): string {
  return `***-**-${digits.slice(-4)}`;
}

/** @returns what Truework's sandbox keeps for this SSN (nine digits), or undefined when it is no test SSN. */
export function fixtureOf(digits: string, guesses: Guesses): Fixture | undefined {
  if (digits === readSsn(guesses.frozenSsn)) return { outcome: 'frozen', employments: [] };
  if (digits === readSsn(guesses.invalidSsn)) return { outcome: 'invalid', employments: [] };
  const alias = guesses.legacySsns
    ? digits.replace(/^00010(?=000[0-7]$)/, '00000').replace(/^000110000$/, '000010000')
    : digits;
  return Object.hasOwn(fixtures, alias) ? fixtures[alias] : undefined;
}

/** The test SSNs, as nine digits. */
export const testSsns: readonly string[] = Object.keys(fixtures);
