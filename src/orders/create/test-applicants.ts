/**
 * Applicants of Truework's sandbox: it refuses any SSN but these.
 * Source: https://www.truework.com/docs/api-reference/sandbox/test-cases. Where that page names no person, the SSN
 * works with any name.
 */

export type TestOutcome = 'completed' | 'two-reports' | 'canceled' | 'action-required' | 'truework-direct';

export interface TestApplicant {
  readonly ssn: string;
  readonly firstName: string;
  readonly lastName: string;
  /** What the report says of the job, in Truework's words; undefined where there is no report. */
  readonly job?: string;
  readonly outcome: TestOutcome;
}

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
  },
  {
    ssn: '000-00-0007',
    firstName: 'Joe',
    lastName: 'Smith',
    job: 'Engineering Manager, at two employers',
    outcome: 'two-reports',
  },
  { ssn: '000-01-0000', firstName: 'Jane', lastName: 'Doe', outcome: 'canceled' },
  { ssn: '000-03-0000', firstName: 'Joe', lastName: 'Smith', outcome: 'action-required' },
  { ssn: '000-20-0000', firstName: 'Jane', lastName: 'Doe', outcome: 'truework-direct' },
];

export function isTestSsn(ssn: string): boolean {
  return TEST_APPLICANTS.some((applicant) => applicant.ssn === ssn);
}
