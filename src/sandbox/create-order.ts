/** Creates orders of the four kinds: checks what schemas cannot, then plans the course of each verification. */
import {
  EmployerSearchOrderRequest,
  ReverificationRequest,
  TargetEmployerOrderRequest,
  TrueworkDirectOrderRequest,
  type AuthorizationForm,
  type DirectCompanyInput,
  type TrueworkDirectTargetInput,
} from '../truework/schemas/requests.ts';
import type { EmployerFilter, RequestSync, VerificationMethod } from '../truework/schemas/enums.ts';
import { ApiError, invalidAt, notFound } from './api-error.ts';
import { endedAt, planCourse, stateAt, type Course } from './lifecycle.ts';
import type { Strategy } from './records.ts';
import { fixtureOf, type Fixture } from './applicants.ts';
import {
  loanIdOf,
  searchKeyOf,
  type CompanyRecord,
  type OrderMode,
  type OrderRecord,
  type VerificationRecord,
} from './records.ts';
import { strategyOf } from './report.ts';
import { isCalendarDate, parseSsn, REVERIFICATION_DAYS } from '../truework/facts.ts';
import { MICROS_PER_DAY, type Micros } from './time.ts';
import { NOT_BLANK, Problems, validate, WRONG_DATE } from './validate.ts';
import type { World } from './world.ts';
import { allowedMethods } from './order-view.ts';

export function createTargetEmployerOrder(world: World, body: unknown, createdAt?: Micros): OrderRecord {
  const request = validate(TargetEmployerOrderRequest, body, world.assumptions);
  const problems = new Problems();
  checkCommon(world, request, problems);
  checkApplicant(world, request.target, ['target'], problems);
  if (request.target.company.name === '' && world.assumptions.blankText === 'refuse')
    problems.add(['target', 'company', 'name'], NOT_BLANK);
  problems.throwIfAny();
  const { fixture, ssn } = applicantFor(world, request.target.social_security_number, [
    'target',
    'social_security_number',
  ]);

  const methods = allowedMethods(request);
  const outcome = fixture.outcome === 'direct' ? world.assumptions.directSsnElsewhere : fixture.outcome;
  const { name, address } = request.target.company;
  return begin(world, { kind: 'target-employer', request }, createdAt, [
    {
      target: 0,
      ssn,
      company: { name, address: address ?? null, phone: null },
      employments: outcome === 'completed' ? fixture.employments.map((_, index) => index) : [],
      // The employment of the Truework Direct sample is found when the applicant signs in.
      course: {
        outcome: outcome === 'frozen' ? 'invalid' : outcome,
        strategy: firstMethod(methods, fixture),
        sync: false,
      },
    },
  ]);
}

export function createEmployerSearchOrder(world: World, body: unknown, createdAt?: Micros): OrderRecord {
  const request = validate(EmployerSearchOrderRequest, body, world.assumptions);
  const problems = new Problems();
  checkCommon(world, request, problems);
  checkApplicant(world, request.target, ['target'], problems);
  problems.throwIfAny();
  const { fixture, ssn } = applicantFor(world, request.target.social_security_number, [
    'target',
    'social_security_number',
  ]);

  const employments = fixture.outcome === 'completed' ? matching(fixture, request.request_config?.employer_filter) : [];
  // A search that finds no employer ends canceled.
  const outcome =
    fixture.outcome === 'completed' || fixture.outcome === 'direct' || fixture.outcome === 'frozen'
      ? employments.length > 0
        ? 'completed'
        : 'canceled'
      : fixture.outcome;
  return begin(world, { kind: 'employer-search', request }, createdAt, [
    {
      target: 0,
      ssn,
      company: null,
      employments,
      course: { outcome, strategy: 'instant', sync: true },
    },
  ]);
}

export function createDirectOrder(world: World, body: unknown, createdAt?: Micros): OrderRecord {
  const request = validate(TrueworkDirectOrderRequest, body, world.assumptions);
  const problems = new Problems();
  if (request.targets.length === 0 && world.assumptions.emptyTargets === 'refuse')
    problems.add(['targets'], 'This list may not be empty.');
  checkTenantProperty(world, request.tenant_property_id, problems);
  for (const [index, target] of request.targets.entries()) {
    const path = ['targets', String(index)];
    checkApplicant(world, target, path, problems);
    checkForms(world, target.authorization_forms, path, problems);
  }
  problems.throwIfAny();

  const plans = request.targets.flatMap((target, index): VerificationPlan[] => {
    const { fixture, ssn } = applicantFor(world, target.social_security_number, [
      'targets',
      String(index),
      'social_security_number',
    ]);
    const outcome = fixture.outcome === 'direct' || fixture.outcome === 'frozen' ? 'completed' : fixture.outcome;
    return employersToVerify(target).map(
      (company, position): VerificationPlan => ({
        target: index,
        ssn,
        company,
        // One report for each employer: the person's first employment at the first one, and so on.
        employments: outcome === 'completed' ? [position % fixture.employments.length] : [],
        course: {
          outcome,
          strategy: company.selfEmployed ? 'documents' : 'credentials',
          sync: false,
          // The applicant opens the widget, then adds one employer after another.
          appearsAfter: (position + 1) * world.assumptions.applicantSeconds,
        },
      }),
    );
  });
  return begin(world, { kind: 'truework-direct', request }, createdAt, plans);
}

