const host = 'https://api.truework-sandbox.com';

/** Creates an order that asks one employer about one applicant. */
export async function createOrder(applicant) {
  const response = await fetch(`${host}/orders/target-employer`, {
    method: 'POST',
    headers: {
      accept: 'application/json; version=2023-10-30',
      authorization: `Bearer ${process.env.TRUEWORK_API_KEY}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      type: 'employment-income',
      permissible_purpose: 'risk-assessment',
      use_case: 'tenant',
      target: {
        first_name: applicant.firstName,
        last_name: applicant.lastName,
        social_security_number: applicant.socialSecurityNumber,
        company: { name: applicant.employer },
      },
    }),
  });
  if (!response.ok) throw new Error(`Truework answered ${response.status}.`);
  return response.json();
}
