/**
 * How the sandbox behaves where Truework's documentation is silent or contradictory, as named switches. The defaults are
 * our interpretation; code under test should work with the other values, too.
 *
 * Documentation: https://www.truework.com/docs/api-reference.
 */

export const DEFAULT_ASSUMPTIONS = {
  /** A key that the request schema does not have: ignored (as in Django REST Framework), or a 400. */
  unknownRequestFields: 'ignore' as 'ignore' | 'refuse',
  /** A name in `fields` that the response does not have: ignored, or a 400. */
  unknownSelectorFields: 'ignore' as 'ignore' | 'refuse',
  /** `limit` or `offset` that is not an integer: the default is used (as in Django REST Framework), or a 400. */
  badPageParameters: 'default' as 'default' | 'refuse',
  /** The maximum page size; a larger `limit` is reduced to it. 0: no maximum. */
  maxLimit: 100,
  /** The order in which `GET /orders` lists. */
  listOrder: 'newest-first' as 'newest-first' | 'oldest-first',
  /** The order in which `GET /orders/{id}/events` lists. */
  eventOrder: 'oldest-first' as 'newest-first' | 'oldest-first',
  /** Maximum length of `additional_information`, in characters. 0: no maximum. The older documentation says 1,000. */
  additionalInformationLimit: 1000,
  /** An empty string where a string is required: accepted, or a 400. */
  blankText: 'accept' as 'accept' | 'refuse',
  /** `targets: []` in a Truework Direct order: a 400, or an order without targets. */
  emptyTargets: 'refuse' as 'accept' | 'refuse',
  /** Whether authorization forms must begin like a PDF, JPEG or PNG file. */
  authorizationFormType: 'any' as 'any' | 'pdf-jpeg-png',
  /** A `tenant_property_id` without a tenant property: accepted, or a 400. */
  unknownTenantProperty: 'accept' as 'accept' | 'refuse',
  /** Canceling an order whose verifications have all ended: 200 without a change, or a 403. */
  cancelEnded: 'ok' as 'ok' | 'forbidden',
  /** Days after creation until reasons other than `immediate` are accepted; a 403 before that. 0: at once. The older documentation says two. */
  cancelWaitDays: 0,
  /** Whether the new order of a reverification has the loan ID and the search key of its parent. */
  reverificationInherits: true,
  /** The name in a report: the documented applicant of the test SSN, if there is one, or the name in the order. */
  reportNames: 'people' as 'people' | 'submitted',
  /** How "on leave" is reported. */
  onLeaveStatus: 'active' as 'active' | 'inactive',
  /** Which employments have paystubs: all with pay, only those confirmed by the applicant's payroll sign-in, or none. */
  paystubs: 'all' as 'all' | 'credentials' | 'none',
  /** Whether the report of a verification of type `employment` omits pay, earnings and paystubs. */
  employmentTypeHidesIncome: true,
  /** Whether `date_of_completion` is set once a verification has ended; it was null in older captured responses. */
  dateOfCompletion: 'set' as 'set' | 'null',
  /** The value of `verification_requests` before there are any. */
  noVerifications: 'empty' as 'empty' | 'null',
  /** Whether `order.completed` is also sent if verifications end `invalid`. */
  invalidEndsOrder: true,
  /** The result of 000-20-0000 (the Truework Direct sample) in an order of another kind. */
  directSsnElsewhere: 'completed' as 'completed' | 'canceled',
  /** A test SSN that ends `invalid`. None is documented; empty: there is none. */
  invalidSsn: '',
  /** A test SSN that is frozen and answers 451. None is documented; empty: there is none. */
  frozenSsn: '',
  /** Whether 000-10-0000 to 000-10-0007 and 000-11-0000 of an early table work, as aliases of 000-00-… and 000-01-0000. */
  legacySsns: false,
  /** Seconds an order waits in `pending-approval`, at speed 1. */
  pendingSeconds: 1,
  /** Seconds that the instant method takes, at speed 1. */
  instantSeconds: 2,
  /** Seconds until the applicant has signed in to payroll or sent documents, at speed 1. */
  applicantSeconds: 3,
  /** Hours until the employer responds to an outreach, at speed 1. */
  outreachHours: 48,
  /** Seconds after which a webhook delivery without a response has failed. Not scaled by speed. */
  webhookTimeoutSeconds: 10,
  /** Seconds until the first retry of a failed delivery, at speed 1; each further wait is twice as long, up to an hour. */
  webhookRetrySeconds: 5,
  /** Hours after which a delivery is abandoned, at speed 1. The documentation says 48. */
  webhookRetryHours: 48,
};

export type Assumptions = typeof DEFAULT_ASSUMPTIONS;

const CHOICES: Partial<Record<keyof Assumptions, readonly string[]>> = {
  unknownRequestFields: ['ignore', 'refuse'],
  unknownSelectorFields: ['ignore', 'refuse'],
  badPageParameters: ['default', 'refuse'],
  listOrder: ['newest-first', 'oldest-first'],
  eventOrder: ['newest-first', 'oldest-first'],
  blankText: ['accept', 'refuse'],
  emptyTargets: ['accept', 'refuse'],
  authorizationFormType: ['any', 'pdf-jpeg-png'],
  unknownTenantProperty: ['accept', 'refuse'],
  cancelEnded: ['ok', 'forbidden'],
  reportNames: ['people', 'submitted'],
  onLeaveStatus: ['active', 'inactive'],
  paystubs: ['all', 'credentials', 'none'],
  dateOfCompletion: ['set', 'null'],
  noVerifications: ['empty', 'null'],
  directSsnElsewhere: ['completed', 'canceled'],
};

/**
 * Parses switches of the form `name=value`, from the command line.
 * @throws Error that names the invalid switch and the allowed values
 */
export function readAssumptions(texts: readonly string[]): Partial<Assumptions> {
  const read: Record<string, string | number | boolean> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = at < 0 ? text : text.slice(0, at);
    const value = at < 0 ? '' : text.slice(at + 1);
    if (!isAssumption(name))
      throw new Error(
        `There is no assumption named "${name}". Assumptions: ${Object.keys(DEFAULT_ASSUMPTIONS).join(', ')}.`,
      );
    read[name] = readValue(name, value);
  }
  return read;
}

function isAssumption(name: string): name is keyof Assumptions {
  return Object.hasOwn(DEFAULT_ASSUMPTIONS, name);
}

function readValue(name: keyof Assumptions, value: string): string | number | boolean {
  const kind = typeof DEFAULT_ASSUMPTIONS[name];
  if (kind === 'boolean') {
    if (value !== 'true' && value !== 'false') throw new Error(`The assumption ${name} must be true or false.`);
    return value === 'true';
  }
  if (kind === 'number') {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < 0)
      throw new Error(`The assumption ${name} must be a number, 0 or larger.`);
    return number;
  }
  const allowed = CHOICES[name];
  if (allowed && !allowed.includes(value))
    throw new Error(`The assumption ${name} must be one of ${allowed.join(', ')}.`);
  return value;
}
