import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { constants } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import path from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import tls from 'node:tls';
import type { ProxySettings } from '../../../../src/truework/http/proxy.ts';
import { trustedContext } from '../../../../src/truework/http/trust.ts';
import { hasOpenssl, makeCertificates, type Certificates } from '../../../support/network/certificates.ts';
import { startProxy, type ConnectProxy, type ProxyBehavior } from '../../../support/network/connect-proxy.ts';
import { listen } from '../../../support/network/listen.ts';
import { freePort } from '../../../support/network/server.ts';
import type { Outcome, Task } from '../support/sender.ts';

const program = path.join(import.meta.dirname, '..', 'support', 'sender.ts');
const SETTLED_ELSEWHERE = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
];

describe('the trusted CAs', () => {
  // The editor on a desktop brings another TLS library, which has no levels of security that rule old versions out.
  it('are independent of NODE_OPTIONS', () => {
    const create = mock.method(tls, 'createSecureContext');
    trustedContext(false);
    const [options] = create.mock.calls[0]?.arguments ?? [];
    assert.deepEqual([options?.minVersion, options?.ciphers], ['TLSv1.2', constants.defaultCoreCipherList]);
    create.mock.restore();
  });
});

describe('over HTTPS', { skip: hasOpenssl ? false : 'there is no openssl command to make certificates with' }, () => {
  type Trust = 'SSL_CERT_FILE' | 'NODE_EXTRA_CA_CERTS' | 'nothing';

  let certificates: Certificates;
  let server: Server;
  let port = 0;
  /** Proxy-Authorization headers that reached the server. */
  const seen: (string | undefined)[] = [];
  const children = new Map<string, ChildProcess>();

  before(async () => {
    certificates = makeCertificates();
    server = createServer({ key: certificates.key, cert: certificates.certificate }, (request, response) => {
      seen.push(request.headers['proxy-authorization']);
      response.end('hello');
    });
    port = await listen(server);
  });

  after(() => {
    for (const child of children.values()) child.kill();
    server.close();
    server.closeAllConnections();
    certificates.remove();
  });

  async function proxyOfTest(behavior?: ProxyBehavior): Promise<ConnectProxy> {
    const proxy = await startProxy(behavior);
    after(() => {
      proxy.close();
    });
    return proxy;
  }

  function child(trust: Trust, env: Readonly<Record<string, string>>): ChildProcess {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !SETTLED_ELSEWHERE.includes(name)),
    );
    const id = JSON.stringify([trust, env]);
    const started =
      children.get(id) ??
      fork(program, [], {
        execArgv: ['--disable-warning=ExperimentalWarning'],
        env: { ...inherited, ...(trust !== 'nothing' && { [trust]: certificates.authorityFile }), ...env },
      });
    children.set(id, started);
    return started;
  }

  async function send({
    proxy,
    host = 'localhost',
    over = 'undici',
    connect = 5000,
    trust = 'NODE_EXTRA_CA_CERTS',
    systemCertificates = true,
    env = {},
    to = port,
  }: {
    readonly proxy?: ProxySettings;
    readonly host?: string;
    readonly over?: 'undici' | 'fetch';
    readonly connect?: number;
    readonly trust?: Trust;
    readonly systemCertificates?: boolean;
    /** Of the sending process. */
    readonly env?: Readonly<Record<string, string>>;
    readonly to?: number;
  } = {}): Promise<Outcome> {
    const task: Task = {
      url: `https://${host}:${to}/`,
      over,
      options: { timeouts: { connect }, systemCertificates, ...(proxy && { proxy }) },
    };
    const sender = child(trust, env);
    const answered = once(sender, 'message');
    sender.send(task);
    const [outcome] = (await answered) as [Outcome];
    return outcome;
  }

  const ok = { status: 200, body: 'hello' };

  describe('trust', () => {
    // On systems that store CAs in files, this variable names them.
    it('includes the CAs of the operating system', { skip: process.platform !== 'linux' }, async () => {
      assert.deepEqual(await send({ trust: 'SSL_CERT_FILE' }), ok);
    });

    it('excludes the CAs of the operating system if http.systemCertificates is off', {
      skip: process.platform !== 'linux',
    }, async () => {
      assert.equal((await send({ trust: 'SSL_CERT_FILE', systemCertificates: false })).kind, 'tls');
      assert.deepEqual(await send({ trust: 'NODE_EXTRA_CA_CERTS', systemCertificates: false }), ok);
    });

    it('includes NODE_EXTRA_CA_CERTS', async () => {
      assert.deepEqual(await send({ trust: 'NODE_EXTRA_CA_CERTS' }), ok);
    });

    for (const over of ['undici', 'fetch'] as const) {
      it(`is not given to an unknown CA, over ${over}`, async () => {
        const { kind, code, requestMayHaveBeenDone } = await send({ over, trust: 'nothing' });
        assert.deepEqual([kind, requestMayHaveBeenDone], ['tls', false]);
        assert.match(code ?? '', /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/);
      });
    }

    it('is not given to an unknown CA behind a proxy', async () => {
      const proxy = await proxyOfTest();
      const { kind, requestMayHaveBeenDone } = await send({
        proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}` },
        trust: 'nothing',
      });
      assert.deepEqual([kind, requestMayHaveBeenDone], ['tls', false]);
    });

    it('is not given to a certificate for another name', async () => {
      const proxy = await proxyOfTest();
      // The proxy leads every name to the server.
      const { kind, code, requestMayHaveBeenDone } = await send({
        host: 'other.example',
        proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}` },
      });
      assert.deepEqual([kind, code, requestMayHaveBeenDone], ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', false]);
    });
  });

  describe('an environment that turns checks off', () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const untrusted = { trust: 'nothing', env } as const;

    it('does not cause a request to a server with an unknown CA', async () => {
      seen.length = 0;
      const { kind, requestMayHaveBeenDone } = await send(untrusted);
      assert.deepEqual([kind, requestMayHaveBeenDone, seen.length], ['tls', false, 0]);
    });

    it('does not cause a request to a server with an unknown CA behind a proxy', async () => {
      seen.length = 0;
      const proxy = await proxyOfTest();
      const { kind, requestMayHaveBeenDone } = await send({
        ...untrusted,
        proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}` },
      });
      assert.deepEqual([kind, requestMayHaveBeenDone, seen.length, proxy.asked.length], ['tls', false, 0, 1]);
    });

    it('does not cause a proxy with an unknown CA to get its password', async () => {
      seen.length = 0;
      const proxy = await proxyOfTest({ tls: certificates });
      const { kind, requestMayHaveBeenDone } = await send({
        ...untrusted,
        proxy: { proxyUrl: `https://jane:password@localhost:${proxy.port}` },
      });
      assert.deepEqual([kind, requestMayHaveBeenDone, seen.length, proxy.asked.length], ['tls', false, 0, 0]);
    });

    it('does not cause a request to a server with a certificate for another name', async () => {
      seen.length = 0;
      const proxy = await proxyOfTest();
      const { kind, code } = await send({
        env,
        host: 'other.example',
        proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}` },
      });
      assert.deepEqual([kind, code, seen.length], ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 0]);
    });

    it('does not cause a request over a fetch, which has no option to check certificates', async () => {
      seen.length = 0;
      for (const trust of ['nothing', 'NODE_EXTRA_CA_CERTS'] as const) {
        const { kind, code, requestMayHaveBeenDone } = await send({ trust, env, over: 'fetch' });
        assert.deepEqual(
          [kind, code, requestMayHaveBeenDone, seen.length],
          ['tls', 'NODE_TLS_REJECT_UNAUTHORIZED', false, 0],
        );
      }
    });

    it('changes nothing for a trusted certificate, with and without a TLS proxy', async () => {
      assert.deepEqual(await send({ env }), ok);
      const proxy = await proxyOfTest({ tls: certificates });
      assert.deepEqual(await send({ env, proxy: { proxyUrl: `https://localhost:${proxy.port}` } }), ok);
    });

    it('does not cause a request over a broken TLS version or cipher', async () => {
      const weak = 'ALL:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0';
      const options = { env: { NODE_OPTIONS: `--tls-min-v1.0 --tls-cipher-list=${weak}` } };
      for (const offered of [
        { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: weak },
        { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0' },
      ] as const) {
        let requests = 0;
        const old = createServer(
          { key: certificates.key, cert: certificates.certificate, ...offered },
          (_request, response) => {
            requests += 1;
            response.end();
          },
        );
        after(() => {
          old.close();
        });
        const to = await listen(old);
        // This fetch follows the environment.
        assert.equal((await send({ ...options, to, over: 'fetch' })).status, 200);
        assert.equal((await send({ ...options, to })).kind, 'tls');
        assert.equal(requests, 1);
      }
      assert.deepEqual(await send(options), ok);
    });
  });

  describe('a proxy', () => {
    it('gets a CONNECT request, and sees neither key nor path', async () => {
      const proxy = await proxyOfTest();
      assert.deepEqual(
        await send({ proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}`, proxySupport: 'override' } }),
        ok,
      );
      assert.deepEqual(proxy.asked, [{ target: `localhost:${port}`, authorization: undefined }]);
      assert.equal(proxy.plain, 0);
    });

    it('comes from the environment if no setting names one', async () => {
      const proxy = await proxyOfTest();
      assert.deepEqual(await send({ proxy: { env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } } }), ok);
      assert.equal(proxy.asked.length, 1);
    });

    for (const [what, settings] of [
      ['http.proxySupport off', { proxySupport: 'off' }],
      ['http.noProxy', { noProxy: ['other.example', 'localhost'] }],
      ['NO_PROXY', { env: { NO_PROXY: 'localhost' } }],
    ] as const) {
      it(`is not used with ${what}`, async () => {
        const proxy = await proxyOfTest();
        assert.deepEqual(await send({ proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}`, ...settings } }), ok);
        assert.equal(proxy.asked.length, 0);
      });
    }

    it('gets its user name and password, and Truework does not', async () => {
      const authorization = `Basic ${Buffer.from('jane:p@ss:word').toString('base64')}`;
      const proxy = await proxyOfTest({ authorization });
      seen.length = 0;
      assert.deepEqual(await send({ proxy: { proxyUrl: `http://jane:p%40ss%3Aword@127.0.0.1:${proxy.port}` } }), ok);
      assert.deepEqual(
        await send({ proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}`, proxyAuthorization: authorization } }),
        ok,
      );
      assert.deepEqual(
        proxy.asked.map((asked) => asked.authorization),
        [authorization, authorization],
      );
      assert.deepEqual(seen, [undefined, undefined]);
    });

    it('causes a proxy error without credentials if it requires other ones', async () => {
      const proxy = await proxyOfTest({ authorization: 'Basic other' });
      const {
        kind,
        code,
        requestMayHaveBeenDone,
        text = '',
      } = await send({ proxy: { proxyUrl: `http://jane:hidden-word@127.0.0.1:${proxy.port}` } });
      assert.deepEqual([kind, code, requestMayHaveBeenDone], ['proxy', 'HTTP_407', false]);
      for (const secret of ['hidden-word', Buffer.from('jane:hidden-word').toString('base64'), 'secret-of-the-test'])
        assert.ok(!text.includes(secret));
    });

    for (const refusal of [403, 502, 503]) {
      it(`causes a proxy error if it responds ${refusal}`, async () => {
        const proxy = await proxyOfTest({ refusal });
        const { kind, code, requestMayHaveBeenDone } = await send({
          proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}` },
        });
        assert.deepEqual([kind, code, requestMayHaveBeenDone], ['proxy', `HTTP_${refusal}`, false]);
      });
    }

    it('causes a proxy error if it is not running', async () => {
      const { kind, code, requestMayHaveBeenDone } = await send({
        proxy: { proxyUrl: `http://127.0.0.1:${await freePort()}` },
      });
      assert.deepEqual([kind, code, requestMayHaveBeenDone], ['proxy', 'ECONNREFUSED', false]);
    });

    it('causes a proxy error after one attempt if it hangs up', async () => {
      const proxy = await proxyOfTest({ refusal: 'hang-up' });
      const { kind, requestMayHaveBeenDone } = await send({ proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}` } });
      assert.deepEqual([kind, requestMayHaveBeenDone, proxy.asked.length], ['proxy', false, 1]);
    });

    it('times out if it never responds', async () => {
      const proxy = await proxyOfTest({ refusal: 'silence' });
      const { kind, requestMayHaveBeenDone } = await send({
        proxy: { proxyUrl: `http://127.0.0.1:${proxy.port}` },
        connect: 200,
      });
      assert.deepEqual([kind, requestMayHaveBeenDone], ['proxy', false]);
    });

    for (const [proxyUrl, code] of [
      ['socks5://127.0.0.1:1080', 'ERR_PROXY_PROTOCOL'],
      ['http://', 'ERR_INVALID_URL'],
      ['http://a b', 'ERR_INVALID_URL'],
    ] as const) {
      it(`causes a proxy error with the address ${proxyUrl}`, async () => {
        const outcome = await send({ proxy: { proxyUrl } });
        assert.deepEqual([outcome.kind, outcome.code], ['proxy', code]);
      });
    }
  });
});
