import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { after, describe, it } from 'node:test';
import { anOrder } from '../../../support/builders/orders.ts';
import { body, clientFor, failing, KEY, transports } from '../support/clients.ts';
import { largeBody } from '../../../support/network/large-body.ts';
import { freePort, inTurn, json, startServer, type Answer } from '../../../support/network/server.ts';

const order = anOrder('order-1', 'processing');
const hangUp: Answer = (_request, response) => {
  response.destroy();
};

for (const [name, transport] of Object.entries(transports)) {
  describe(`exchanges over ${name}`, () => {
    const create = (url: string, timeouts = {}, signal?: AbortSignal) =>
      failing(
        clientFor(url, { transport: transport(timeouts) }).createTargetEmployerOrder(
          { ...body.targetEmployer },
          { ...(signal && { signal }) },
        ),
      );
    const read = (url: string, timeouts = {}, signal?: AbortSignal) =>
      failing(
        clientFor(url, { transport: transport(timeouts), retries: { max: 0 } }).getOrder('order-1', {
          ...(signal && { signal }),
        }),
      );

    for (const status of [301, 302, 303, 307, 308]) {
      it(`reject a redirect (${status}) and do not send the key along`, async () => {
        const elsewhere = await startServer(json(order));
        const server = await startServer((_request, response) => {
          response.writeHead(status, { location: `${elsewhere.url}/orders/order-1` }).end();
        });
        assert.equal((await read(server.url)).kind, 'redirect');
        const error = await create(server.url);
        assert.equal(error.kind, 'redirect');
        assert.equal(error.requestMayHaveBeenDone, true);
        assert.equal(elsewhere.received.length, 0);
      });
    }

    it('report a refused connection, and that nothing was done', async () => {
      const error = await create(`http://127.0.0.1:${await freePort()}`);
      assert.deepEqual([error.kind, error.code, error.requestMayHaveBeenDone], ['network', 'ECONNREFUSED', false]);
    });

    it('report a connection that breaks before the response, and that the request may have been carried out', async () => {
      const server = await startServer(hangUp);
      const error = await create(server.url);
      assert.deepEqual([error.kind, error.requestMayHaveBeenDone], ['network', true]);
      assert.equal(server.received.length, 1, 'a create is sent once');
    });

    it('report a truncated response', async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(201, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"id":', () => {
          response.destroy();
        });
      });
      const error = await create(server.url);
      assert.deepEqual([error.kind, error.requestMayHaveBeenDone], ['network', true]);
      assert.equal((await read(server.url)).requestMayHaveBeenDone, false, 'reading changes nothing');
    });

    it('report a response that is not HTTP', async () => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.end('SSH-2.0-nothing\r\n');
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      after(() => server.close());
      const address = server.address();
      assert.ok(typeof address === 'object' && address);
      assert.equal((await read(`http://127.0.0.1:${address.port}`)).kind, 'network');
    });

    it('give up when the response does not begin', { timeout: 15_000 }, async () => {
      const server = await startServer(() => undefined);
      const error = await create(server.url, { headers: 50, connect: 50 });
      assert.deepEqual([error.kind, error.requestMayHaveBeenDone], ['timeout', true]);
    });

    it('wait longer for synchronous operations', async () => {
      const server = await startServer((request, response, index) =>
        setTimeout(() => {
          json(order, 201)(request, response, index);
        }, 1500),
      );
      const api = clientFor(server.url, { transport: transport({ headers: 50, connect: 50 }) });
      assert.equal((await api.createEmployerSearchOrder({ ...body.employerSearch })).id, 'order-1');
    });

    it('give up when the response stops', { timeout: 15_000 }, async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{');
      });
      assert.equal((await read(server.url, { body: 50, wholeBody: 60_000 })).kind, 'timeout');
    });

    it('give up when the response never ends', { timeout: 15_000 }, async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 10);
        response.on('close', () => {
          clearInterval(drip);
        });
      });
      assert.equal((await read(server.url, { wholeBody: 100 })).kind, 'timeout');
    });

    for (const [how, headers] of [
      ['announced', { 'content-length': String(21 << 20) }],
      ['unannounced', {}],
    ] as const) {
      it(`end a response that is too large, ${how}`, async () => {
        let written = 0;
        const server = await startServer((_request, response) => {
          response.on('error', () => undefined);
          response.writeHead(200, { 'content-type': 'application/json', ...headers });
          largeBody(64, () => {
            written += 1;
          }).pipe(response);
        });
        assert.equal((await read(server.url)).kind, 'too-large');
        assert.ok(written < 64, 'the rest was not read');
      });
    }

    it('end a response that announces too much before any of it arrives', { timeout: 15_000 }, async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(200, { 'content-length': String(21 << 20) }).flushHeaders();
      });
      assert.equal((await read(server.url, { body: 60_000, wholeBody: 60_000 })).kind, 'too-large');
    });

    it('end immediately when canceled before they begin', async () => {
      const server = await startServer(json(order, 201));
      const error = await create(server.url, {}, AbortSignal.abort());
      assert.deepEqual([error.kind, error.requestMayHaveBeenDone], ['canceled', false]);
      assert.equal(server.received.length, 0);
    });

    it('end immediately when canceled while waiting for the response', async () => {
      const abort = new AbortController();
      const server = await startServer(() => {
        abort.abort();
      });
      const error = await create(server.url, {}, abort.signal);
      assert.deepEqual([error.kind, error.requestMayHaveBeenDone], ['canceled', true]);
    });

    it('end immediately when canceled while the response arrives', async () => {
      const abort = new AbortController();
      const server = await startServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{', () =>
          setTimeout(() => {
            abort.abort();
          }, 20),
        );
      });
      assert.equal((await read(server.url, {}, abort.signal)).kind, 'canceled');
    });

    it('end when the client is closed, and nothing starts afterwards', async () => {
      const server = await startServer(() => {
        void api.close();
      });
      const api = clientFor(server.url, { transport: transport() });
      assert.equal((await failing(api.getOrder('order-1'))).kind, 'canceled');
      assert.equal((await failing(api.getOrder('order-1'))).kind, 'canceled');
      assert.equal(server.received.length, 1);
    });

    it('do not begin on a transport that is closed', async () => {
      const server = await startServer(json(order));
      const closed = transport();
      await closed.close();
      const error = await failing(
        closed.send({ method: 'GET', url: new URL(server.url), headers: {}, maxBytes: 1000 }),
      );
      assert.equal(error.kind, 'canceled');
      assert.equal(server.received.length, 0);
    });

    it('reuse connections', async () => {
      const ports = new Set<number | undefined>();
      const server = await startServer();
      server.answer = (request, response, index) => {
        ports.add(response.socket?.remotePort);
        json(order)(request, response, index);
      };
      const api = clientFor(server.url, { transport: transport() });
      for (let n = 0; n < 10; n += 1) await api.getOrder('order-1');
      // The first connection may still be finishing its first response when the second request is sent.
      assert.ok(ports.size <= 2, `${ports.size} connections`);
    });

    it('do not affect the global fetch', async () => {
      const dispatcher = Symbol.for('undici.globalDispatcher.1');
      Reflect.get(globalThis, 'Headers');
      const before: unknown = Reflect.get(globalThis, dispatcher);
      const server = await startServer(json(order));
      await clientFor(server.url, { transport: transport() }).getOrder('order-1');
      assert.equal(Reflect.get(globalThis, dispatcher), before);
    });
  });
}

