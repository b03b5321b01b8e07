/** Orders as responses show them: created from the records for each request. */
import type {
  CanceledOrder,
  CanceledVerificationRequest,
  Order,
  ResellerOriginatingParty,
  SubmittedDocument,
  TargetEmployerConfig,
  TurnaroundTime,
  VerificationRequest,
} from '../truework/schemas/order.ts';
import type { OrderAnnotations } from '../truework/schemas/report.ts';
import type {
  AuthorizationForm,
  EmployerSearchOrderRequest,
  ResellerOriginatingPartyInput,
  TargetEmployerOrderRequest,
  TrueworkDirectTargetInput,
} from '../truework/schemas/requests.ts';
import { addressView, wrapValue, type Extras } from './response-parts.ts';
import { endedAt, stateAt, stepAt } from './lifecycle.ts';
import { parseSsn } from '../truework/facts.ts';
import { maskSsn } from './applicants.ts';
import { loanIdOf, searchKeyOf, type OrderRecord, type VerificationRecord } from './records.ts';
import { annotationsOf, buildReport, documentsOf } from './report.ts';
import { timestamp, type Micros } from './time.ts';
import type { World } from './world.ts';
import { subjectOf } from './subject.ts';

export function orderView(world: World, order: OrderRecord, extras: Extras): Order {
  const now = world.now();
  const { mode } = order;
  const verifications = visible(order, now).map((verification) => verificationView(world, verification, now, extras));
  return {
    employer_search: mode.kind === 'employer-search' ? employerSearchMode(mode.request) : null,
    id: world.ids.make('order', order.n),
    loan_id: loanIdOf(order),
    reverification: mode.kind === 'reverification' ? reverificationMode(world, mode.parent) : null,
    search_key: searchKeyOf(order),
    target_employer: mode.kind === 'target-employer' ? targetEmployerMode(mode.request) : null,
    truework_direct:
      mode.kind === 'truework-direct'
        ? { targets: mode.request.targets.map((target, index) => directTarget(world, order, target, index)) }
        : null,
    truework_direct_session_link: null,
    verification_requests:
      verifications.length === 0 && world.assumptions.noVerifications === 'null' ? null : verifications,
  };
}

export function canceledOrderView(world: World, order: OrderRecord): CanceledOrder {
  const now = world.now();
  const verifications = visible(order, now).map(
    (verification): CanceledVerificationRequest => ({
      ...cancellation(verification, now),
      created: timestamp(verification.created),
      date_of_completion: dateOfCompletion(world, verification, now),
      id: world.ids.make('verificationRequest', verification.n),
      loan_id: loanIdOf(order),
      state: wrapValue(stateAt(verification, now) ?? 'pending-approval'),
      turnaround_time: turnaroundTime(verification),
    }),
  );
  return {
    id: world.ids.make('order', order.n),
    loan_id: loanIdOf(order),
    verification_requests:
      verifications.length === 0 && world.assumptions.noVerifications === 'null' ? null : verifications,
  };
}

/** Verifications of Truework Direct orders appear as the applicant works through the widget. */
export function visible(order: OrderRecord, now: Micros): VerificationRecord[] {
  return order.verifications.filter((verification) => stepAt(verification, now) !== undefined);
}

/** The session token of a target of a Truework Direct order. One token per target. */
export function sessionToken(world: World, order: number, target: number): string {
  return world.ids.token('session', order * 1000 + target);
}

function verificationView(
  world: World,
  verification: VerificationRecord,
  now: Micros,
  extras: Extras,
): VerificationRequest {
  const subject = subjectOf(world.store, verification);
  const order = world.store.order(verification.order);
  const state = stateAt(verification, now) ?? 'pending-approval';
  const { company } = verification;
  return {
    additional_information: subject.additionalInformation,
    applicant_documents: extras.reportAnnotations && state === 'completed' ? documentsOf(world, verification) : null,
    ...cancellation(verification, now),
    created: timestamp(verification.created),
    date_of_completion: dateOfCompletion(world, verification, now),
    documents: documentList(subject.authorizationForms),
    id: world.ids.make('verificationRequest', verification.n),
    loan_id: order ? loanIdOf(order) : null,
    metadata: subject.metadata,
    permissible_purpose: wrapValue(subject.permissiblePurpose),
    reports:
      state === 'completed'
        ? verification.reports.map((_, index) => buildReport(world, verification, index, extras))
        : null,
    reseller_originating_party: reseller(subject.reseller),
    state: wrapValue(state),
    target: {
      company: company && {
        address: company.address?.address ?? null,
        city: company.address?.city ?? null,
        id: null,
        name: company.name,
        phone_number: company.phone,
        state: company.address?.country_subdivision_code ?? null,
        zip_code: company.address?.postal_code ?? null,
      },
      contact_email: subject.contactEmail,
      date_of_birth: subject.dateOfBirth,
      first_name: subject.firstName,
      last_name: subject.lastName,
      phone_number: subject.phone,
      social_security_number: maskSsn(verification.ssn),
    },
    turnaround_time: turnaroundTime(verification),
    type: subject.type,
    unverified_information: extras.reportAnnotations && state !== 'completed' ? unverified(world, verification) : null,
    use_case: wrapValue(subject.useCase),
  };
}

