/**
 * The beta operations: rent-to-income checks of tenants, and tenant properties.
 * Source: https://www.truework.com/docs/api-reference (beta section).
 */
import {
  QualificationCheckRequest,
  TenantPropertyRequest,
  type QualificationCheck,
  type QualificationCheckReportResult,
  type QualificationCheckSet,
  type TenantProperty,
} from '../truework/schemas/beta.ts';
import { invalidAt, notFound } from './api-error.ts';
import { stateAt } from './lifecycle.ts';
import { jsonResponse, type OperationCall, type Operation } from './operation.ts';
import { visible } from './order-view.ts';
import { pageOf } from './paging.ts';
import { fixtureOf } from './applicants.ts';
import type { QualificationCheckRecord, TenantPropertyRecord } from './records.ts';
import { annualPay } from './report.ts';
import { timestamp } from './time.ts';
import { validate } from './validate.ts';
import type { World } from './world.ts';

/** Assumed: the documentation shows one name and these ratios. */
const CHECK_SETS = [
  {
    name: 'Conventional 2024',
    description: 'Rent of at most 85 % of monthly income.',
    applicant: 0.85,
    guarantor: 0.6,
    multiple: '1.50',
  },
  {
    name: 'Strict 2024',
    description: 'Rent of at most a third of monthly income.',
    applicant: 0.33,
    guarantor: 0.25,
    multiple: '3.00',
  },
] as const;

export function betaOperations(world: World): Operation[] {
  return [
    {
      id: 'create-new-qualification-check',
      method: 'POST',
      path: '/qualification-checks',
      run: async (call) => jsonResponse(checkView(world, createCheck(world, await call.body())), 201),
    },
    {
      id: 'get-one-qualification-check',
      method: 'GET',
      path: '/qualification-checks/:qualification_check_result_id',
      run: (call) => {
        const n = world.ids.read('qualificationCheck', call.param('qualification_check_result_id'));
        const check = n === undefined ? undefined : world.store.qualificationChecks[n - 1];
        if (!check) throw notFound();
        return jsonResponse(checkView(world, check));
      },
    },
    {
      id: 'get-all-qualification-check-sets',
      method: 'GET',
      path: '/qualification-check-sets',
      run: (call) => jsonResponse(pageOf(world, call.url, [...CHECK_SETS.keys()], (index) => setView(world, index))),
    },
    {
      id: 'create-new-tenant-property',
      method: 'POST',
      path: '/tenant-properties',
      run: async (call) => {
        const property: TenantPropertyRecord = {
          n: world.store.tenantProperties.length + 1,
          fields: propertyFields(validate(TenantPropertyRequest, await call.body(), world.assumptions)),
        };
        world.store.tenantProperties.push(property);
        world.store.changed();
        return jsonResponse(propertyView(world, property), 201);
      },
    },
    {
      id: 'get-all-tenant-properties',
      method: 'GET',
      path: '/tenant-properties',
      run: (call) =>
        jsonResponse(
          pageOf(world, call.url, world.store.tenantProperties, (property) => propertyView(world, property)),
        ),
    },
    {
      id: 'get-one-tenant-property',
      method: 'GET',
      path: '/tenant-properties/:tenant_property_id',
      run: (call) => jsonResponse(propertyView(world, findProperty(world, call))),
    },
    {
      id: 'update-one-tenant-property',
      method: 'PUT',
      path: '/tenant-properties/:tenant_property_id',
      run: async (call) => {
        const property = findProperty(world, call);
        property.fields = propertyFields(validate(TenantPropertyRequest, await call.body(), world.assumptions));
        world.store.changed();
        return jsonResponse(propertyView(world, property));
      },
    },
  ];
}

function findProperty(world: World, call: OperationCall): TenantPropertyRecord {
  const n = world.ids.read('tenantProperty', call.param('tenant_property_id'));
  const property = n === undefined ? undefined : world.store.tenantProperties[n - 1];
  if (!property) throw notFound();
  return property;
}

function propertyFields(request: TenantPropertyRequest): TenantPropertyRecord['fields'] {
  return {
    address_line_1: request.address_line_1 ?? null,
    address_line_2: request.address_line_2 ?? null,
    address_line_3: request.address_line_3 ?? null,
    city: request.city ?? null,
    name: request.name,
    postal_code: request.postal_code ?? null,
    state: request.state ?? null,
  };
}

function propertyView(world: World, property: TenantPropertyRecord): TenantProperty {
  return { ...property.fields, id: world.ids.make('tenantProperty', property.n), status: 'active' };
}

