/** Facts about the Truework API that more than one module needs. */

/** The version that this client supports. Source: https://www.truework.com/docs/api-reference/versions/2023-10-30. */
export const API_VERSION = '2023-10-30';

/** How keys are used and revoked. */
export const AUTHENTICATION_DOCS = 'https://www.truework.com/docs/api-reference/authentication';

/**
 * How many days after its completion a verification can be reverified.
 * Source: https://www.truework.com/docs/api-reference/versions/2023-10-30/reverify-a-report.
 */
export const REVERIFICATION_DAYS = 90;

/** Whether the text is an existing date, as YYYY-MM-DD. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** @returns a social security number as XXX-XX-XXXX, or undefined if the text is neither that nor nine digits */
export function parseSsn(text: string): string | undefined {
  const match = /^(\d{3})(-?)(\d{2})\2(\d{4})$/.exec(text);
  return match ? `${match[1]}-${match[3]}-${match[4]}` : undefined;
}

export type TestOutcome = 'completed' | 'two-reports' | 'canceled' | 'action-required' | 'truework-direct';

/** An applicant of Truework's sandbox, which rejects any other SSN. */
export interface TestApplicant {
  readonly ssn: string;
  readonly firstName: string;
  readonly lastName: string;
  /** The job according to the report, in Truework's words; undefined without a report. */
  readonly job?: string;
  readonly outcome: TestOutcome;
  /** The docs name no applicant for this SSN: any name works, and this one is an example. */
  readonly isExampleName?: true;
}

/**
 * Source: https://www.truework.com/docs/api-reference/sandbox/test-cases. Where that page names no applicant, the SSN
 * works with any name; the name here is an example.
 */
export const TEST_APPLICANTS: readonly TestApplicant[] = [
  {
    ssn: '000-00-0000',
    firstName: 'Taylor',
    lastName: 'Curtis',
    job: 'Software Engineer, active, full time',
    outcome: 'completed',
  },
  {
    ssn: '000-00-0001',
    firstName: 'Sarah',
    lastName: 'Cortez',
    job: 'Program Manager, inactive, full time',
    outcome: 'completed',
  },
  {
    ssn: '000-00-0002',
    firstName: 'Jerome',
    lastName: 'Fischer',
    job: 'Accountant, on leave, part time',
    outcome: 'completed',
  },
  {
    ssn: '000-00-0003',
    firstName: 'Kyle',
    lastName: 'Baker',
    job: 'Product Manager, active, full time',
    outcome: 'completed',
  },
  {
    ssn: '000-00-0004',
    firstName: 'Brianna',
    lastName: 'Hernandez',
    job: 'Customer Service Representative, active, part time',
    outcome: 'completed',
  },
  {
    ssn: '000-00-0005',
    firstName: 'Diane',
    lastName: 'Parker',
    job: 'Account Executive, inactive, full time',
    outcome: 'completed',
  },
  {
    ssn: '000-00-0006',
    firstName: 'Jane',
    lastName: 'Doe',
    job: 'Recruiter, inactive, full time',
    outcome: 'completed',
    isExampleName: true,
  },
  {
    ssn: '000-00-0007',
    firstName: 'Joe',
    lastName: 'Smith',
    job: 'Engineering Manager, at two employers',
    outcome: 'two-reports',
    isExampleName: true,
  },
  { ssn: '000-01-0000', firstName: 'Jane', lastName: 'Doe', outcome: 'canceled', isExampleName: true },
  { ssn: '000-03-0000', firstName: 'Joe', lastName: 'Smith', outcome: 'action-required', isExampleName: true },
  { ssn: '000-20-0000', firstName: 'Jane', lastName: 'Doe', outcome: 'truework-direct', isExampleName: true },
];

export function isTestSsn(ssn: string): boolean {
  return TEST_APPLICANTS.some((applicant) => applicant.ssn === ssn);
}
