import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TrueworkApi } from '../../../src/truework/client.ts';
import { aPage, aReport, anOrder } from '../../support/builders/orders.ts';
import { body, clientFor, failing, KEY } from './support/clients.ts';
import { errorBody, json, startServer } from '../../support/network/server.ts';

const order = anOrder('order-1', 'processing');

describe('operations', () => {
  const cases: readonly {
    readonly name: string;
    readonly run: (api: TrueworkApi) => Promise<unknown>;
    readonly answer: unknown;
    readonly method: string;
    readonly url: string;
    readonly sent?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  }[] = [
    {
      name: 'creates a target employer order',
      run: (api) => api.createTargetEmployerOrder({ ...body.targetEmployer }),
      answer: order,
      method: 'POST',
      url: '/orders/target-employer',
      sent: body.targetEmployer,
    },
    {
      name: 'creates an employer search order',
      run: (api) => api.createEmployerSearchOrder({ ...body.employerSearch }),
      answer: order,
      method: 'POST',
      url: '/orders/employer-search',
      sent: body.employerSearch,
    },
    {
      name: 'creates a Truework Direct order',
      run: (api) => api.createTrueworkDirectOrder({ targets: [...body.trueworkDirect.targets] }),
      answer: order,
      method: 'POST',
      url: '/orders/truework-direct',
      sent: body.trueworkDirect,
    },
    {
      name: 'gets an order',
      run: (api) => api.getOrder('order-1'),
      answer: order,
      method: 'GET',
      url: '/orders/order-1',
    },
    { name: 'lists orders', run: (api) => api.listOrders(), answer: aPage([order]), method: 'GET', url: '/orders' },
    {
      name: 'lists orders with a filter',
      run: (api) => api.listOrders({ limit: 5, offset: 10, searchKey: 'a&b=c' }),
      answer: aPage([order]),
      method: 'GET',
      url: '/orders?limit=5&offset=10&search_key=a%26b%3Dc',
    },
    {
      name: 'cancels an order',
      run: (api) => api.cancelOrder('order-1', { cancellation_reason: 'wrong-info', cancellation_details: '' }),
      answer: { id: 'order-1', loan_id: null, verification_requests: [] },
      method: 'PUT',
      url: '/orders/order-1/cancel',
      sent: { cancellation_reason: 'wrong-info', cancellation_details: '' },
    },
    {
      name: 'gets a report',
      run: (api) => api.getReport('report-1', { includeIncomeAnalytics: true, includeReportAnnotations: false }),
      answer: aReport(),
      method: 'GET',
      url: '/reports/report-1?include_income_analytics=true&include_report_annotations=false',
    },
    {
      name: 'gets events',
      run: (api) => api.getOrderEvents('order-1', { limit: 3 }),
      answer: { count: 0, next: null, previous: null, results: [] },
      method: 'GET',
      url: '/orders/order-1/events?limit=3',
    },
    {
      name: 'reverifies',
      run: (api) => api.reverify({ report_id: 'report-1' }, { sync: 'sync' }),
      answer: order,
      method: 'POST',
      url: '/orders/reverification',
      sent: { report_id: 'report-1' },
      headers: { 'request-sync': 'sync' },
    },
  ];
  for (const { name, run, answer, method, url, sent, headers } of cases) {
    it(name, async () => {
      const server = await startServer(json(answer, method === 'POST' ? 201 : 200));
      assert.deepEqual(await run(clientFor(server.url)), answer);
      assert.equal(server.received.length, 1);
      const [received] = server.received;
      assert.equal(received?.method, method);
      assert.equal(received.url, url);
      assert.deepEqual(received.body === '' ? undefined : JSON.parse(received.body), sent);
      assert.equal(received.headers.authorization, `Bearer ${KEY.reveal()}`);
      assert.equal(received.headers.accept, 'application/json; version=2023-10-30');
      assert.equal(received.headers['content-type'], sent === undefined ? undefined : 'application/json');
      assert.ok(received.headers['user-agent']);
      for (const [header, value] of Object.entries(headers ?? {})) assert.equal(received.headers[header], value);
    });
  }

  it('sends no Request-Sync header if nothing was chosen', async () => {
    const server = await startServer(json(order, 201));
    await clientFor(server.url).reverify({ report_id: 'report-1' });
    assert.equal(server.received[0]?.headers['request-sync'], undefined);
  });

  it('reads the key for every request', async () => {
    const server = await startServer(json(order));
    let reads = 0;
    const api = clientFor(server.url, {
      key: () => {
        reads += 1;
        return Promise.resolve(KEY);
      },
    });
    await api.getOrder('a');
    await api.getOrder('b');
    assert.equal(reads, 2);
  });

  it('reports each exchange to an observer, without its query', async () => {
    const server = await startServer(json(aPage([order])));
    const seen: unknown[] = [];
    await clientFor(server.url, {
      observe: ({ method, path, status, attempt }) => seen.push({ method, path, status, attempt }),
    }).listOrders({ searchKey: 'private' });
    assert.deepEqual(seen, [{ method: 'GET', path: '/orders', status: 200, attempt: 1 }]);
  });

  it('sends no request that does not match its schema, and names the field', async () => {
    const server = await startServer(json(order, 201));
    const { target } = body.targetEmployer;
    const wrong = {
      ...body.targetEmployer,
      target: { ...target, first_name: undefined, social_security_number: 123_456_789 },
    };
    const error = await failing(clientFor(server.url).createTargetEmployerOrder(wrong as never));
    assert.equal(error.kind, 'validation');
    assert.equal(error.requestMayHaveBeenDone, false);
    assert.deepEqual(
      error.fields?.map(({ path }) => path),
      ['target.first_name', 'target.social_security_number'],
    );
    assert.ok(!JSON.stringify(error).includes('123456789'));
    assert.equal(server.received.length, 0);
  });
});

