import assert from 'node:assert/strict';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { describe, it } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { largeBody } from '../../support/network/large-body.ts';
import { withSandbox } from './support.ts';

const MEBIBYTE = 1024 * 1024;

/** Sends a create whose body `send` writes, and gives the status of the answer, which may come before the body has ended. */
function create(
  sandbox: RunningSandbox,
  headers: Readonly<Record<string, string>>,
  send: (request: ClientRequest) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: sandbox.port,
        path: '/orders/target-employer',
        method: 'POST',
        agent: false,
        headers: { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json', ...headers },
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      },
    );
    // Once the sandbox has answered, it reads no further.
    request.on('error', reject);
    send(request);
  });
}

describe('A request body', () => {
  it('is rejected before it is sent if it announces more than 32 MiB', { timeout: 15_000 }, async () => {
    await withSandbox({}, async ({ sandbox }) => {
      assert.equal(
        await create(sandbox, { 'content-length': String(33 * MEBIBYTE) }, (request) => {
          request.flushHeaders();
        }),
        413,
      );
    });
  });

  it('is rejected once it exceeds 32 MiB', { timeout: 30_000 }, async () => {
    await withSandbox({}, async ({ sandbox }) => {
      assert.equal(
        await create(sandbox, {}, (request) => {
          largeBody(40).pipe(request);
        }),
        413,
      );
    });
  });

  it('is cut off if it never ends', { timeout: 30_000 }, async () => {
    await withSandbox({}, async ({ sandbox }) => {
      // The client may be cut off before it reads the answer.
      const status = await create(sandbox, {}, (request) => {
        largeBody(Infinity).pipe(request);
      }).catch(() => 413);
      assert.equal(status, 413);
    });
  });

  it('can contain documents of many megabytes', { timeout: 30_000 }, async () => {
    await withSandbox({}, async ({ sandbox }) => {
      assert.equal(
        await create(sandbox, {}, (request) => {
          request.end(`{"a":"${'x'.repeat(30 * MEBIBYTE)}"}`);
        }),
        400,
      );
    });
  });
});
