import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { TrueworkClient, type Exchange } from '../../../src/truework/client.ts';
import { readErrorBody, TrueworkError } from '../../../src/truework/errors.ts';
import { toTrueworkError } from '../../../src/truework/failure.ts';
import { API_ORIGINS, SecretKey } from '../../../src/truework/keys.ts';
import { redact, withoutSecret } from '../../../src/truework/redact.ts';
import type { Transport } from '../../../src/truework/http/transport.ts';
import { aVerification, anOrder } from '../../support/builders/orders.ts';
import { body, failing, KEY, makeKey } from './support/clients.ts';

/** Everything that a log, a notification or a crash report could make of an error. */
function allTextOf(error: Error): string {
  return [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 20, showHidden: true }),
    inspect(error.cause, { depth: 20, showHidden: true }),
  ].join('\n');
}

function assertHidden(text: string, secret: string): void {
  const keyBody = secret.replace(/^tw_sk_(test_)?/, '');
  for (let at = 0; at + 8 <= keyBody.length; at += 1) {
    const piece = keyBody.slice(at, at + 8);
    assert.ok(!text.includes(piece), 'a piece of the key shows');
  }
}

const hex = fc.stringMatching(/^[0-9a-f]{40}$/);
const urlSafe = fc.stringMatching(/^[A-Za-z0-9_-]{43,60}$/);
const anyKey = fc
  .oneof(hex, urlSafe)
  .map((keyBody) => SecretKey.from(['tw', 'sk', 'test', keyBody].join('_')))
  .filter((key) => key?.environment === 'sandbox') as fc.Arbitrary<SecretKey>;

/** Texts that contain a secret completely, in part, inside other text, or many times. */
const echoing = (secret: string) =>
  fc
    .array(
      fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.constant(secret),
        fc
          .tuple(fc.nat(secret.length - 8), fc.integer({ min: 8, max: secret.length }))
          .map(([at, length]) => secret.slice(at, at + length)),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));