describe('report as PDF', () => {
  const pdf = Buffer.from('%PDF-1.7\n\u0000\u00ff', 'latin1');

  it('is returned byte for byte', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/pdf' }).end(pdf);
    });
    assert.deepEqual(Buffer.from(await clientFor(server.url).getReportPdf('report-1')), pdf);
    assert.equal(server.received[0]?.headers.accept, 'application/pdf; version=2023-10-30');
  });

  for (const [what, type, content] of [
    ['another type', 'text/html', pdf],
    ['no type', undefined, pdf],
    ['another content', 'application/pdf', '<html>'],
    ['nothing', 'application/pdf', ''],
  ] as const) {
    it(`is rejected with ${what}`, async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(content);
      });
      assert.equal((await failing(clientFor(server.url).getReportPdf('report-1'))).kind, 'unexpected-body');
    });
  }
});

describe('answers', () => {
  it('keep unknown fields and values', async () => {
    const newer = { ...anOrder('order-1', 'on-hold'), branch_id: 'b', submitting_party: { name: 'x' } };
    const server = await startServer(json(newer));
    assert.deepEqual(await clientFor(server.url).getOrder('order-1'), newer);
  });

  const [verification] = order.verification_requests ?? [];
  assert.ok(verification);
  const { id: _id, ...withoutId } = order;
  for (const [what, wrong, path, expected] of [
    ['a missing field', withoutId, 'id', 'there'],
    [
      'a field of another type',
      { ...order, verification_requests: [{ ...verification, state: 'processing' }] },
      'verification_requests[0].state',
      'an object',
    ],
    [
      'a field deep inside',
      { ...order, verification_requests: [{ ...verification, target: { ...verification.target, first_name: 7 } }] },
      'verification_requests[0].target.first_name',
      'string',
    ],
    ['a text instead', 'order', '$', 'an object'],
    ['null', null, '$', 'an object'],
  ] as const) {
    it(`are rejected with the path of ${what}`, async () => {
      const server = await startServer(json(wrong));
      const error = await failing(clientFor(server.url).getOrder('order-1'));
      assert.deepEqual([error.kind, error.path, error.expected], ['unexpected-body', path, expected]);
      assert.ok(error.message.includes(path), error.message);
    });
  }

  for (const [what, content] of [
    ['no JSON', '<html>hello</html>'],
    ['nothing', ''],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ] as const) {
    it(`are an unexpected body if they contain ${what}`, async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(201).end(content);
      });
      const error = await failing(clientFor(server.url).createTargetEmployerOrder({ ...body.targetEmployer }));
      assert.deepEqual([error.kind, error.path, error.expected], ['unexpected-body', '$', 'JSON']);
      assert.equal(error.requestMayHaveBeenDone, true, 'an order was created, whatever the answer holds');
    });
  }
});

