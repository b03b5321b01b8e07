import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Employee, Report } from '../../../src/truework/schemas/report.ts';
import type { ErrorBody } from '../../../src/truework/schemas/errors.ts';
import { employerSearch, only, targetEmployer, withSandbox, type Bench } from './support.ts';

async function reportsFor({ order, ask }: Bench, ssn: string, query = '', more: object = {}): Promise<Report[]> {
  const reports = only(await order('employer-search', employerSearch(ssn, more))).reports ?? [];
  return Promise.all(reports.map(async ({ id }) => (await ask<Report>(`/reports/${id}${query}`)).body));
}

const summary = ({ employee }: Report) => {
  const {
    first_name: first,
    last_name: last,
    positions,
    status,
    status_detail: detail,
    hired_date: hired,
    termination_date: end,
    salary,
    earnings,
  } = employee as Employee;
  return [
    `${first ?? ''} ${last ?? ''}`,
    positions?.[0]?.title,
    status?.canonical_value,
    detail?.canonical_value,
    positions?.[0]?.employment_type?.canonical_value,
    hired,
    end,
    salary?.pay_rate?.amount ?? null,
    earnings?.map((year) => `${year.year ?? ''}:${year.total ?? ''}`).join(' '),
  ];
};

describe('The applicants of the test SSNs', () => {
  it('are those of Truework’s documentation', async () => {
    const table: Record<string, unknown[][]> = {
      '000-00-0000': [
        [
          'Taylor Curtis',
          'Software Engineer',
          'active',
          'full-time',
          'regular-full-time',
          '2019-01-01',
          null,
          '150000.00',
          '2022:50000.00 2021:200000.00 2020:125000.00',
        ],
      ],
      '000-00-0001': [
        [
          'Sarah Cortez',
          'Program Manager',
          'inactive',
          'inactive',
          'regular-full-time',
          '2015-05-01',
          '2022-01-01',
          null,
          '2022:15000.00 2021:145000.00 2020:115000.00',
        ],
      ],
      '000-00-0002': [
        [
          'Jerome Fischer',
          'Accountant',
          'active',
          'on-leave',
          'regular-part-time',
          '2017-02-03',
          null,
          null,
          '2022:1000.00 2021:45000.00 2020:45000.00',
        ],
      ],
      '000-00-0003': [
        [
          'Kyle Baker',
          'Product Manager',
          'active',
          'full-time',
          'regular-full-time',
          '2022-01-01',
          null,
          '120000.00',
          '2022:50000.00',
        ],
      ],
      '000-00-0004': [
        [
          'Brianna Hernandez',
          'Customer Service Representative',
          'active',
          'part-time',
          'regular-part-time',
          '2021-05-19',
          null,
          '22.50',
          '2022:9750.00 2021:18500.00',
        ],
      ],
      '000-00-0005': [
        [
          'Diane Parker',
          'Account Executive',
          'inactive',
          'inactive',
          'regular-full-time',
          '2019-03-01',
          '2020-12-28',
          null,
          '2020:96000.00 2019:78000.00',
        ],
      ],
      '000-00-0006': [
        [
          'Sam Submitted',
          'Recruiter',
          'inactive',
          'inactive',
          'regular-full-time',
          '2018-03-01',
          '2021-03-10',
          null,
          '2021:13000.00 2020:70000.00 2019:66000.00',
        ],
      ],
      '000-00-0007': [
        [
          'Sam Submitted',
          'Engineering Manager',
          'active',
          'full-time',
          'regular-full-time',
          '2022-01-01',
          null,
          '200000.00',
          '2022:150000.00',
        ],
        [
          'Sam Submitted',
          'Engineering Manager',
          'inactive',
          'inactive',
          'regular-full-time',
          '2018-03-01',
          '2021-12-01',
          null,
          '2021:185000.00 2020:150000.00',
        ],
      ],
    };
    await withSandbox({}, async (bench) => {
      for (const [ssn, people] of Object.entries(table))
        assert.deepEqual((await reportsFor(bench, ssn)).map(summary), people, ssn);
    });
  });

  it('have the submitted names if configured to, and always a masked SSN', async () => {
    await withSandbox(
      { assumptions: { reportNames: 'submitted', onLeaveStatus: 'inactive', legacySsns: true } },
      async (bench) => {
        const [report] = await reportsFor(bench, '000-10-0002');
        assert.deepEqual(
          [
            report?.employee?.first_name,
            report?.employee?.social_security_number,
            report?.employee?.status?.canonical_value,
            report?.employee?.on_leave_date,
          ],
          ['Sam', '***-**-0002', 'inactive', '2022-01-01'],
        );
      },
    );
  });
});