describe('no error holds the key', () => {
  it('when the response repeats it', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyKey.chain((key) => fc.tuple(fc.constant(key), echoing(key.reveal()), echoing(key.reveal()))),
        fc.constantFrom(400, 401, 403, 404, 429, 451, 500, 302, 200),
        fc.boolean(),
        async ([key, echo, field], status, asJson) => {
          const answer = asJson
            ? {
                error: { message: echo, invalid_fields: { [field]: [echo], deep: { [echo]: field } } },
                metadata: { [echo]: 7 },
                verification_requests: echo,
                [echo]: echo,
              }
            : echo;
          const seen: Exchange[] = [];
          const transport: Transport = {
            send: () =>
              Promise.resolve({
                status,
                header: () => echo.replace(/[^ -~]/g, ''),
                body: Buffer.from(JSON.stringify(answer)),
              }),
            close: () => Promise.resolve(),
          };
          const api = new TrueworkClient({
            origin: API_ORIGINS.sandbox,
            key,
            transport,
            retries: { max: 0 },
            observe: (exchange) => seen.push(exchange),
          });
          const error = await failing(api.createTargetEmployerOrder({ ...body.targetEmployer }));
          assertHidden(allTextOf(error), key.reveal());
          assertHidden(inspect(seen, { depth: 9, showHidden: true }) + JSON.stringify(seen), key.reveal());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('when a metadata name of a response contains it', async () => {
    const [, keyBody = ''] = /_([0-9a-f]{40})$/.exec(KEY.reveal()) ?? [];
    const transport: Transport = {
      send: () =>
        Promise.resolve({
          status: 200,
          header: () => undefined,
          body: Buffer.from(
            JSON.stringify({
              ...anOrder('x', 'processing'),
              verification_requests: [{ ...aVerification('processing'), metadata: { [keyBody]: 7 } }],
            }),
          ),
        }),
      close: () => Promise.resolve(),
    };
    const error = await failing(new TrueworkClient({ origin: API_ORIGINS.sandbox, key: KEY, transport }).getOrder('x'));
    assert.match(error.path ?? '', /metadata/);
    assertHidden(allTextOf(error), KEY.reveal());
  });

  it('when the HTTP client throws it, in any property', () => {
    fc.assert(
      fc.property(
        anyKey,
        fc.constantFrom('code', 'message', 'cause', 'headers', 'request', 'stack', 'name'),
        fc.boolean(),
        (key, place, nested) => {
          const thrown = Object.assign(new Error('failed'), {
            [place]: place === 'headers' ? { authorization: `Bearer ${key.reveal()}` } : `x ${key.reveal()}`,
          });
          const error = toTrueworkError(nested ? new Error('outer', { cause: thrown }) : thrown, {
            canceled: false,
            sent: 'perhaps' as const,
          });
          assertHidden(allTextOf(error), key.reveal());
        },
      ),
    );
  });
});

describe('a TrueworkError', () => {
  it('prints only its own facts', () => {
    const error = new TrueworkError('rate-limited', { status: 429, detail: 'Slow down.', retryAfterMs: 1000 });
    assert.deepEqual(Object.fromEntries(Object.entries(error)), {
      name: 'TrueworkError',
      kind: 'rate-limited',
      status: 429,
      detail: 'Slow down.',
      retryAfterMs: 1000,
      requestMayHaveBeenDone: false,
    });
    assert.ok(error instanceof Error);
  });

  it('is limited in size, however long the response is', () => {
    const error = new TrueworkError('validation', {
      detail: 'x'.repeat(1e6),
      fields: Array.from({ length: 1000 }, () => ({ path: 'y'.repeat(1e4), message: 'z'.repeat(1e4) })),
    });
    assert.ok(JSON.stringify(error).length < 100_000);
    assert.equal(error.detail?.length, 500);
  });

  it('contains no key and no social security number', () => {
    const other = makeKey(5).reveal();
    const echo = `${other} 123-45-6789`;
    const error = new TrueworkError('validation', {
      detail: echo,
      fields: [{ path: other, message: echo }],
      path: other,
      expected: echo,
    });
    for (const piece of [other.slice(-12), '123-45']) assert.ok(!allTextOf(error).includes(piece), piece);
  });

  it('ignores fields that are nested too deep', () => {
    let nested: unknown = ['deep'];
    for (let n = 0; n < 100; n += 1) nested = { a: nested };
    assert.deepEqual(readErrorBody({ error: { message: 'No.', invalid_fields: { near: ['wrong'], nested } } }), {
      detail: 'No.',
      fields: [{ path: 'near', message: 'wrong' }],
    });
  });

  it('keeps only a valid code of the original error', () => {
    assert.deepEqual(new TrueworkError('network', { code: 'ECONNRESET' }).cause, { code: 'ECONNRESET' });
    for (const code of ['a sentence', 'ECONN RESET', 'E'.repeat(65), ''])
      assert.equal(new TrueworkError('network', { code }).cause, undefined);
  });
});

describe('the classification of a failure', () => {
  const context = { canceled: false, sent: 'perhaps' as const };
  for (const [code, kind, maybe] of [
    ['ECONNRESET', 'network', true],
    ['UND_ERR_SOCKET', 'network', true],
    ['ENOTFOUND', 'network', false],
    ['EAI_AGAIN', 'network', false],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout', false],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', true],
    ['UND_ERR_BODY_TIMEOUT', 'timeout', true],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', false],
    ['CERT_HAS_EXPIRED', 'tls', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', false],
    ['UND_ERR_ABORTED', 'proxy', false],
    ['EPROTO', 'tls', true],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'tls', true],
  ] as const) {
    it(`${code} is ${kind}`, () => {
      // As fetch wraps it.
      const error = toTrueworkError(
        new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }),
        context,
      );
      assert.deepEqual([error.kind, error.requestMayHaveBeenDone], [kind, maybe]);
    });
  }

  for (const [message, kind] of [
    ['net::ERR_CERT_AUTHORITY_INVALID', 'tls'],
    ['net::ERR_SSL_PROTOCOL_ERROR', 'tls'],
    ['net::ERR_TUNNEL_CONNECTION_FAILED', 'proxy'],
    ['net::ERR_PROXY_CONNECTION_FAILED', 'proxy'],
    ['net::ERR_CONNECTION_TIMED_OUT', 'timeout'],
    ['net::ERR_INTERNET_DISCONNECTED', 'network'],
    ['net::ERR_NAME_NOT_RESOLVED', 'network'],
  ] as const) {
    it(`${message} is ${kind}`, () => {
      assert.equal(toTrueworkError(new Error(message), context).kind, kind);
    });
  }

  it('says that the request may have been carried out, whatever failed, once it was sent', () => {
    for (const code of [
      'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
      'CERT_HAS_EXPIRED',
      'UND_ERR_ABORTED',
      'ECONNREFUSED',
      'ECONNRESET',
    ]) {
      const thrown = Object.assign(new Error('x'), { code });
      assert.equal(toTrueworkError(thrown, { canceled: false, sent: 'yes' }).requestMayHaveBeenDone, true, code);
      assert.equal(toTrueworkError(thrown, { canceled: false, sent: 'no' }).requestMayHaveBeenDone, false, code);
    }
  });

  it('falls back to network for anything else', () => {
    for (const thrown of [undefined, null, 'text', 7, new Error('?'), Object.assign(new Error('?'), { cause: 'text' })])
      assert.equal(toTrueworkError(thrown, context).kind, 'network');
  });
});

