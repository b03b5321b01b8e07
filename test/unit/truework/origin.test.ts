import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrueworkClient } from '../../../src/truework/client.ts';
import { API_ORIGINS, type SecretKey } from '../../../src/truework/keys.ts';
import { LocalOrigin } from '../../../src/truework/origin.ts';
import type { Transport } from '../../../src/truework/http/transport.ts';
import { anOrder } from '../../support/builders/orders.ts';
import { failing, KEY, makeKey } from './support/clients.ts';

/** Sends nothing; remembers where to. */
function recorder() {
  const sent: string[] = [];
  const transport: Transport = {
    send: ({ url }) => {
      sent.push(url.href);
      return Promise.resolve({
        status: 200,
        header: () => undefined,
        body: Buffer.from(JSON.stringify(anOrder('order-1', 'completed'))),
      });
    },
    close: () => Promise.resolve(),
  };
  return { sent, transport };
}

const production = makeKey(2, 'production');
const local = LocalOrigin.of('http://127.0.0.1:4010', KEY);
const asked = (origin: string | LocalOrigin, key: SecretKey | undefined) => {
  const { sent, transport } = recorder();
  return { sent, work: new TrueworkClient({ origin, key: () => Promise.resolve(key), transport }).getOrder('order-1') };
};

describe('a key is sent to its own host', () => {
  for (const [what, origin, key, url] of [
    ['a sandbox key', API_ORIGINS.sandbox, KEY, 'https://api.truework-sandbox.com/orders/order-1'],
    ['a production key', API_ORIGINS.production, production, 'https://api.truework.com/orders/order-1'],
    ['the key of the local sandbox', local, KEY, 'http://127.0.0.1:4010/orders/order-1'],
  ] as const) {
    it(what, async () => {
      const { sent, work } = asked(origin, key);
      await work;
      assert.deepEqual(sent, [url]);
    });
  }

  for (const [what, origin, key] of [
    ['a sandbox key to production', API_ORIGINS.production, KEY],
    ['a production key to the sandbox', API_ORIGINS.sandbox, production],
    ['a production key to the local sandbox', local, production],
    ['another sandbox key to the local sandbox', local, makeKey(3)],
  ] as const) {
    it(`and never ${what}`, async () => {
      const { sent, work } = asked(origin, key);
      const error = await failing(work);
      assert.deepEqual([error.kind, error.requestMayHaveBeenDone], ['wrong-host', false]);
      assert.deepEqual(sent, []);
    });
  }

  it('and nowhere once it is removed', async () => {
    const { sent, work } = asked(API_ORIGINS.sandbox, undefined);
    assert.equal((await failing(work)).kind, 'no-key');
    assert.deepEqual(sent, []);
  });
});

describe('rejects clients for other origins', () => {
  for (const origin of [
    '',
    'https://api.truework.com/',
    'https://api.truework.com.evil.test',
    'https://api.truework.com@evil.test',
    'https://evil.test/api.truework.com',
    'https://api.truework.com:444',
    'http://api.truework.com',
    'https://api.truework.com\\@evil.test',
    'https://api.truework.com.',
    'https://API.truework.com',
    'https://user:pass@api.truework.com',
    'https://api.truewоrk.com',
    'https://xn--api-truewrk.com',
    'https://api.truework.com#',
    'https://api.truework.com?',
    ' https://api.truework.com',
    'http://127.0.0.1:4010',
    'http://localhost:4010',
    'file:///etc/passwd',
    'constructor',
    'production',
  ]) {
    it(JSON.stringify(origin), () => {
      assert.throws(() => new TrueworkClient({ origin, key: KEY, transport: recorder().transport }), {
        name: 'TrueworkError',
        kind: 'wrong-host',
      });
    });
  }

  it('rejects an object that only looks like the local sandbox', () => {
    const forged = { origin: 'https://evil.test', accepts: () => true } as unknown as LocalOrigin;
    const inherited = Object.create(local) as LocalOrigin;
    for (const origin of [forged, inherited]) {
      assert.throws(() => new TrueworkClient({ origin, key: KEY, transport: recorder().transport }), {
        kind: 'wrong-host',
      });
    }
  });
});

describe('the local sandbox', () => {
  it('is on 127.0.0.1', () => {
    assert.equal(LocalOrigin.of('http://127.0.0.1:65535/', KEY).origin, 'http://127.0.0.1:65535');
  });

  for (const url of [
    'https://127.0.0.1:4010',
    'http://localhost:4010',
    'http://127.0.0.1',
    'http://127.0.0.1:0',
    'http://127.0.0.1:65536',
    'http://127.0.0.1:4010/x',
    'http://127.0.0.1:4010?x',
    'http://127.0.0.1:4010@evil.test',
    'http://evil.test#http://127.0.0.1:4010',
    'http://127.0.0.1.evil.test:4010',
    'http://user@127.0.0.1:4010',
    'http://0.0.0.0:4010',
    'http://127.1:4010',
    'http://2130706433:4010',
    'http://[::1]:4010',
    'http://127.0.0.1:4010\n',
    '\thttp://127.0.0.1:4010',
    '',
  ]) {
    it(`is not at ${JSON.stringify(url)}`, () => {
      assert.throws(() => LocalOrigin.of(url, KEY), { kind: 'wrong-host' });
    });
  }

  it('rejects a production key', () => {
    assert.throws(() => LocalOrigin.of('http://127.0.0.1:4010', production), { kind: 'wrong-host' });
  });

  it('does not show its key', async () => {
    const { inspect } = await import('node:util');
    assert.ok(
      !(inspect(local, { showHidden: true, depth: 9 }) + JSON.stringify(local)).includes(KEY.reveal().slice(-12)),
    );
  });
});