describe('error responses', () => {
  for (const [status, kind] of [
    [400, 'validation'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [405, 'rejected'],
    [406, 'version'],
    [409, 'rejected'],
    [422, 'validation'],
    [429, 'rate-limited'],
    [451, 'frozen-ssn'],
    [500, 'server'],
    [501, 'server'],
    [503, 'server'],
  ] as const) {
    it(`${status} is ${kind}`, async () => {
      const server = await startServer(json(errorBody('Truework says why.'), status));
      const error = await failing(clientFor(server.url).createTargetEmployerOrder({ ...body.targetEmployer }));
      assert.deepEqual([error.kind, error.status, error.detail], [kind, status, 'Truework says why.']);
      assert.equal(error.requestMayHaveBeenDone, status === 500 || status === 503);
      assert.match(error.message, /^[A-Z].*\.$/);
      assert.equal(server.received.length, 1, 'a create is sent once');
    });
  }

  it('contain field problems with their paths', async () => {
    const invalid = {
      type: ['This field is required.'],
      target: { company: { name: ['Blank.', 'Short.'] } },
      targets: [{ ssn: ['Bad.'] }],
      odd: 3,
      text: 'So.',
    };
    const server = await startServer(
      json(errorBody('Invalid field values provided', { invalid_fields: invalid }), 400),
    );
    const error = await failing(clientFor(server.url).getOrder('order-1'));
    assert.deepEqual(error.fields, [
      { path: 'type', message: 'This field is required.' },
      { path: 'target.company.name', message: 'Blank.' },
      { path: 'target.company.name', message: 'Short.' },
      { path: 'targets[0].ssn', message: 'Bad.' },
      { path: 'text', message: 'So.' },
    ]);
  });

  for (const [what, content] of [
    ['HTML', '<h1>Bad gateway</h1>'],
    ['nothing', ''],
    ['another form', '{"error":"no"}'],
    ['null', 'null'],
    ['a text', '"x"'],
  ] as const) {
    it(`with ${what} have the kind of their status`, async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(403).end(content);
      });
      const error = await failing(clientFor(server.url).getOrder('order-1'));
      assert.deepEqual([error.kind, error.detail], ['forbidden', undefined]);
    });
  }
});