it('a POST is known not to be carried out if it never was connected', async () => {
  // Never accepts TLS: the connection stands, the secure one does not.
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  const abort = new AbortController();
  server.once('connection', () => {
    abort.abort();
  });
  const error = await failing(
    transports.undici().send({
      method: 'POST',
      url: new URL(`https://127.0.0.1:${address.port}/`),
      headers: {},
      body: '{}',
      maxBytes: 10,
      signal: abort.signal,
    }),
  );
  assert.deepEqual([error.kind, error.requestMayHaveBeenDone], ['canceled', false]);
});

describe('retries', () => {
  for (const status of [429, 502, 503, 504]) {
    it(`repeat a GET after ${status}`, async () => {
      const server = await startServer(inTurn(json({}, status), json({}, status), json(order)));
      assert.equal((await clientFor(server.url).getOrder('order-1')).id, 'order-1');
      assert.equal(server.received.length, 3);
    });
  }

  it('repeat a GET after the connection broke', async () => {
    const server = await startServer(inTurn(hangUp, json(order)));
    assert.equal((await clientFor(server.url).getOrder('order-1')).id, 'order-1');
    assert.equal(server.received.length, 2);
  });

  it('give up after the third attempt, each one reported to the observer', async () => {
    const server = await startServer(json({}, 503));
    const attempts: number[] = [];
    const error = await failing(
      clientFor(server.url, { observe: ({ attempt }) => attempts.push(attempt) }).getOrder('order-1'),
    );
    assert.deepEqual([error.kind, error.status], ['server', 503]);
    assert.deepEqual(attempts, [1, 2, 3]);
  });

  for (const status of [400, 401, 403, 404, 406, 451, 500, 501]) {
    it(`do not repeat a GET after ${status}`, async () => {
      const server = await startServer(json({}, status));
      await failing(clientFor(server.url).getOrder('order-1'));
      assert.equal(server.received.length, 1);
    });
  }

  for (const answer of [json({}, 429, { 'retry-after': '0' }), json({}, 503), json({}, 502), hangUp]) {
    it('never repeat a POST or PUT', async () => {
      const server = await startServer(answer);
      const api = clientFor(server.url);
      await failing(api.createTargetEmployerOrder({ ...body.targetEmployer }));
      await failing(api.createEmployerSearchOrder({ ...body.employerSearch }));
      await failing(api.createTrueworkDirectOrder({ targets: [...body.trueworkDirect.targets] }));
      await failing(api.reverify({ report_id: 'report-1' }));
      await failing(api.cancelOrder('order-1', { cancellation_reason: 'other' }));
      assert.deepEqual(
        server.received.map(({ url }) => url),
        [
          '/orders/target-employer',
          '/orders/employer-search',
          '/orders/truework-direct',
          '/orders/reverification',
          '/orders/order-1/cancel',
        ],
      );
    });
  }

  it('wait as long as Retry-After says', async () => {
    const times: number[] = [];
    const server = await startServer();
    server.answer = inTurn(json({}, 429, { 'retry-after': '1' }), json(order));
    const { answer } = server;
    server.answer = (...args) => {
      times.push(performance.now());
      answer(...args);
    };
    await clientFor(server.url).getOrder('order-1');
    const [first = 0, second = 0] = times;
    assert.ok(second - first >= 990, `came back after ${second - first} ms`);
  });

  it('throw an error with a long Retry-After instead of waiting for it', async () => {
    const server = await startServer(json({}, 429, { 'retry-after': '3600' }));
    const error = await failing(clientFor(server.url).getOrder('order-1'));
    assert.deepEqual([error.kind, error.retryAfterMs], ['rate-limited', 3_600_000]);
    assert.equal(server.received.length, 1);
  });

  it('can be canceled during the wait', async () => {
    const abort = new AbortController();
    const server = await startServer(json({}, 503, { 'retry-after': '20' }));
    const api = clientFor(server.url, {
      observe: () =>
        setImmediate(() => {
          abort.abort();
        }),
    });
    assert.equal((await failing(api.getOrder('order-1', { signal: abort.signal }))).kind, 'canceled');
    assert.equal(server.received.length, 1);
  });

  it('can be canceled while the key is read', async () => {
    const abort = new AbortController();
    const server = await startServer(json(order));
    const api = clientFor(server.url, {
      key: () => {
        setImmediate(() => {
          abort.abort();
        });
        return new Promise(() => undefined);
      },
    });
    assert.equal((await failing(api.getOrder('order-1', { signal: abort.signal }))).kind, 'canceled');
    assert.equal(server.received.length, 0);
  });

  it('leave no listener behind on a long-lived signal', async () => {
    const server = await startServer(json(order));
    const api = clientFor(server.url, { key: () => Promise.resolve(KEY) });
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    for (let n = 0; n < 30; n += 1) await api.getOrder('order-1', { signal });
    await new Promise(setImmediate);
    process.off('warning', note);
    assert.deepEqual(warnings, []);
  });
});
