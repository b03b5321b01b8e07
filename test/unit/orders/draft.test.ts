import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as v from 'valibot';
import { buildRequest, isDateOfBirth, previewOf, readName, type Draft } from '../../../src/orders/sending/draft.ts';
import { CORRELATION_KEY } from '../../../src/truework/correlate.ts';
import { parseSsn, TEST_APPLICANTS } from '../../../src/truework/facts.ts';
import { EmployerFilter, PermissiblePurpose, UseCase, VerificationType } from '../../../src/truework/schemas/enums.ts';
import {
  EmployerSearchOrderRequest,
  TargetEmployerOrderRequest,
  TrueworkDirectOrderRequest,
} from '../../../src/truework/schemas/requests.ts';

const name = fc.stringMatching(/^[A-Za-z]{1,12}$/);
const drafts: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('target-employer', 'employer-search', 'truework-direct'),
  applicant: fc.record({
    firstName: name,
    lastName: name,
    ssn: fc.constantFrom(...TEST_APPLICANTS.map(({ ssn }) => ssn)),
  }),
  companies: fc.array(name, { minLength: 1, maxLength: 4 }),
  employerFilter: fc.constantFrom(...EmployerFilter.options),
  type: fc.constantFrom(...VerificationType.options),
  permissiblePurpose: fc.constantFrom(...PermissiblePurpose.options),
  useCase: fc.constantFrom(...UseCase.options),
});
const schemas = {
  'target-employer': TargetEmployerOrderRequest,
  'employer-search': EmployerSearchOrderRequest,
  'truework-direct': TrueworkDirectOrderRequest,
};

describe('a drafted order', () => {
  it("becomes a request that matches Truework's schema, with a mark to find it by", () => {
    fc.assert(
      fc.property(drafts, fc.uuid(), (draft, correlation) => {
        const request = buildRequest(draft, correlation);
        assert.ok(v.is(schemas[request.kind], request.body), JSON.stringify(request.body));
        const metadata = request.kind === 'truework-direct' ? request.body.targets[0]?.metadata : request.body.metadata;
        assert.equal(metadata?.[CORRELATION_KEY], correlation);
      }),
    );
  });

  it('names every employer of a Truework Direct order, to be verified', () => {
    const request = buildRequest(
      {
        kind: 'truework-direct',
        applicant: { firstName: 'Jane', lastName: 'Doe', ssn: '000-20-0000' },
        companies: ['Acme', 'Globex'],
        employerFilter: 'any-employers',
        type: 'employment-income',
        permissiblePurpose: 'credit-application',
        useCase: 'mortgage',
      },
      'x',
    );
    assert.ok(request.kind === 'truework-direct');
    assert.deepEqual(request.body.targets[0]?.companies, [
      { name: 'Acme', action: 'verify' },
      { name: 'Globex', action: 'verify' },
    ]);
  });

  it('masks a real SSN in the preview, but not a test SSN', () => {
    const draft = (ssn: string): Draft => ({
      kind: 'employer-search',
      applicant: { firstName: 'Jane', lastName: 'Doe', ssn },
      companies: [],
      employerFilter: 'any-employers',
      type: 'employment',
      permissiblePurpose: 'employment',
      useCase: 'background',
    });
    const destination = { host: 'api.truework-sandbox.com', key: '(a key)' };
    const isTest = (ssn: string) => ssn.startsWith('000');
    assert.match(previewOf(buildRequest(draft('123-45-6789'), 'x'), destination, isTest), /"\*\*\*-\*\*-6789"/);
    assert.match(previewOf(buildRequest(draft('000-00-0000'), 'x'), destination, isTest), /"000-00-0000"/);
  });

  it('shows the destination and headers of the request above its exact body', () => {
    const request = buildRequest(
      {
        kind: 'target-employer',
        applicant: { firstName: 'Jane', lastName: 'Doe', ssn: '000-00-0000' },
        companies: ['Acme // Sons'],
        employerFilter: 'any-employers',
        type: 'employment',
        permissiblePurpose: 'employment',
        useCase: 'background',
      },
      'x',
    );
    const [head, body] = previewOf(request, { host: 'api.truework.com', key: '(a key)' }, () => true).split('\n//\n');
    assert.deepEqual(head?.split('\n'), [
      '// POST /orders/target-employer HTTP/1.1',
      '// Host: api.truework.com',
      '// Authorization: Bearer (a key)',
      '// Accept: application/json; version=2023-10-30',
      '// Content-Type: application/json',
    ]);
    assert.deepEqual(JSON.parse(body ?? ''), JSON.parse(JSON.stringify(request.body)));
  });
});

describe('input about an applicant', () => {
  it('accepts an SSN with and without dashes', () => {
    assert.equal(parseSsn('000000001'), '000-00-0001');
    assert.equal(parseSsn('000-00-0001'), '000-00-0001');
    for (const text of ['', '1', '000-000-001', '000-000001', '00000000a', '0000000011'])
      assert.equal(parseSsn(text), undefined);
  });

  it('requires a first and a last name', () => {
    assert.deepEqual(readName('Jane van Doe'), { firstName: 'Jane', lastName: 'van Doe' });
    for (const text of ['', 'Jane', '   ']) assert.equal(readName(text), undefined);
  });

  it('accepts only existing dates in the past', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    assert.ok(isDateOfBirth('1996-02-29', now));
    for (const text of ['1997-02-29', '2027-01-01', '1990-1-1', '01/02/1990', ''])
      assert.ok(!isDateOfBirth(text, now), text);
  });
});
