/** An order as it is entered in the wizard, and its request. */
import { CORRELATION_KEY } from '../../truework/correlate.ts';
import { API_VERSION, isCalendarDate } from '../../truework/facts.ts';
import type { EmployerFilter, PermissiblePurpose, UseCase, VerificationType } from '../../truework/schemas/enums.ts';
import type {
  EmployerSearchOrderRequest,
  TargetEmployerOrderRequest,
  TrueworkDirectOrderRequest,
} from '../../truework/schemas/requests.ts';

export type CreatableKind = 'target-employer' | 'employer-search' | 'truework-direct';

export interface DraftApplicant {
  readonly firstName: string;
  readonly lastName: string;
  /** XXX-XX-XXXX */
  readonly ssn: string;
  /** YYYY-MM-DD; required for employer searches and Truework Direct orders. */
  readonly dateOfBirth?: string;
  /** Required for Truework Direct orders. */
  readonly email?: string;
}

export interface Draft {
  readonly kind: CreatableKind;
  readonly applicant: DraftApplicant;
  /** One for a target employer, any number for Truework Direct, none for a search. */
  readonly companies: readonly string[];
  readonly employerFilter: EmployerFilter;
  readonly type: VerificationType;
  readonly permissiblePurpose: PermissiblePurpose;
  readonly useCase: UseCase;
  readonly searchKey?: string;
}

export type OrderRequest =
  | { readonly kind: 'target-employer'; readonly body: TargetEmployerOrderRequest }
  | { readonly kind: 'employer-search'; readonly body: EmployerSearchOrderRequest }
  | { readonly kind: 'truework-direct'; readonly body: TrueworkDirectOrderRequest };

const DEFAULT_DATE_OF_BIRTH = '1990-01-01';

/** @param correlation a random value that identifies the order */
export function buildRequest(draft: Draft, correlation: string): OrderRequest {
  const { applicant } = draft;
  const metadata = { [CORRELATION_KEY]: correlation };
  const about = { type: draft.type, permissible_purpose: draft.permissiblePurpose, use_case: draft.useCase, metadata };
  const person = {
    first_name: applicant.firstName,
    last_name: applicant.lastName,
    social_security_number: applicant.ssn,
  };
  const email = applicant.email === undefined ? {} : { contact_email: applicant.email };
  const searchKey = draft.searchKey === undefined ? {} : { search_key: draft.searchKey };
  switch (draft.kind) {
    case 'target-employer':
      return {
        kind: draft.kind,
        body: {
          ...about,
          ...searchKey,
          target: {
            ...person,
            ...email,
            ...(applicant.dateOfBirth !== undefined && { date_of_birth: applicant.dateOfBirth }),
            company: { name: draft.companies[0] ?? '' },
          },
        },
      };
    case 'employer-search':
      return {
        kind: draft.kind,
        body: {
          ...about,
          ...searchKey,
          target: { ...person, ...email, date_of_birth: applicant.dateOfBirth ?? DEFAULT_DATE_OF_BIRTH },
          request_config: { employer_filter: draft.employerFilter },
        },
      };
    case 'truework-direct':
      return {
        kind: draft.kind,
        body: {
          ...searchKey,
          targets: [
            {
              ...person,
              ...about,
              contact_email: applicant.email ?? 'applicant@example.com',
              date_of_birth: applicant.dateOfBirth ?? DEFAULT_DATE_OF_BIRTH,
              ...(draft.companies.length > 0 && {
                companies: draft.companies.map((name) => ({ name, action: 'verify' as const })),
              }),
            },
          ],
        },
      };
  }
}

export interface Destination {
  /** `api.truework-sandbox.com` */
  readonly host: string;
  /** A placeholder for the key. */
  readonly key: string;
}

/**
 * The request as JSON with comments: method, path and headers above the body. Every SSN is masked, except documented
 * test SSNs.
 */
export function previewOf(
  request: OrderRequest,
  { host, key }: Destination,
  isTestSsn: (ssn: string) => boolean,
): string {
  const head = [
    `POST /orders/${request.kind} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${key}`,
    `Accept: application/json; version=${API_VERSION}`,
    'Content-Type: application/json',
  ];
  const body = JSON.stringify(
    request.body,
    (name, value: unknown) =>
      name === 'social_security_number' && typeof value === 'string' && !isTestSsn(value)
        ? `***-**-${value.slice(-4)}`
        : value,
    2,
  );
  return `${head.map((line) => `// ${line}\n`).join('')}//\n${body}\n`;
}

/**
 * @returns the first word as first name and the rest as last name, as in "Jane" and "van Doe"; undefined for a single
 * word
 */
export function readName(text: string): { readonly firstName: string; readonly lastName: string } | undefined {
  const [firstName, ...rest] = text.trim().split(/\s+/);
  return firstName !== undefined && firstName !== '' && rest.length > 0
    ? { firstName, lastName: rest.join(' ') }
    : undefined;
}

/** Whether the text is a date in the past, as YYYY-MM-DD. */
export function isDateOfBirth(text: string, now: number): boolean {
  return isCalendarDate(text) && Date.parse(`${text}T00:00:00Z`) < now;
}