/** Only for verifications without reports. */
function unverified(world: World, verification: VerificationRecord): OrderAnnotations | null {
  return verification.company ? annotationsOf(world, verification, undefined) : null;
}

function cancellation(
  verification: VerificationRecord,
  now: Micros,
): Pick<CanceledVerificationRequest, 'cancellation_details' | 'cancellation_reason'> {
  const known = stateAt(verification, now) === 'canceled' ? verification.cancellation : null;
  return { cancellation_details: known?.details ?? null, cancellation_reason: known ? wrapValue(known.reason) : null };
}

function dateOfCompletion(world: World, verification: VerificationRecord, now: Micros): string | null {
  const at = endedAt(verification, now);
  return at === null || world.assumptions.dateOfCompletion === 'null' ? null : timestamp(at);
}

/** Hours. Known if the employer is. */
function turnaroundTime(verification: VerificationRecord): TurnaroundTime {
  return verification.company
    ? { best_estimate: '48', lower_bound: '20', upper_bound: '124' }
    : { best_estimate: null, lower_bound: null, upper_bound: null };
}

function reseller(input: ResellerOriginatingPartyInput | null | undefined): ResellerOriginatingParty | null {
  return input
    ? {
        originating_party: input.originating_party,
        permissible_purpose: wrapValue(input.permissible_purpose),
        use_case: wrapValue(input.use_case),
      }
    : null;
}

function documentList(forms: readonly AuthorizationForm[] | null | undefined): SubmittedDocument[] | null {
  return forms?.map((form) => ({ filename: form.filename })) ?? null;
}

const masked = (ssn: string): string => maskSsn(parseSsn(ssn) ?? '');

function common(request: TargetEmployerOrderRequest | EmployerSearchOrderRequest) {
  return {
    additional_information: request.additional_information ?? null,
    authorization_forms: documentList(request.authorization_forms),
    loan_id: request.loan_id ?? null,
    metadata: request.metadata ?? null,
    permissible_purpose: wrapValue(request.permissible_purpose),
    reseller_originating_party: reseller(request.reseller_originating_party),
    search_key: request.search_key ?? null,
    type: request.type,
    use_case: wrapValue(request.use_case),
  };
}

function person(target: TargetEmployerOrderRequest['target'] | EmployerSearchOrderRequest['target']) {
  return {
    contact_email: target.contact_email ?? null,
    date_of_birth: target.date_of_birth ?? null,
    first_name: target.first_name,
    last_name: target.last_name,
    social_security_number: masked(target.social_security_number),
  };
}

export function allowedMethods(
  request: TargetEmployerOrderRequest,
): TargetEmployerConfig['allowed_verification_methods'] &
  ('instant' | 'credentials' | 'smart-outreach' | 'documents')[] {
  const asked = request.request_config?.allowed_verification_methods ?? ['instant', 'smart-outreach', 'credentials'];
  return request.type === 'tenant-screening' && !asked.includes('documents') ? [...asked, 'documents'] : asked;
}

function targetEmployerMode(request: TargetEmployerOrderRequest): NonNullable<Order['target_employer']> {
  const { company } = request.target;
  return {
    ...common(request),
    request_config: { allowed_verification_methods: allowedMethods(request) },
    target: { ...person(request.target), company: { address: addressView(company.address), name: company.name } },
  };
}

function employerSearchMode(request: EmployerSearchOrderRequest): NonNullable<Order['employer_search']> {
  return {
    ...common(request),
    request_config: { employer_filter: request.request_config?.employer_filter ?? 'any-employers' },
    target: person(request.target),
  };
}

function directTarget(
  world: World,
  order: OrderRecord,
  target: TrueworkDirectTargetInput,
  index: number,
): NonNullable<Order['truework_direct']>['targets'][number] {
  return {
    authorization_forms: documentList(target.authorization_forms),
    companies:
      target.companies?.map((company) => ({
        action: company.action ? wrapValue(company.action) : null,
        address: addressView(company.address),
        name: company.name,
        phone_number: company.phone_number ?? null,
      })) ?? null,
    contact_email: target.contact_email,
    date_of_birth: target.date_of_birth,
    first_name: target.first_name,
    last_name: target.last_name,
    metadata: target.metadata ?? null,
    permissible_purpose: wrapValue(target.permissible_purpose),
    reseller_originating_party: reseller(target.reseller_originating_party),
    self_employment: target.self_employment ? { business_name: target.self_employment.business_name ?? null } : null,
    social_security_number: masked(target.social_security_number),
    truework_direct_session_link: null,
    truework_direct_session_token: sessionToken(world, order.n, index),
    type: target.type,
    use_case: wrapValue(target.use_case),
  };
}

function reverificationMode(world: World, parent: number): NonNullable<Order['reverification']> {
  const verification = world.store.verification(parent);
  if (!verification) throw new Error(`Reverified verification ${parent} is missing.`);
  const subject = subjectOf(world.store, verification);
  const direct = world.store.order(verification.order)?.mode.kind === 'truework-direct';
  return {
    parent_order_id: world.ids.make('order', verification.order),
    targets: [
      {
        first_name: subject.firstName,
        last_name: subject.lastName,
        truework_direct_session_token: direct ? sessionToken(world, verification.order, verification.target) : null,
      },
    ],
  };
}
