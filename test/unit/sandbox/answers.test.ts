import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import type * as v from 'valibot';
import { TEST_APPLICANTS } from '../../../src/truework/facts.ts';
import {
  QualificationCheck,
  QualificationCheckSetList,
  TenantProperty,
  TenantPropertyList,
  TenantPropertyRequest,
} from '../../../src/truework/schemas/beta.ts';
import { ErrorBody, InvalidFields } from '../../../src/truework/schemas/errors.ts';
import { CanceledOrder, Order, OrderEventList, OrderList } from '../../../src/truework/schemas/order.ts';
import { Report } from '../../../src/truework/schemas/report.ts';
import {
  EmployerSearchOrderRequest,
  TargetEmployerOrderRequest,
  TrueworkDirectOrderRequest,
} from '../../../src/truework/schemas/requests.ts';
import { problemsOf } from './strict.ts';
import { withSandbox, type Answer, type Bench } from './support.ts';

interface JsonSchema {
  type?: string;
  enum?: string[];
  const?: string;
  format?: string;
  contentEncoding?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
}

/** Values that fit a request schema. */
function fitting(schema: JsonSchema, name = ''): fc.Arbitrary<unknown> {
  if (name === 'social_security_number') {
    return fc
      .tuple(fc.constantFrom(...TEST_APPLICANTS.map(({ ssn }) => ssn)), fc.boolean())
      .map(([ssn, dashes]) => (dashes ? ssn : ssn.replaceAll('-', '')));
  }
  if (name === 'date_of_birth')
    return fc
      .date({ min: new Date('1930-01-01'), max: new Date('2010-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
  if (name === 'content') return fc.base64String({ maxLength: 40 });
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => fitting(each, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 20 });
    case 'array':
      return fc.array(fitting(schema.items ?? {}), { minLength: name === 'targets' ? 1 : 0, maxLength: 3 });
    case 'object': {
      if (!schema.properties)
        return fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 3 });
      const entries = Object.entries(schema.properties).map(([key, value]): [string, fc.Arbitrary<unknown>] => [
        key,
        fitting(value, key),
      ]);
      return fc.record(Object.fromEntries(entries), { requiredKeys: schema.required ?? [] });
    }
    default:
      throw new Error(`No values for ${name}: ${JSON.stringify(schema)}`);
  }
}

const bodiesOf = (schema: v.GenericSchema): fc.Arbitrary<Record<string, unknown>> =>
  fitting(toJsonSchema(schema, { errorMode: 'ignore' }) as JsonSchema) as fc.Arbitrary<Record<string, unknown>>;

/** The same bodies, spoiled somewhere. */
function unfit(
  bodies: fc.Arbitrary<Record<string, unknown>>,
  required: readonly [string, ...string[]],
): fc.Arbitrary<string> {
  const wrong = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant([[]]),
    fc.constant({ nonsense: 1 }),
  );
  return fc.oneof(
    fc.tuple(bodies, fc.constantFrom(...required)).map(([body, key]) => JSON.stringify({ ...body, [key]: undefined })),
    fc
      .tuple(bodies, fc.constantFrom(...required), wrong)
      .map(([body, key, value]) => JSON.stringify({ ...body, [key]: value })),
    fc.json().filter((text) => !/^\s*\{.*:/s.test(text)),
    fc.string({ maxLength: 20 }).filter((text) => {
      try {
        JSON.parse(text);
        return false;
      } catch {
        return true;
      }
    }),
  );
}

const kinds = [
  {
    path: '/orders/target-employer',
    request: TargetEmployerOrderRequest,
    required: ['permissible_purpose', 'target', 'type', 'use_case'],
    answer: Order,
  },
  {
    path: '/orders/employer-search',
    request: EmployerSearchOrderRequest,
    required: ['permissible_purpose', 'target', 'type', 'use_case'],
    answer: Order,
  },
  { path: '/orders/truework-direct', request: TrueworkDirectOrderRequest, required: ['targets'], answer: Order },
  { path: '/tenant-properties', request: TenantPropertyRequest, required: ['name'], answer: TenantProperty },
] as const;

