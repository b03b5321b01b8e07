/** Initial orders, as if created over the past weeks. All of them go through the same checks as requests. */
import { TEST_APPLICANTS, type TestApplicant } from '../truework/facts.ts';
import { stateAt } from './lifecycle.ts';
import type { StateName } from './records.ts';
import {
  createDirectOrder,
  createEmployerSearchOrder,
  createReverification,
  createTargetEmployerOrder,
} from './create-order.ts';
import { randomBetween, pickRandom, randomFrom } from './random.ts';
import type { OrderRecord, PlannedStep, VerificationRecord } from './records.ts';
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND, type Micros } from './time.ts';
import type { World } from './world.ts';

interface ApplicantInOrder {
  first_name: string;
  last_name: string;
  social_security_number: string;
  date_of_birth: string;
  contact_email: string;
}

const applicants = TEST_APPLICANTS.filter(({ outcome }) => outcome === 'completed' || outcome === 'two-reports').map(
  asApplicant,
);

function asApplicant({ firstName, lastName, ssn }: TestApplicant): ApplicantInOrder {
  return {
    first_name: firstName,
    last_name: lastName,
    social_security_number: ssn,
    date_of_birth: '1985-04-12',
    contact_email: `${firstName}.${lastName}@example.com`.toLowerCase(),
  };
}

const [taylor, sarah, jerome, kyle, brianna, diane, jane, joe] = applicants;

/** One order of every state and kind, at several employers and on several days, to explore. */
export function seedDemo(world: World): void {
  const at = (days: number, hours = 0): Micros =>
    world.now() - Math.round(days * MICROS_PER_DAY + hours * MICROS_PER_HOUR);
  const mortgage = {
    permissible_purpose: 'credit-application',
    use_case: 'mortgage',
    type: 'employment-income',
  } as const;
  const tenant = {
    permissible_purpose: 'legitimate-reason-initiated',
    use_case: 'tenant',
    type: 'tenant-screening',
  } as const;
  const company = (name: string, city: string, state: string) => ({
    name,
    address: {
      address: '100 Main Street',
      city,
      country_code: 'US',
      country_subdivision_code: state,
      postal_code: '00000',
    },
  });
  const acme = company('Acme Corporation', 'San Francisco', 'CA');
  const globex = company('Globex Logistics', 'Austin', 'TX');
  const initech = company('Initech Software', 'Denver', 'CO');
  const hooli = company('Hooli Health', 'Portland', 'OR');
  const target = (whom: ApplicantInOrder | undefined, where: typeof acme) => ({ ...whom, company: where });

  // Oldest first, in the order of creation.
  createTargetEmployerOrder(
    world,
    {
      ...mortgage,
      loan_id: '2024-0107',
      search_key: 'loan-0107',
      target: target(diane, hooli),
      metadata: { file_number: 'F-0107' },
    },
    at(104, 3),
  );
  createEmployerSearchOrder(
    world,
    {
      ...mortgage,
      loan_id: '2024-0311',
      search_key: 'loan-0311',
      target: sarah,
      request_config: { employer_filter: 'previous-employers' },
    },
    at(45, 5),
  );
  createEmployerSearchOrder(
    world,
    { ...mortgage, loan_id: '2024-0342', search_key: 'loan-0342', target: joe },
    at(21, 7),
  );
  createTargetEmployerOrder(
    world,
    {
      ...tenant,
      search_key: 'unit-12b',
      target: target(brianna, globex),
      request_config: { allowed_verification_methods: ['documents'] },
    },
    at(14, 2),
  );
  invalidate(
    createTargetEmployerOrder(
      world,
      {
        ...mortgage,
        loan_id: '2024-0350',
        search_key: 'loan-0350',
        target: { ...target(jane, initech), social_security_number: '000-01-0000' },
      },
      at(9, 1),
    ),
  );
  createTargetEmployerOrder(
    world,
    {
      ...mortgage,
      loan_id: '2024-0361',
      search_key: 'loan-0361',
      target: { ...target(joe, globex), social_security_number: '000-01-0000' },
    },
    at(6, 4),
  );
  cancel(
    createTargetEmployerOrder(
      world,
      {
        ...mortgage,
        loan_id: '2024-0364',
        search_key: 'loan-0364',
        target: target(jerome, hooli),
        request_config: { allowed_verification_methods: ['smart-outreach'] },
      },
      at(5, 6),
    ),
  );
  createTargetEmployerOrder(
    world,
    {
      ...mortgage,
      loan_id: '2024-0370',
      search_key: 'loan-0370',
      target: { ...target(jane, acme), social_security_number: '000-03-0000' },
    },
    at(3, 2),
  );
  const completed = createTargetEmployerOrder(
    world,
    {
      ...mortgage,
      loan_id: '2024-0371',
      search_key: 'loan-0371',
      target: target(taylor, acme),
      metadata: { file_number: 'F-0371' },
    },
    at(2, 3),
  );
  createDirectOrder(
    world,
    {
      loan_id: '2024-0375',
      search_key: 'loan-0375',
      targets: [
        {
          ...mortgage,
          ...jane,
          social_security_number: '000-20-0000',
          companies: [
            { name: acme.name, action: 'verify' },
            { name: initech.name, action: 'verify' },
          ],
        },
        { ...mortgage, ...kyle, companies: [{ name: globex.name, action: 'verify' }] },
      ],
    },
    at(1, 4),
  );
  const report = world.ids.make('report', completed.verifications[0]?.reports[0] ?? 0);
  createReverification(world, { report_id: report }, 'async', at(0, 20));
  // An outreach takes two days; this one has started.
  hold(
    createTargetEmployerOrder(
      world,
      {
        ...mortgage,
        loan_id: '2024-0380',
        search_key: 'loan-0380',
        target: target(jerome, hooli),
        request_config: { allowed_verification_methods: ['smart-outreach'] },
      },
      at(0, 9),
    ),
    'processing',
  );
  hold(
    createTargetEmployerOrder(
      world,
      {
        ...tenant,
        search_key: 'unit-4a',
        target: target(kyle, initech),
        request_config: { allowed_verification_methods: ['smart-outreach'] },
      },
      at(0, 1),
    ),
    'pending-approval',
  );
  const waiting = createDirectOrder(
    world,
    {
      loan_id: '2024-0382',
      search_key: 'loan-0382',
      targets: [{ ...mortgage, ...jane, social_security_number: '000-20-0000' }],
    },
    at(0, 0.3),
  );
  // The applicant has not opened the widget.
  waiting.verifications = [];
  quieten(world);
}

