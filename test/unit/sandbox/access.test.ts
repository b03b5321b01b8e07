import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { readSecretKey } from '../../../src/truework/keys.ts';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import type { ErrorBody } from '../../../src/truework/schemas/errors.ts';
import { employerSearch, rawRequest, targetEmployer, withSandbox } from './support.ts';

describe('Access to the sandbox', () => {
  it('requires a new random sandbox key in each run', async () => {
    await withSandbox({}, async ({ sandbox }) => {
      assert.deepEqual(readSecretKey(sandbox.apiKey), { ok: true, environment: 'sandbox' });
      assert.match(sandbox.apiKey, /^tw_sk_test_[0-9a-f]{40}$/);
      assert.match(sandbox.publishableKey, /^tw_pk_test_[A-Za-z0-9_-]{43}$/);
      assert.match(sandbox.webhookToken, /^[A-Za-z0-9_-]{86}$/);
      await withSandbox({}, ({ sandbox: other }) => {
        assert.notEqual(other.apiKey, sandbox.apiKey);
        assert.notEqual(other.webhookToken, sandbox.webhookToken);
        assert.notEqual(other.publishableKey, sandbox.publishableKey);
        return Promise.resolve();
      });
    });
  });

  it('accepts a sandbox key, and rejects a production key without repeating it', async () => {
    const sandboxKey = `tw_sk_test_${'0'.repeat(40)}`;
    await withSandbox({ apiKey: sandboxKey }, async ({ sandbox, ask }) => {
      assert.equal(sandbox.apiKey, sandboxKey);
      assert.equal((await ask('/orders')).status, 200);
    });
    const productionKey = `tw_sk_${'0'.repeat(40)}`;
    await assert.rejects(
      startSandbox({ apiKey: productionKey }),
      (error: Error) => !error.message.includes(productionKey),
    );
  });

  it('answers every request without the key with the same 401', async () => {
    await withSandbox({ seedOrders: 'demo', controlRoute: true }, async ({ sandbox, ask }) => {
      const asks: [string, string, Record<string, string>][] = [
        ['GET', '/orders', {}],
        ['GET', '/nowhere', {}],
        ['DELETE', '/orders', {}],
        ['POST', '/orders/target-employer', { 'content-type': 'text/plain' }],
        ['GET', '/orders', { accept: 'text/html' }],
        ['GET', '/control/faults', {}],
        ['PUT', '/orders/x/cancel', {}],
        ['OPTIONS', '/orders', {}],
        ['GET', '/%ff%', {}],
        ['GET', '/orders?limit=x', {}],
      ];
      for (const [method, path, headers] of asks) {
        const answer = await rawRequest(sandbox, { method, path, headers });
        assert.deepEqual(
          [answer.status, answer.text],
          [401, '{"error":{"message":"Authentication credentials were not provided."}}'],
          `${method} ${path}`,
        );
      }
      for (const authorization of [
        `Bearer ${sandbox.apiKey.slice(0, -1)}`,
        `Bearer ${sandbox.publishableKey}`,
        'Bearer x',
      ]) {
        const answer = await ask<ErrorBody>('/nowhere', { headers: { authorization } });
        assert.deepEqual([answer.status, answer.body], [401, { error: { message: 'Invalid token.' } }]);
        assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
      }
      for (const authorization of [sandbox.apiKey, `Token ${sandbox.apiKey}`, 'Bearer']) {
        assert.equal((await ask('/orders', { headers: { authorization } })).status, 401);
      }
    });
  });

  it('rejects another host name, even with the key', async () => {
    await withSandbox({}, async ({ sandbox }) => {
      const authorization = `Bearer ${sandbox.apiKey}`;
      for (const host of [
        'evil.example',
        `evil.example:${sandbox.port}`,
        `127.0.0.1:${sandbox.port}.evil.example`,
        `localhost:${sandbox.port}0`,
        '127.0.0.1:1',
        '127.0.0.1',
      ]) {
        const { status } = await rawRequest(sandbox, { headers: { host, authorization } });
        assert.equal(status, 403, `host ${host}`);
      }
      for (const host of [`127.0.0.1:${sandbox.port}`, `localhost:${sandbox.port}`, `LOCALHOST:${sandbox.port}`]) {
        assert.equal((await rawRequest(sandbox, { headers: { host, authorization } })).status, 200);
      }
      assert.equal(
        (await rawRequest(sandbox, { path: 'http://evil.example/orders', headers: { authorization } })).status,
        403,
      );
    });
  });

  it('listens on the loopback interface only', async (context) => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4');
    if (!outside) {
      context.skip('this machine has no other address');
      return;
    }
    await withSandbox({}, async ({ sandbox }) => {
      const connected = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: outside.address, port: sandbox.port, timeout: 2000 });
        socket.once('connect', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', () => {
          resolve(false);
        });
        socket.once('timeout', () => {
          socket.destroy();
          resolve(false);
        });
      });
      assert.equal(connected, false);
    });
  });

  it('reports that the port is in use', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => {
        const address = blocker.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    await assert.rejects(startSandbox({ port }), /in use/);
    await new Promise((resolve) => {
      blocker.close(resolve);
    });
  });
});