function check(answer: Answer, status: number, schema: v.GenericSchema, what: string): void {
  assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 500)}`);
  assert.deepEqual(problemsOf(schema, answer.body), [], what);
}

function checkError(answer: Answer, status: number, what: string): void {
  check(answer, status, ErrorBody, what);
  const { invalid_fields: fields } = (answer.body as ErrorBody).error;
  if (fields !== undefined) assert.deepEqual(problemsOf(InvalidFields, fields), [], what);
}

async function everythingOf({ ask }: Bench, order: Order): Promise<void> {
  for (const flag of ['false', 'true'])
    check(await ask(`/orders/${order.id}?include_report_annotations=${flag}`), 200, Order, 'get');
  check(await ask(`/orders/${order.id}/events`), 200, OrderEventList, 'events');
  for (const verification of order.verification_requests ?? []) {
    check(await ask(`/orders?verification_id=${verification.id}`), 200, OrderList, 'filter');
    for (const { id } of verification.reports ?? []) {
      check(
        await ask(`/reports/${id}?include_income_analytics=true&include_report_annotations=true`),
        200,
        Report,
        'report',
      );
    }
  }
  check(
    await ask(`/orders/${order.id}/cancel`, { method: 'PUT', body: { cancellation_reason: 'immediate' } }),
    200,
    CanceledOrder,
    'cancel',
  );
}

describe('The responses of the sandbox', () => {
  for (const { path, request, required, answer } of kinds) {
    it(`match the documentation for every valid body of ${path}, from creation to the final state`, async () => {
      await withSandbox({}, async (bench) => {
        await fc.assert(
          fc.asyncProperty(bodiesOf(request), async (body) => {
            const made = await bench.ask<Order>(path, { method: 'POST', body });
            check(made, 201, answer, path);
            if (!path.startsWith('/orders')) return;
            bench.sandbox.advance(4000);
            check(await bench.ask(`/orders/${made.body.id}`), 200, Order, 'under way');
            bench.sandbox.advance(3 * 86_400_000);
            await everythingOf(bench, await bench.get(made.body));
          }),
          { numRuns: 100 },
        );
        check(await bench.ask('/orders?limit=100&include_report_annotations=true'), 200, OrderList, 'list');
        check(await bench.ask('/tenant-properties?limit=3&offset=1'), 200, TenantPropertyList, 'list');
      });
    });

    it(`are 400 and an error object for every invalid body of ${path}`, async () => {
      await withSandbox({}, async ({ ask, sandbox }) => {
        await fc.assert(
          fc.asyncProperty(unfit(bodiesOf(request), required), async (text) => {
            checkError(await ask(path, { method: 'POST', text }), 400, text);
          }),
          { numRuns: 300 },
        );
        assert.equal(sandbox.orderCount, 0);
      });
    });
  }

  it('are 404 for any unknown ID', async () => {
    await withSandbox({}, async ({ ask }) => {
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((id) => !/^\.{1,2}$/.test(id)),
          async (id) => {
            const place = encodeURIComponent(id);
            checkError(await ask(`/orders/${place}`), 404, id);
            checkError(await ask(`/orders/${place}/events`), 404, id);
            checkError(await ask(`/orders/${place}/cancel`, { method: 'PUT', body: {} }), 404, id);
            checkError(await ask(`/reports/${place}`), 404, id);
            checkError(await ask(`/tenant-properties/${place}`), 404, id);
            checkError(await ask(`/qualification-checks/${place}`), 404, id);
            checkError(await ask('/orders/reverification', { method: 'POST', body: { report_id: id } }), 404, id);
          },
        ),
        { numRuns: 100 },
      );
    });
  });

  it('are pages or 400 for any query, never a failure', async () => {
    await withSandbox({ seedOrders: 'demo' }, async ({ ask }) => {
      const name = fc.oneof(
        fc.constantFrom('limit', 'offset', 'search_key', 'verification_id', 'include_report_annotations'),
        fc.string({ maxLength: 5 }),
      );
      const value = fc.oneof(
        fc.integer().map(String),
        fc.string({ unit: 'binary', maxLength: 10 }),
        fc.constantFrom('true', 'false'),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (pairs) => {
          const query = new URLSearchParams(pairs).toString();
          const answer = await ask(`/orders?${query}`);
          if (answer.status === 400) checkError(answer, 400, query);
          else check(answer, 200, OrderList, query);
        }),
        { numRuns: 300 },
      );
    });
  });
});

describe('The beta operations', () => {
  it('check rent against the income of reports', async () => {
    await withSandbox({ seedOrders: 'demo' }, async ({ ask }) => {
      const sets = await ask<QualificationCheckSetList>('/qualification-check-sets');
      check(sets, 200, QualificationCheckSetList, 'sets');
      const set = sets.body.results[0]?.id;
      const orders = (await ask<OrderList>('/orders?limit=100')).body.results;
      const completed = orders.find((order) => order.verification_requests?.[0]?.reports?.[0]?.employee?.salary);
      const report = completed?.verification_requests?.[0]?.reports?.[0]?.id ?? '';
      const ask201 = async (more: object): Promise<QualificationCheck> => {
        const answer = await ask<QualificationCheck>('/qualification-checks', {
          method: 'POST',
          body: { qualification_check_set_id: set, property_details: { rent: '2000.00' }, ...more },
        });
        check(answer, 201, QualificationCheck, JSON.stringify(more));
        assert.deepEqual((await ask(`/qualification-checks/${answer.body.id}`)).body, answer.body);
        return answer.body;
      };
      assert.equal((await ask201({ report_ids: [report] })).result.outcome, 'qualified');
      assert.equal(
        (await ask201({ order_id: completed?.id, kind: 'guarantor', metadata: { a: 'b' } })).result.outcome,
        'qualified',
      );
      const poor = await ask201({ order_ids: [completed?.id], property_details: { rent: 50_000 } });
      assert.deepEqual(
        [poor.result.outcome, poor.property_details.rent, poor.kind],
        ['not_qualified', '50000.00', 'applicant'],
      );
      assert.deepEqual((await ask201({})).result, {
        monthly_gross_income: null,
        monthly_gross_income_fidelity: null,
        outcome: 'not_enough_information',
        rent_to_income_ratio: null,
        report_results: [],
      });
      for (const more of [
        { report_ids: ['x'] },
        { order_id: 'x' },
        { property_details: { rent: 'much' } },
        { property_details: {} },
        { qualification_check_set_id: 'x' },
      ]) {
        checkError(
          await ask('/qualification-checks', {
            method: 'POST',
            body: { qualification_check_set_id: set, property_details: { rent: '1' }, ...more },
          }),
          400,
          JSON.stringify(more),
        );
      }
    });
  });

  it('keep tenant properties', async () => {
    await withSandbox({}, async ({ ask }) => {
      const { body } = await ask<TenantProperty>('/tenant-properties', {
        method: 'POST',
        body: { name: 'Elm Court', city: 'Austin' },
      });
      assert.deepEqual([body.name, body.city, body.state, body.status], ['Elm Court', 'Austin', null, 'active']);
      const updated = await ask(`/tenant-properties/${body.id}`, { method: 'PUT', body: { name: 'Elm Towers' } });
      check(updated, 200, TenantProperty, 'update');
      assert.deepEqual((await ask(`/tenant-properties/${body.id}`)).body, { ...body, name: 'Elm Towers', city: null });
    });
  });
});