export function createReverification(
  world: World,
  body: unknown,
  requestSync: string | undefined,
  createdAt?: Micros,
): OrderRecord {
  const sync = readRequestSync(requestSync);
  const request = validate(ReverificationRequest, body, world.assumptions);
  const n = world.ids.read('report', request.report_id);
  const found = n === undefined ? undefined : world.store.report(n);
  const now = createdAt ?? world.now();
  if (!found || stateAt(found.verification, now) !== 'completed') throw notFound();
  const { verification, index } = found;
  const parent = world.store.order(verification.order);
  const completed = endedAt(verification, now);
  if (!parent || completed === null) throw notFound();
  if (now - completed > REVERIFICATION_DAYS * MICROS_PER_DAY) {
    throw invalidAt(
      ['report_id'],
      `The verification was completed more than ${REVERIFICATION_DAYS} days ago and cannot be reverified.`,
    );
  }
  const wasSync = ranSync(world, parent);
  if (sync === 'sync' && !wasSync) {
    throw new ApiError(400, 'Request-Sync: sync is only allowed when the original verification was synchronous.');
  }
  const employment = verification.employments[index] ?? 0;
  const inherits = world.assumptions.reverificationInherits;
  return begin(
    world,
    {
      kind: 'reverification',
      parent: verification.n,
      loanId: inherits ? loanIdOf(parent) : null,
      searchKey: inherits ? searchKeyOf(parent) : null,
    },
    createdAt,
    [
      {
        target: 0,
        ssn: verification.ssn,
        company: verification.company,
        employments: [employment],
        course: { outcome: 'completed', strategy: strategyOf(verification), sync: sync === 'sync' },
      },
    ],
  );
}

/** Whether an order's verifications were attempted within the request. */
function ranSync(world: World, order: OrderRecord): boolean {
  if (order.mode.kind !== 'reverification') return order.mode.kind === 'employer-search';
  const parent = world.store.order(world.store.verification(order.mode.parent)?.order ?? 0);
  return parent !== undefined && ranSync(world, parent);
}

function readRequestSync(text: string | undefined): RequestSync {
  const value = text?.trim().toLowerCase() ?? 'async';
  if (value !== 'sync' && value !== 'async')
    throw new ApiError(400, 'The header Request-Sync must be "sync" or "async".');
  return value;
}

interface VerificationPlan {
  readonly target: number;
  readonly ssn: string;
  readonly company: CompanyRecord | null;
  readonly employments: readonly number[];
  readonly course: Omit<Course, 'start'>;
}

function begin(
  world: World,
  mode: OrderMode,
  createdAt: Micros | undefined,
  plans: readonly VerificationPlan[],
): OrderRecord {
  const n = world.store.nextOrder();
  const start = createdAt ?? world.stamp(n);
  const verifications = plans.map((plan): VerificationRecord => {
    const numbers = world.store.reserve(n, plan.employments.length);
    const steps = planCourse({ ...plan.course, start }, world.assumptions, world.speed);
    return {
      n: numbers.verification,
      order: n,
      target: plan.target,
      company: plan.company && { name: plan.company.name, address: plan.company.address, phone: plan.company.phone },
      created: steps[0]?.at ?? start,
      ssn: plan.ssn,
      employments: plan.employments,
      reports: numbers.reports,
      steps,
      announced: 0,
      cancellation: plan.course.outcome === 'canceled' ? { reason: 'no-match', details: null } : null,
    };
  });
  const order: OrderRecord = { n, created: start, mode, verifications };
  world.store.add(order);
  world.wake(order);
  return order;
}