describe('Requests to the sandbox', () => {
  it('reach the control route only when it is turned on', async () => {
    await withSandbox({}, async ({ ask }) => {
      for (const [method, path] of [
        ['GET', '/control/faults'],
        ['GET', '/control/webhooks'],
        ['POST', '/control/advance'],
        ['POST', '/control/webhooks'],
      ] as const) {
        assert.equal(
          (await ask(path, { method, ...(method === 'POST' && { body: {} }) })).status,
          404,
          `${method} ${path}`,
        );
      }
    });
  });

  it('get 404 for an unknown path and 405, with Allow, for an unknown method', async () => {
    await withSandbox({}, async ({ ask }) => {
      assert.deepEqual((await ask('/nowhere')).body, { error: { message: 'Not found.' } });
      assert.equal((await ask('/companies')).status, 404);
      const answer = await ask('/orders', { method: 'DELETE' });
      assert.deepEqual(
        [answer.status, answer.body, answer.headers.get('allow')],
        [405, { error: { message: 'Method "DELETE" not allowed.' } }, 'GET, HEAD'],
      );
      assert.equal((await ask('/orders/target-employer')).status, 405);
      assert.equal((await ask('/orders/x/cancel', { method: 'POST', body: {} })).status, 405);
      assert.equal((await ask('/control/faults')).status, 404, 'no control route unless asked for');
    });
  });

  it('may end in a slash and may be HEAD', async () => {
    await withSandbox({}, async ({ ask }) => {
      assert.equal((await ask('/orders/')).status, 200);
      assert.equal((await ask('/orders/employer-search/', { method: 'POST', body: employerSearch() })).status, 201);
      const head = await ask('/orders', { method: 'HEAD' });
      assert.deepEqual([head.status, head.text], [200, '']);
    });
  });

  it('must accept the API version of the key', async () => {
    const cases: [string, number][] = [
      ['application/json', 200],
      ['application/json; version=2023-10-30', 200],
      ['application/json;version="2023-10-30"', 200],
      ['*/*', 200],
      ['application/*', 200],
      ['text/html, application/json;q=0.5', 200],
      ['application/json; version=2022-08-01', 406],
      ['application/json; version=2099-01-01', 406],
      ['application/json; version=x', 406],
      ['text/html', 406],
      ['application/pdf', 406],
      ['application/json;q=0', 406],
    ];
    await withSandbox({}, async ({ ask }) => {
      for (const [accept, status] of cases)
        assert.equal((await ask('/orders', { headers: { accept } })).status, status, accept);
      assert.deepEqual((await ask('/orders', { headers: { accept: 'application/json; version=2020-12-07' } })).body, {
        error: { message: 'Invalid version in "Accept" header.' },
      });
    });
  });

  it('must be JSON: other media types get 415, invalid JSON gets 400 and is never quoted', async () => {
    await withSandbox({}, async ({ ask }) => {
      const path = '/orders/target-employer';
      const form = await ask(path, {
        method: 'POST',
        text: 'a=b',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      assert.deepEqual(
        [form.status, form.body],
        [415, { error: { message: 'Unsupported media type "application/x-www-form-urlencoded" in request.' } }],
      );
      for (const text of ['{', '{"target": 000-00-0000}', '{"a":1}}', 'undefined']) {
        const answer = await ask<ErrorBody>(path, { method: 'POST', text });
        assert.equal(answer.status, 400);
        assert.match(answer.body.error.message, /^JSON parse error - /);
        assert.doesNotMatch(answer.text, /000-00/);
      }
      assert.equal(
        (
          await ask(path, {
            method: 'POST',
            body: targetEmployer(),
            headers: { 'content-type': 'application/json; charset=utf-8' },
          })
        ).status,
        201,
      );
    });
  });

  it('are limited per second, with the time to wait in the response', async () => {
    await withSandbox({ rateLimit: 3 }, async ({ ask }) => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => ask<ErrorBody>('/orders')));
      const limited = answers.filter(({ status }) => status === 429);
      assert.equal(limited.length, 3);
      for (const answer of limited) {
        assert.match(answer.body.error.message, /^Request was throttled\./);
        assert.equal(answer.headers.get('retry-after'), '1');
      }
    });
  });
});

