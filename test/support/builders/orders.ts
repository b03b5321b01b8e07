/** Orders as Truework answers them, valid by default: a test names only what matters to it. */
import type { Order, OrderList, VerificationRequest } from '../../../src/truework/schemas/order.ts';
import type { Report } from '../../../src/truework/schemas/report.ts';

const wrap = (value: string) => ({ canonical_value: value, raw_value: value });

export function aReport(part: Partial<Report> = {}): Report {
  return {
    additional_notes: null,
    annotations: null,
    applicant_documents: null,
    completed: '2026-01-02T03:04:05.000006Z',
    completed_by_method: wrap('instant'),
    created: '2026-01-02T03:04:05.000006Z',
    current_as_of: '2026-01-01',
    disputes: null,
    eligibilities: null,
    employee: null,
    employer: { address: null, government_ids: null, name: 'Acme Inc' },
    financial_institution_accounts: null,
    id: 'report-1',
    income_analytics: null,
    paystubs: null,
    respondent: null,
    verification_request: { created: '2026-01-02T03:04:05.000006Z', id: 'verification-1', type: 'employment-income' },
    ...part,
  };
}

export function aVerification(state: string, part: Partial<VerificationRequest> = {}): VerificationRequest {
  return {
    additional_information: null,
    applicant_documents: null,
    cancellation_details: null,
    cancellation_reason: null,
    created: '2026-01-02T03:04:05.000006Z',
    date_of_completion: null,
    documents: null,
    id: 'verification-1',
    loan_id: null,
    metadata: null,
    permissible_purpose: wrap('credit-application'),
    reports: null,
    reseller_originating_party: null,
    state: wrap(state),
    target: {
      company: {
        address: null,
        city: null,
        id: null,
        name: 'Acme Inc',
        phone_number: null,
        state: null,
        zip_code: null,
      },
      contact_email: null,
      date_of_birth: null,
      first_name: 'Jane',
      last_name: 'Doe',
      phone_number: null,
      social_security_number: '***-**-0000',
    },
    turnaround_time: { best_estimate: '48', lower_bound: '20', upper_bound: '124' },
    type: 'employment-income',
    unverified_information: null,
    use_case: wrap('mortgage'),
    ...part,
  };
}

export function anOrder(id: string, state: string, part: Partial<Order> = {}): Order {
  return {
    employer_search: null,
    id,
    loan_id: null,
    reverification: null,
    search_key: null,
    target_employer: null,
    truework_direct: null,
    truework_direct_session_link: null,
    verification_requests: [aVerification(state, { id: `verification-of-${id}` })],
    ...part,
  };
}

export function aPage(results: Order[], count = results.length, next: string | null = null): OrderList {
  return { count, next, previous: null, results };
}