describe('ids', () => {
  for (const [what, id] of Object.entries({
    nothing: '',
    'one dot': '.',
    'two dots': '..',
    'a line break': 'a\nb',
    NUL: 'a\u0000b',
    'a C1 control': 'a\u0085',
    '256 characters': 'a'.repeat(256),
    'half a surrogate': '\ud800',
    'a number': 5,
    undefined: undefined,
  })) {
    it(`are rejected before anything is sent if they contain ${what}`, async () => {
      const server = await startServer(json(order));
      const api = clientFor(server.url);
      const wrong = id as string;
      for (const work of [
        api.getOrder(wrong),
        api.getReport(wrong),
        api.getReportPdf(wrong),
        api.getOrderEvents(wrong),
        api.cancelOrder(wrong, { cancellation_reason: 'other' }),
      ]) {
        assert.equal((await failing(work)).kind, 'invalid-id');
      }
      assert.equal(server.received.length, 0);
    });
  }

  for (const id of [
    '../orders',
    'a/b',
    'a?x=1',
    'a#b',
    'a%2Fb',
    '%2e%2e',
    '..\\..',
    'a b',
    '//evil.example',
    '@evil.example',
    'a'.repeat(255),
    'Ünï✓',
    'AAAAAAAAAKsAAYJIcQvm1nwU0xBbfC1Yh4qyqjvLhwt1B9gRmTCHCyW6',
  ]) {
    it(`stay one path segment: ${JSON.stringify(id.slice(0, 20))}`, async () => {
      const server = await startServer(json(order));
      await clientFor(server.url).getOrder(id);
      const [, orders, segment, ...rest] = (server.received[0]?.url ?? '').split('/');
      assert.deepEqual([orders, decodeURIComponent(segment ?? ''), rest], ['orders', id, []]);
      assert.doesNotMatch(segment ?? '', /[?#]/);
    });
  }
});

describe('pages', () => {
  it('are requested one at a time, as they are consumed', async () => {
    const server = await startServer();
    server.answer = (request, response, index) => {
      const next = index === 2 ? null : `${server.url}/orders?limit=1&offset=${index + 1}&search_key=k`;
      json(aPage([anOrder(`order-${index}`, 'processing')], 3, next))(request, response, index);
    };
    const ids: string[] = [];
    for await (const page of clientFor(server.url).orderPages({ limit: 1, searchKey: 'k' })) {
      ids.push(...page.results.map(({ id }) => id));
      assert.equal(server.received.length, ids.length, 'no page was asked for ahead of time');
    }
    assert.deepEqual(ids, ['order-0', 'order-1', 'order-2']);
    assert.equal(server.received[2]?.url, '/orders?limit=1&offset=2&search_key=k');
  });

  it('never lead to another origin', async () => {
    const elsewhere = await startServer(json(aPage([])));
    const server = await startServer();
    for (const next of [
      `${elsewhere.url}/orders?offset=1`,
      'https://api.truework.com/orders?offset=1',
      `http://127.0.0.1:${server.port}@evil.example/orders`,
      `http://user:pass@127.0.0.1:${server.port}/orders`,
      `https://127.0.0.1:${server.port}/orders`,
      `http://localhost:${server.port}/orders`,
      '//evil.example/orders',
      '/orders?offset=1',
      'javascript:alert(1)',
      '',
      'not a link',
    ]) {
      server.answer = json(aPage([order], 2, next));
      server.received.length = 0;
      const pages: unknown[] = [];
      const error = await failing(
        (async () => {
          for await (const page of clientFor(server.url).orderPages()) pages.push(page);
        })(),
      );
      assert.deepEqual([error.kind, error.path], ['unexpected-body', 'next'], next);
      assert.equal(pages.length, 1);
      assert.equal(server.received.length, 1);
    }
    assert.equal(elsewhere.received.length, 0);
  });

  it('never lead to another host by a path that looks like one', async () => {
    const elsewhere = await startServer(json(aPage([])));
    const server = await startServer();
    for (const path of [
      `//a//127.0.0.1:${elsewhere.port}/orders`,
      `//127.0.0.1:${elsewhere.port}//127.0.0.1:${elsewhere.port}/orders`,
      '//a//evil.example/',
      '//a/\\\\evil.example/orders',
    ]) {
      server.answer = json(aPage([order], 2, server.url + path));
      server.received.length = 0;
      const error = await failing(
        (async () => {
          for await (const page of clientFor(server.url).orderPages()) assert.ok(page);
        })(),
      );
      assert.equal(error.kind, 'wrong-host', path);
      assert.equal(server.received.length, 1);
    }
    assert.equal(elsewhere.received.length, 0);
  });

  it('end when they lead back to an earlier one', async () => {
    const server = await startServer();
    server.answer = json(aPage([order], 2, `${server.url}/orders?offset=1`));
    const error = await failing(
      (async () => {
        for await (const page of clientFor(server.url).orderPages()) assert.ok(page);
      })(),
    );
    assert.deepEqual([error.kind, error.path], ['unexpected-body', 'next']);
    assert.equal(server.received.length, 2);
  });
});