describe('A report', () => {
  it('has two-week paystubs during the employment, newest first', async () => {
    await withSandbox({}, async (bench) => {
      for (const [ssn, newest] of [
        ['000-00-0000', '2024-05-06'],
        ['000-00-0001', '2022-01-01'],
      ] as const) {
        const dates = (await reportsFor(bench, ssn))[0]?.paystubs?.map((paystub) => paystub.pay_date ?? '') ?? [];
        assert.equal(dates[0], newest);
        assert.equal(dates.length, 6);
        assert.deepEqual([...dates].sort().reverse(), dates);
      }
      const [first] = (await reportsFor(bench, '000-00-0003'))[0]?.paystubs ?? [];
      assert.deepEqual([first?.gross, first?.pay_period_hours], ['4615.38', '80.00']);
    });
    await withSandbox({ assumptions: { paystubs: 'none' } }, async (bench) => {
      assert.equal((await reportsFor(bench, '000-00-0000'))[0]?.paystubs, null);
    });
  });

  it('includes analytics only on request, and only for active employees', async () => {
    await withSandbox({}, async (bench) => {
      assert.equal((await reportsFor(bench, '000-00-0000'))[0]?.income_analytics, null);
      const query = '?include_income_analytics=true';
      assert.deepEqual(
        (await reportsFor(bench, '000-00-0000', query))[0]?.income_analytics?.annualized_income?.base_amount,
        { amount: '150000.00', currency: 'USD' },
      );
      assert.equal((await reportsFor(bench, '000-00-0001', query))[0]?.income_analytics, null);
    });
  });

  it('includes annotations only on request', async () => {
    await withSandbox({}, async (bench) => {
      assert.equal((await reportsFor(bench, '000-00-0000'))[0]?.annotations, null);
      const [report] = await reportsFor(bench, '000-00-0000', '?include_report_annotations=1');
      assert.equal(report?.annotations?.applicant?.employee?.positions?.[0]?.title, 'Software Engineer');
    });
  });

  it('has no pay in a verification of employment only', async () => {
    await withSandbox({}, async (bench) => {
      const [report] = await reportsFor(bench, '000-00-0000', '?include_income_analytics=true', { type: 'employment' });
      assert.deepEqual(
        [report?.employee?.salary, report?.employee?.earnings, report?.paystubs, report?.income_analytics],
        [null, null, null, null],
      );
      assert.equal(report?.employee?.positions?.length, 1);
    });
  });

  it('is reduced to the names in `fields`, with any spacing, and rejects anything but a list of names', async () => {
    await withSandbox({}, async ({ order, ask }) => {
      const id = only(await order('employer-search', employerSearch())).reports?.[0]?.id ?? '';
      const fields = async (text: string): Promise<unknown> =>
        (await ask(`/reports/${id}?fields=${encodeURIComponent(text)}`)).body;
      assert.deepEqual(await fields('id'), { id });
      assert.deepEqual(await fields(' employee ( first_name , earnings ( year ) ) , id '), {
        employee: { first_name: 'Taylor', earnings: [{ year: '2022' }, { year: '2021' }, { year: '2020' }] },
        id,
      });
      assert.deepEqual(await fields('employee(first_name),employee(last_name),nonsense,id(x)'), {
        employee: { first_name: 'Taylor', last_name: 'Curtis' },
        id,
      });
      assert.deepEqual(Object.keys((await fields('')) as object).length, 17);
      for (const text of [
        ',',
        'id,',
        'id,,id',
        'a(',
        'a)',
        'a()',
        'a(b',
        'a b',
        '(a)',
        'a(b))',
        'a;b',
        `${'a('.repeat(50)}b${')'.repeat(50)}`,
      ]) {
        const answer = await ask<ErrorBody>(`/reports/${id}?fields=${encodeURIComponent(text)}`);
        assert.equal(answer.status, 400, text);
        assert.deepEqual(Object.keys(answer.body.error.invalid_fields as object), ['fields']);
      }
    });
    await withSandbox({ assumptions: { unknownSelectorFields: 'refuse' } }, async ({ order, ask }) => {
      const id = only(await order('employer-search', employerSearch())).reports?.[0]?.id ?? '';
      assert.equal((await ask(`/reports/${id}?fields=nonsense`)).status, 400);
    });
  });

  it('exists only after its verification has completed', async () => {
    await withSandbox({}, async ({ sandbox, order, ask, get }) => {
      const first = await order('target-employer', targetEmployer());
      sandbox.advance(5000);
      const id = only(await get(first)).reports?.[0]?.id ?? '';
      assert.equal((await ask(`/reports/${id}`)).status, 200);
      // The next report's id has the next counter, but cannot be made up.
      assert.equal((await ask(`/reports/${id.slice(0, 10)}C${id.slice(11)}`)).status, 404);
      assert.equal((await ask(`/reports/${only(first).id}`)).status, 404);
      assert.equal((await ask(`/reports/${id}?include_income_analytics=maybe`)).status, 400);
    });
  });

  it('is available as a PDF, in any alphabet, unlike other resources', async () => {
    await withSandbox({ assumptions: { reportNames: 'submitted' } }, async ({ order, ask }) => {
      for (const [name, drawn] of [
        ['Žofie', '(\\216ofie '],
        ['李雷', '(?? '],
        ['🙂', '(? '],
        ['a'.repeat(3000), `(${'a'.repeat(50)}`],
        ['\u202e', '(? '],
        ['(a) \\', '(\\(a\\) \\\\ '],
      ] as const) {
        const body = employerSearch();
        const created = await order('employer-search', { ...body, target: { ...body.target, first_name: name } });
        const id = only(created).reports?.[0]?.id ?? '';
        for (const accept of ['application/pdf', 'application/pdf; version=2023-10-30']) {
          const answer = await ask(`/reports/${id}`, { headers: { accept } });
          assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/pdf']);
          assert.match(answer.text, /^%PDF-1\.\d[\s\S]*%%EOF\s*$/);
          assert.ok(answer.text.includes(drawn), drawn);
        }
        assert.equal((await ask(`/orders/${created.id}`, { headers: { accept: 'application/pdf' } })).status, 406);
      }
      assert.equal(
        (await ask<ErrorBody>('/reports/x', { headers: { accept: 'application/pdf' } })).body.error.message,
        'Not found.',
      );
    });
  });
});