function setView(world: World, index: number): QualificationCheckSet {
  const set = CHECK_SETS[index] ?? CHECK_SETS[0];
  return {
    applicant_rent_to_income_ratio: set.applicant.toFixed(2),
    description: set.description,
    guarantor_rent_to_income_ratio: set.guarantor.toFixed(2),
    id: world.ids.make('qualificationCheckSet', index + 1),
    income_multiple: set.multiple,
    name: set.name,
  };
}

function createCheck(world: World, body: unknown): QualificationCheckRecord {
  const request = validate(QualificationCheckRequest, body, world.assumptions);
  const rent = Number(request.property_details.rent);
  if (String(request.property_details.rent).trim() === '' || !Number.isFinite(rent) || rent < 0) {
    throw invalidAt(['property_details', 'rent'], 'A valid number is required.');
  }
  const set = world.ids.read('qualificationCheckSet', request.qualification_check_set_id);
  if (set === undefined || set < 1 || set > CHECK_SETS.length)
    throw invalidAt(['qualification_check_set_id'], 'There is no qualification check set with this id.');

  const now = world.now();
  const reports = new Set<number>();
  const addOrder = (id: string, path: [string, ...string[]]): void => {
    const n = world.ids.read('order', id);
    const order = n === undefined ? undefined : world.store.order(n);
    if (!order) throw invalidAt(path, 'There is no order with this id.');
    for (const verification of visible(order, now)) {
      if (stateAt(verification, now) === 'completed') verification.reports.forEach((report) => reports.add(report));
    }
  };
  if (typeof request.order_id === 'string') addOrder(request.order_id, ['order_id']);
  for (const [index, id] of (request.order_ids ?? []).entries()) addOrder(id, ['order_ids', String(index)]);
  for (const [index, id] of (request.report_ids ?? []).entries()) {
    const n = world.ids.read('report', id);
    const found = n === undefined ? undefined : world.store.report(n);
    if (n === undefined || !found || stateAt(found.verification, now) !== 'completed')
      throw invalidAt(['report_ids', String(index)], 'There is no report with this id.');
    reports.add(n);
  }
  const n = world.store.qualificationChecks.length + 1;
  const check: QualificationCheckRecord = {
    n,
    created: world.stamp(n),
    kind: request.kind ?? 'applicant',
    metadata: request.metadata ?? null,
    rent: rent.toFixed(2),
    set: set - 1,
    reports: [...reports],
  };
  world.store.qualificationChecks.push(check);
  world.store.changed();
  return check;
}

function checkView(world: World, check: QualificationCheckRecord): QualificationCheck {
  const set = CHECK_SETS[check.set] ?? CHECK_SETS[0];
  const incomes = check.reports.map((report) => monthlyIncome(world, report));
  const known = incomes.filter((income) => income !== null);
  const income = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
  const ratio = income === null || income === 0 ? null : Number(check.rent) / income;
  const limit = check.kind === 'guarantor' ? set.guarantor : set.applicant;
  return {
    created: timestamp(check.created),
    id: world.ids.make('qualificationCheck', check.n),
    kind: check.kind,
    metadata: check.metadata,
    property_details: { rent: check.rent },
    qualification_check_set: {
      applicant_rent_to_income_ratio: set.applicant.toFixed(2),
      guarantor_rent_to_income_ratio: set.guarantor.toFixed(2),
      id: world.ids.make('qualificationCheckSet', check.set + 1),
      income_multiple: set.multiple,
      name: set.name,
    },
    result: {
      monthly_gross_income: income?.toFixed(2) ?? null,
      monthly_gross_income_fidelity: income === null ? null : 'source',
      outcome: ratio === null ? 'not_enough_information' : ratio <= limit ? 'qualified' : 'not_qualified',
      rent_to_income_ratio: ratio?.toFixed(2) ?? null,
      report_results: check.reports.map(
        (report, index): QualificationCheckReportResult => ({
          monthly_gross_income: incomes[index]?.toFixed(2) ?? null,
          monthly_gross_income_fidelity: incomes[index] === null ? null : 'source',
          report_id: world.ids.make('report', report),
          satisfied_document_income_requirements: null,
        }),
      ),
    },
  };
}

/** Dollars, or null if the report shows no pay. */
function monthlyIncome(world: World, report: number): number | null {
  const found = world.store.report(report);
  const employment =
    found &&
    fixtureOf(found.verification.ssn, world.assumptions)?.employments[
      found.verification.employments[found.index] ?? -1
    ];
  const annual = employment ? annualPay(employment) : null;
  return annual === null ? null : annual / 12;
}