/** @throws ApiError 400 if the SSN is not a test SSN, 451 if it is frozen */
function applicantFor(
  world: World,
  text: string,
  path: readonly [string, ...string[]],
): { fixture: Fixture; ssn: string } {
  const ssn = parseSsn(text);
  if (ssn === undefined) throw invalidAt(path, 'Enter a social security number as XXX-XX-XXXX or XXXXXXXXX.');
  const fixture = fixtureOf(ssn, world.assumptions);
  if (!fixture) throw invalidAt(path, 'The sandbox only accepts test social security numbers, such as 000-00-0000.');
  if (fixture.outcome === 'frozen') throw new ApiError(451, 'The social security number is frozen.');
  return { fixture, ssn };
}

function firstMethod(methods: readonly VerificationMethod[], fixture: Fixture): Strategy {
  if (fixture.outcome === 'direct' && methods.includes('credentials')) return 'credentials';
  const inOrder = ['instant', 'credentials', 'smart-outreach', 'documents'] as const;
  return inOrder.find((method) => methods.includes(method)) ?? 'instant';
}

function matching(fixture: Fixture, filter: EmployerFilter | undefined): number[] {
  return fixture.employments.flatMap((employment, index) => {
    const current = employment.status !== 'inactive';
    if (filter === 'current-employers' && !current) return [];
    if (filter === 'previous-employers' && current) return [];
    return [index];
  });
}

/** One verification per company to verify; without companies, the applicant chooses one in the widget. */
function employersToVerify(target: TrueworkDirectTargetInput): (CompanyRecord & { selfEmployed: boolean })[] {
  const record = (company: DirectCompanyInput) => ({
    name: company.name,
    address: company.address ?? null,
    phone: company.phone_number ?? null,
    selfEmployed: false,
  });
  const companies = target.companies?.filter((company) => company.action !== 'do-not-verify').map(record) ?? [];
  if (target.self_employment) {
    companies.push({
      name: target.self_employment.business_name ?? 'Self-employed',
      address: null,
      phone: null,
      selfEmployed: true,
    });
  }
  if (companies.length === 0 && (target.companies ?? []).length === 0)
    companies.push({ name: 'Fake Company', address: null, phone: null, selfEmployed: false });
  return companies;
}

function checkCommon(
  world: World,
  request: {
    additional_information?: string | null | undefined;
    authorization_forms?: AuthorizationForm[] | null | undefined;
    tenant_property_id?: string | null | undefined;
  },
  problems: Problems,
): void {
  const limit = world.assumptions.additionalInformationLimit;
  if (limit > 0 && (request.additional_information?.length ?? 0) > limit) {
    problems.add(['additional_information'], `Ensure this field has no more than ${limit} characters.`);
  }
  checkForms(world, request.authorization_forms, [], problems);
  checkTenantProperty(world, request.tenant_property_id, problems);
}

function checkTenantProperty(world: World, id: string | null | undefined, problems: Problems): void {
  if (world.assumptions.unknownTenantProperty === 'accept' || id === null || id === undefined) return;
  const n = world.ids.read('tenantProperty', id);
  if (n === undefined || !world.store.tenantProperties[n - 1])
    problems.add(['tenant_property_id'], 'There is no tenant property with this id.');
}

function checkApplicant(
  world: World,
  person: {
    first_name: string;
    last_name: string;
    date_of_birth?: string | null | undefined;
    social_security_number: string;
  },
  path: readonly string[],
  problems: Problems,
): void {
  if (world.assumptions.blankText === 'refuse') {
    for (const name of ['first_name', 'last_name'] as const) {
      if (person[name].trim() === '') problems.add([...path, name], NOT_BLANK);
    }
  }
  if (typeof person.date_of_birth === 'string' && !isCalendarDate(person.date_of_birth))
    problems.add([...path, 'date_of_birth'], WRONG_DATE);
  if (person.social_security_number === '') problems.add([...path, 'social_security_number'], NOT_BLANK);
}

const FILE_SIGNATURES = [Buffer.from('%PDF-'), Buffer.from([0xff, 0xd8, 0xff]), Buffer.from([0x89, 0x50, 0x4e, 0x47])];

function checkForms(
  world: World,
  forms: readonly AuthorizationForm[] | null | undefined,
  path: readonly string[],
  problems: Problems,
): void {
  if (world.assumptions.authorizationFormType === 'any') return;
  for (const [index, form] of (forms ?? []).entries()) {
    const start = Buffer.from(form.content.slice(0, 12), 'base64');
    if (!FILE_SIGNATURES.some((beginning) => start.subarray(0, beginning.length).equals(beginning))) {
      problems.add([...path, 'authorization_forms', index, 'content'], 'Upload a PDF, JPEG or PNG file.');
    }
  }
}
