import type { AuthorizationForm, ResellerOriginatingPartyInput } from '../truework/schemas/requests.ts';
import type { PermissiblePurpose, UseCase, VerificationType } from '../truework/schemas/enums.ts';
import type { VerificationRecord } from './records.ts';
import type { Store } from './store.ts';

/** The applicant and the legal basis of a verification, whatever the kind of its order. */
export interface Subject {
  readonly firstName: string;
  readonly lastName: string;
  readonly contactEmail: string | null;
  readonly dateOfBirth: string | null;
  readonly phone: string | null;
  readonly type: VerificationType;
  readonly useCase: UseCase;
  readonly permissiblePurpose: PermissiblePurpose;
  readonly reseller: ResellerOriginatingPartyInput | null;
  readonly additionalInformation: string | null;
  readonly authorizationForms: readonly AuthorizationForm[] | null;
  readonly metadata: Record<string, string> | null;
}

/** @throws Error if the store does not have the order, which no request can cause */
export function subjectOf(store: Store, verification: VerificationRecord): Subject {
  const mode = store.order(verification.order)?.mode;
  if (!mode) throw lost(verification);
  switch (mode.kind) {
    case 'target-employer':
    case 'employer-search': {
      const { request } = mode;
      return make(request.target, request, request.additional_information ?? null);
    }
    case 'truework-direct': {
      const target = mode.request.targets[verification.target];
      if (!target) throw lost(verification);
      return make(target, target, null);
    }
    case 'reverification': {
      const parent = store.verification(mode.parent);
      if (!parent) throw lost(verification);
      return subjectOf(store, parent);
    }
  }
}

function lost(verification: VerificationRecord): Error {
  return new Error(`Verification ${verification.n} has no order.`);
}

interface TargetPerson {
  first_name: string;
  last_name: string;
  contact_email?: string | null | undefined;
  date_of_birth?: string | null | undefined;
  phone_number?: string | null | undefined;
}

interface Grounds {
  type: VerificationType;
  use_case: UseCase;
  permissible_purpose: PermissiblePurpose;
  reseller_originating_party?: ResellerOriginatingPartyInput | null | undefined;
  authorization_forms?: AuthorizationForm[] | null | undefined;
  metadata?: Record<string, string> | null | undefined;
}

function make(person: TargetPerson, grounds: Grounds, additionalInformation: string | null): Subject {
  return {
    firstName: person.first_name,
    lastName: person.last_name,
    contactEmail: person.contact_email ?? null,
    dateOfBirth: person.date_of_birth ?? null,
    phone: person.phone_number ?? null,
    type: grounds.type,
    useCase: grounds.use_case,
    permissiblePurpose: grounds.permissible_purpose,
    reseller: grounds.reseller_originating_party ?? null,
    additionalInformation,
    authorizationForms: grounds.authorization_forms ?? null,
    metadata: grounds.metadata ?? null,
  };
}