describe('redacting', () => {
  it('masks keys, passwords in URLs and social security numbers', () => {
    const key = KEY.reveal();
    assert.equal(redact(`a ${key} b`), 'a tw_sk_test_••• b');
    assert.equal(redact(`"${key.slice(0, 20)}"`), '"tw_sk_test_•••"');
    assert.equal(redact(`Bearer ${key.replace('sk_test', 'pk')}`), 'Bearer tw_pk_•••');
    assert.equal(redact('via http://jane:secret@proxy.example:8080/x'), 'via http://•••@proxy.example:8080/x');
    assert.equal(redact('SSN 123-45-6789, 123456789.'), 'SSN ***-**-6789, ***-**-6789.');
  });

  it('leaves other text unchanged', () => {
    for (const text of [
      'tw_sk_',
      'tw_sk_test_',
      'https://api.truework.com/orders?limit=1',
      '2026-01-02T03:04:05.000006Z',
      'order 1234567890',
      'a@b.example',
      '127.0.0.1:4010',
      'AAAAAAAAAKsAAYJIcQvm1nwU0xBbfC1Yh4qyqjvLhwt1B9gRmTCHCyW6',
    ]) {
      assert.equal(redact(text), text);
    }
  });

  it('finds every piece of a secret', () => {
    fc.assert(
      fc.property(
        urlSafe.chain((secret) => fc.tuple(fc.constant(secret), echoing(secret))),
        ([secret, text]) => {
          assertHidden(withoutSecret(text, secret), secret);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.equal(withoutSecret(text, 'no text holds this \u0001\u0002'), text);
      }),
    );
  });

  it('masks the user part of a URL wherever one begins', () => {
    for (const [text, expected] of [
      ['a.a.a.b://u:p@host', 'a.a.a.b://•••@host'],
      ['x=a://b:c://d@e', 'x=a://b:c://•••@e'],
      ['a://b@c://d@e', 'a://•••@c://•••@e'],
      ['GIT+SSH://me@host', 'GIT+SSH://•••@host'],
      ['1a://u@h, 1.a://u@h', '1a://u@h, 1.a://•••@h'],
      ['_a://u@h', '_a://u@h'],
      ['://u@h', '://u@h'],
      ['a://@h a://u @h', 'a://@h a://u @h'],
    ] as const)
      assert.equal(redact(text), expected);
  });

  // What takes time in proportion to the square of the length does not end here within an hour.
  it('takes time proportional to the length of the text', () => {
    const module = pathToFileURL(path.join(import.meta.dirname, '../../../src/truework/redact.ts')).href;
    const program = `
      import { redact, withoutSecret } from ${JSON.stringify(module)};
      for (const part of ['a.', 'a-', '1.', 'a://', 'a://b:', '://', '@', 'tw_sk_', '1-', '123-45-']) redact(part.repeat(${8_000_000 / 2} / part.length));
      withoutSecret('a'.repeat(8_000_000), 'a'.repeat(1_000_000));
      withoutSecret('ab'.repeat(4_000_000), 'ab'.repeat(500_000));
      console.log('done');`;
    const { stdout, signal } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program],
      { encoding: 'utf8', timeout: 120_000 },
    );
    assert.deepEqual([stdout.trim(), signal], ['done', null]);
  });
});