const SPREAD_DAYS = 365;
const EMPLOYERS = [
  'Acme Corporation',
  'Globex Logistics',
  'Initech Software',
  'Hooli Health',
  'Umbrella Retail',
  'Stark Manufacturing',
] as const;
/** How many of twenty orders. */
const STATES = [
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'canceled',
  'canceled',
  'canceled',
  'action-required',
  'processing',
  'pending-approval',
  'invalid',
] as const satisfies readonly StateName[];

/** A number of orders over the past year, in every state, each with a search key `seed-N`. */
export function seedMany(world: World, count: number): void {
  const random = randomFrom(`${world.seed}:orders`);
  const now = world.now();
  for (let n = 1; n <= count; n += 1) {
    const created = Math.round(now - ((count - n + 1) / count) * SPREAD_DAYS * MICROS_PER_DAY);
    const state = pickRandom(random, STATES);
    const applicant = { ...applicants[randomBetween(random, 0, applicants.length - 1)] };
    const special: Partial<Record<StateName, string>> = {
      canceled: '000-01-0000',
      invalid: '000-01-0000',
      'action-required': '000-03-0000',
    };
    const order = createTargetEmployerOrder(
      world,
      {
        permissible_purpose: 'credit-application',
        use_case: 'mortgage',
        type: 'employment-income',
        loan_id: `loan-${n}`,
        search_key: `seed-${n}`,
        metadata: { file_number: `F-${randomBetween(random, 10_000, 99_999)}` },
        target: {
          ...applicant,
          social_security_number: special[state] ?? applicant.social_security_number,
          company: { name: pickRandom(random, EMPLOYERS) },
        },
      },
      created,
    );
    if (state === 'invalid') invalidate(order);
    if (state === 'processing' || state === 'pending-approval') hold(order, state);
  }
  quieten(world);
}

/** Leaves the order's verifications in the first step of this state. */
function hold(order: OrderRecord, state: StateName): void {
  for (const verification of order.verifications) {
    const first = verification.steps.findIndex((step) => step.state === state);
    verification.steps = verification.steps.slice(0, first + 1);
  }
}

function invalidate(order: OrderRecord): void {
  end(order, (verification) => {
    verification.cancellation = null;
    return { at: 0, state: 'invalid', event: 'verification-request-invalid', strategy: null };
  });
}

function cancel(order: OrderRecord): void {
  end(order, (verification) => {
    verification.cancellation = { reason: 'competitor', details: 'Verified by another provider.' };
    return { at: 0, state: 'canceled', event: 'verification-request-canceled', strategy: null };
  });
}

/** Half an hour of processing, then this final state. */
function end(order: OrderRecord, last: (verification: VerificationRecord) => PlannedStep): void {
  hold(order, 'processing');
  for (const verification of order.verifications) {
    const before = verification.steps.at(-1)?.at ?? order.created;
    verification.steps = [...verification.steps, { ...last(verification), at: before + 1800 * MICROS_PER_SECOND }];
  }
}

/** Past steps are not announced to webhooks. */
function quieten(world: World): void {
  const now = world.now();
  for (const order of world.store.orders) {
    for (const verification of order.verifications) {
      if (stateAt(verification, now) !== undefined)
        verification.announced = verification.steps.filter((step) => step.at <= now).length;
    }
  }
}
