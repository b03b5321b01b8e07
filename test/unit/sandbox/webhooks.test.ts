import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { OrderCompleted, VerificationRequestStateChange } from '../../../src/truework/schemas/webhooks.ts';
import { problemsOf } from './strict.ts';
import { direct, employerSearch, only, targetEmployer, withSandbox } from './support.ts';

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly payload: VerificationRequestStateChange | OrderCompleted;
}

/** An endpoint that keeps what arrives and answers with these statuses in turn, then 200. */
async function withEndpoint(
  statuses: number[],
  use: (url: string, received: Delivery[]) => Promise<void>,
): Promise<void> {
  const received: Delivery[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, payload: JSON.parse(text) as Delivery['payload'] });
      response.statusCode = statuses.shift() ?? 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

const names = (received: Delivery[]): string[] =>
  received.map(({ payload }) => ('state' in payload.data ? String(payload.data.state) : payload.hook.event));

describe('Webhooks', () => {
  it('report each state change and the end of the order, with the token', async () => {
    await withEndpoint([], async (url, received) => {
      await withSandbox({ webhooks: [{ url }] }, async ({ sandbox, order }) => {
        const created = await order('target-employer', targetEmployer('000-00-0000', { metadata: { file: '7' } }));
        for (let second = 0; second < 5; second += 1) {
          sandbox.advance(1000);
          await sandbox.settle();
        }
        assert.deepEqual(names(received), ['pending-approval', 'processing', 'completed', 'order.completed']);
        for (const { headers, payload } of received) {
          assert.equal(headers['x-truework-token'], sandbox.webhookToken);
          assert.equal(headers['content-type'], 'application/json');
          assert.deepEqual(
            problemsOf('state' in payload.data ? VerificationRequestStateChange : OrderCompleted, payload),
            [],
          );
          assert.deepEqual(
            [payload.version, payload.hook.target, payload.data.order_id, payload.data.metadata],
            ['2023-10-30', url, created.id, { file: '7' }],
          );
          assert.match(payload.hook.triggered_at ?? '', /^2024-05-06T07:08:\d\d\.\d{6}Z$/);
        }
      });
    });
  });

  it('include the session token of Truework Direct, and report the end of an order once', async () => {
    await withEndpoint([], async (url, received) => {
      await withSandbox({ webhooks: [{ url }] }, async ({ sandbox, order }) => {
        const created = await order('truework-direct', direct('000-20-0000', '000-01-0000'));
        sandbox.advance(60_000);
        await sandbox.settle();
        assert.equal(names(received).filter((name) => name === 'order.completed').length, 1);
        assert.equal(names(received).at(-1), 'order.completed');
        const tokens = new Set(
          received.flatMap(({ payload }) => ('state' in payload.data ? [payload.data.credentials_session_token] : [])),
        );
        assert.deepEqual(
          tokens,
          new Set(created.truework_direct?.targets.map((target) => target.truework_direct_session_token)),
        );
      });
    });
  });

  it('can be limited to one kind of event and use a token of their own', async () => {
    await withEndpoint([], async (url, received) => {
      await withSandbox({}, async ({ sandbox, order, ask }) => {
        const hook = sandbox.registerWebhook({ url, events: ['order.completed'], token: 'own-token' });
        const created = await order('employer-search', employerSearch());
        await sandbox.settle();
        assert.deepEqual(
          received.map(({ headers, payload }) => [
            payload.hook.event,
            payload.hook.id,
            headers['x-truework-token'],
            payload.data.order_id,
          ]),
          [['order.completed', hook.id, 'own-token', created.id]],
        );

        const open = await order('target-employer', targetEmployer('000-03-0000'));
        sandbox.advance(10_000);
        await sandbox.settle();
        assert.equal(received.length, 1, 'an order that needs action has not ended');
        await ask(`/orders/${open.id}/cancel`, { method: 'PUT', body: { cancellation_reason: 'other' } });
        await sandbox.settle();
        assert.equal(received[1]?.payload.data.order_id, open.id);
        assert.equal(sandbox.removeWebhook(hook.id), true);
        await order('employer-search', employerSearch());
        await sandbox.settle();
        assert.equal(received.length, 2);
      });
    });
  });

  it('are retried with growing delays until they succeed', async () => {
    await withEndpoint([500, 302, 404], async (url, received) => {
      const notices: string[] = [];
      await withSandbox(
        { webhooks: [{ url, events: ['order.completed'] }], onNotice: (text) => notices.push(text) },
        async ({ sandbox, order }) => {
          await order('employer-search', employerSearch());
          const tries: number[] = [];
          for (let second = 0; second <= 40; second += 1) {
            await sandbox.settle();
            if (received.length > tries.length) tries.push(second);
            sandbox.advance(1000);
          }
          assert.equal(tries.length, 4);
          const waits = tries.slice(1).map((time, index) => time - (tries[index] ?? 0));
          assert.ok(
            waits[0] !== undefined &&
              waits[1] !== undefined &&
              waits[2] !== undefined &&
              waits[0] < waits[1] &&
              waits[1] < waits[2],
            String(waits),
          );
          assert.equal(notices.length, 3);
          assert.ok(notices.every((text) => !text.includes(sandbox.webhookToken)));
        },
      );
    });
  });

  it('follow no redirect, so that another address gets neither token nor data', async () => {
    const arrived = { elsewhere: 0, here: 0 };
    const elsewhere = createServer((request, response) => {
      arrived.elsewhere += 1;
      request.resume().on('end', () => {
        response.end();
      });
    });
    const here = createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead([301, 302, 303, 307, 308][arrived.here] ?? 200, { location: urlOf(elsewhere) }).end();
        arrived.here += 1;
      });
    });
    const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const servers = [elsewhere, here];
    for (const server of servers)
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
    try {
      await withSandbox(
        { webhooks: [{ url: urlOf(here), events: ['order.completed'] }] },
        async ({ sandbox, order }) => {
          await order('employer-search', employerSearch());
          for (let second = 0; second < 400 && arrived.here < 6; second += 1) {
            await sandbox.settle();
            sandbox.advance(1000);
          }
        },
      );
      // Each redirect is a failure, after which the endpoint itself is tried again.
      assert.deepEqual(arrived, { elsewhere: 0, here: 6 });
    } finally {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => {
          server.close(resolve);
        });
      }
    }
  });

  it('wait for a response until the timeout, and not at all once the sandbox stops', { timeout: 20_000 }, async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const notices: string[] = [];
    try {
      await withSandbox(
        { webhooks: [{ url }], assumptions: { webhookTimeoutSeconds: 0.1 }, onNotice: (text) => notices.push(text) },
        async ({ sandbox, order }) => {
          await order('employer-search', employerSearch());
          await sandbox.settle();
          assert.match(notices[0] ?? '', /no answer in time/);
        },
      );
      const asked = new Promise((resolve) => {
        server.once('request', resolve);
      });
      await withSandbox({ webhooks: [{ url }], assumptions: { webhookTimeoutSeconds: 3600 } }, async ({ order }) => {
        await order('employer-search', employerSearch());
        await asked;
      });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  });

  it('are abandoned after two days', async () => {
    await withEndpoint(
      Array.from({ length: 200 }, () => 500),
      async (url, received) => {
        const notices: string[] = [];
        await withSandbox(
          { webhooks: [{ url, events: ['order.completed'] }], onNotice: (text) => notices.push(text) },
          async ({ sandbox, order }) => {
            await order('employer-search', employerSearch());
            for (let hour = 0; hour < 60; hour += 1) {
              await sandbox.settle();
              sandbox.advance(3_600_000);
            }
            const tries = received.length;
            assert.ok(tries > 5 && tries < 60);
            assert.match(notices.at(-1) ?? '', /given up/);
            sandbox.advance(100 * 3_600_000);
            await sandbox.settle();
            assert.equal(received.length, tries);
          },
        );
      },
    );
  });

  it('are delivered as real time passes', async () => {
    await withEndpoint([], async (url, received) => {
      await withSandbox({ clock: Date.now, speed: 50, webhooks: [{ url }] }, async ({ order }) => {
        const created = await order('target-employer', targetEmployer());
        while (names(received).at(-1) !== 'order.completed')
          await new Promise((resolve) => {
            setTimeout(resolve, 10);
          });
        assert.deepEqual(names(received), ['pending-approval', 'processing', 'completed', 'order.completed']);
        const [change] = received;
        assert.ok(change && 'verification_request_id' in change.payload.data);
        assert.equal(change.payload.data.verification_request_id, only(created).id);
      });
    });
  });

  it('can have ten endpoints, with https or on this machine', async () => {
    await withSandbox({}, ({ sandbox }) => {
      for (const url of ['http://example.com/hook', 'ftp://localhost/', 'hook', 'http://127.0.0.1.example.com/', ''])
        assert.throws(() => sandbox.registerWebhook({ url }), /https/);
      assert.throws(() => sandbox.registerWebhook({ url: 'https://example.com/', token: 'line\nbreak' }), /token/);
      for (let count = 0; count < 10; count += 1)
        sandbox.registerWebhook({ url: count % 2 === 0 ? 'https://example.com/hook' : 'http://localhost:1/hook' });
      assert.throws(() => sandbox.registerWebhook({ url: 'https://example.com/' }), /10/);
      assert.equal(sandbox.webhooks().length, 10);
      return Promise.resolve();
    });
  });
});
