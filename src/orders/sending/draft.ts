/** An order as it takes shape in the wizard, and the request it becomes. */
import { CORRELATION_KEY } from '../../truework/correlate.ts';
import { API_VERSION, isCalendarDate } from '../../truework/facts.ts';
import type { EmployerFilter, PermissiblePurpose, UseCase, VerificationType } from '../../truework/schemas/enums.ts';
import type {
  EmployerSearchOrderRequest,
  TargetEmployerOrderRequest,
  TrueworkDirectOrderRequest,
} from '../../truework/schemas/requests.ts';

export type CreatableKind = 'target-employer' | 'employer-search' | 'truework-direct';

export interface Applicant {
  readonly firstName: string;
  readonly lastName: string;
  /** XXX-XX-XXXX */
  readonly ssn: string;
  /** YYYY-MM-DD; Truework asks for it in employer searches and Truework Direct orders. */
  readonly dateOfBirth?: string;
  /** Truework Direct orders need one. */
  readonly email?: string;
}

export interface Draft {
  readonly kind: CreatableKind;
  readonly applicant: Applicant;
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

/** @param correlation a random value that no other order carries */
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
  /** What stands for the key, which is shown nowhere. */
  readonly key: string;
}

/** The request as JSON with comments: method, path and headers above the body, where every SSN but a documented test one is masked. */
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

/** @returns first and last name of "Jane van Doe": the first word, and the rest. */
export function readName(text: string): { readonly firstName: string; readonly lastName: string } | undefined {
  const [firstName, ...rest] = text.trim().split(/\s+/);
  return firstName !== undefined && firstName !== '' && rest.length > 0
    ? { firstName, lastName: rest.join(' ') }
    : undefined;
}

/** True for a day that exists and lies in the past, as YYYY-MM-DD. */
export function isDateOfBirth(text: string, now: number): boolean {
  return isCalendarDate(text) && Date.parse(`${text}T00:00:00Z`) < now;
}