describe('The validation of a body', () => {
  const invalidFields = async (path: string, body: unknown): Promise<unknown> => {
    let fields: unknown;
    await withSandbox({}, async ({ ask }) => {
      const answer = await ask<ErrorBody>(path, { method: 'POST', body });
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error.message, 'Invalid field values provided');
      fields = answer.body.error.invalid_fields;
    });
    return fields;
  };

  it('names each field by its path', async () => {
    assert.deepEqual(await invalidFields('/orders/target-employer', {}), {
      permissible_purpose: ['This field is required.'],
      target: ['This field is required.'],
      type: ['This field is required.'],
      use_case: ['This field is required.'],
    });
    assert.deepEqual(
      await invalidFields(
        '/orders/target-employer',
        targetEmployer('000-00-0000', {
          use_case: 'fun',
          type: null,
          loan_id: 5,
          metadata: { a: 1 },
          target: {
            company: {},
            first_name: [],
            last_name: 'x',
            social_security_number: '000-00-0000',
            date_of_birth: '2023-02-31',
          },
        }),
      ),
      {
        use_case: ['"fun" is not a valid choice.'],
        type: ['This field may not be null.'],
        loan_id: ['Not a valid string.'],
        metadata: { a: ['Not a valid string.'] },
        target: { company: { name: ['This field is required.'] }, first_name: ['Not a valid string.'] },
      },
    );
    assert.deepEqual(
      await invalidFields('/orders/truework-direct', { targets: [{}, 'x'] }).then((fields) =>
        Object.keys((fields as { targets: object }).targets),
      ),
      ['0', '1'],
    );
    assert.deepEqual(await invalidFields('/orders/truework-direct', []), {
      non_field_errors: ['Invalid data. Expected a dictionary, but got list.'],
    });
    assert.deepEqual(
      await invalidFields(
        '/orders/target-employer',
        targetEmployer('000-00-0000', { metadata: [], request_config: [] }),
      ),
      {
        metadata: ['Invalid data. Expected a dictionary, but got list.'],
        request_config: ['Invalid data. Expected a dictionary, but got list.'],
      },
    );
  });

  it('rejects SSNs that are not test SSNs, and dates that do not exist', async () => {
    for (const ssn of ['123-45-6789', '999-40-5000', '000-10-0000', '000000008', '00-00-0000', '']) {
      const fields = (await invalidFields('/orders/target-employer', targetEmployer(ssn))) as {
        target: Record<string, string[]>;
      };
      assert.deepEqual(Object.keys(fields.target), ['social_security_number']);
      assert.ok(ssn === '' || !JSON.stringify(fields).includes(ssn), 'the number is not repeated');
    }
    const target = { ...employerSearch().target, date_of_birth: '2023-02-31' };
    assert.match(
      JSON.stringify(await invalidFields('/orders/employer-search', { ...employerSearch(), target })),
      /"date_of_birth":\["Date has wrong format/,
    );
  });

  it('drops unknown keys, or rejects them if configured to', async () => {
    const body = targetEmployer('000-00-0000', {
      color: 'blue',
      target: { ...targetEmployer().target, shoe_size: 42 },
    });
    await withSandbox({}, async ({ order }) => {
      const created = await order('target-employer', body);
      assert.doesNotMatch(JSON.stringify(created), /color|shoe_size/);
    });
    await withSandbox({ assumptions: { unknownRequestFields: 'refuse' } }, async ({ ask }) => {
      const answer = await ask<ErrorBody>('/orders/target-employer', { method: 'POST', body });
      assert.deepEqual(answer.body.error.invalid_fields, {
        color: ['This field is not known.'],
        target: { shoe_size: ['This field is not known.'] },
      });
    });
  });
});
