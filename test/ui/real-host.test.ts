/**
 * Truework under its own host names, as a person behind a company's proxy meets it: the extension asks the proxy of the
 * environment for a tunnel to api.truework-sandbox.com, and there, behind a certificate of a private authority, is the sandbox.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start-sandbox.ts';
import { SANDBOX_MARK, SECRET_PREFIX } from '../../src/truework/keys.ts';
import { hasOpenssl, makeCertificates } from '../support/network/certificates.ts';
import { startProxy, type ConnectProxy } from '../support/network/connect-proxy.ts';
import { listen } from '../support/network/listen.ts';
import { useWorkbench } from './driver.ts';

const HOST = 'api.truework-sandbox.com';
const newKey = () => SECRET_PREFIX + SANDBOX_MARK + randomBytes(20).toString('hex');

/** Takes the keys that are valid at the moment for the sandbox's own, and asks the sandbox. */
function frontOf(
  sandbox: RunningSandbox,
  valid: ReadonlySet<string>,
  certificate: { readonly key: Buffer; readonly cert: Buffer },
): Server {
  return createServer(certificate, (request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const { authorization = '', accept = '', 'content-type': type, 'request-sync': sync } = request.headers;
      const known = valid.has(authorization.replace(/^Bearer /, ''));
      const answer = await fetch(sandbox.url + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers: {
          authorization: known ? `Bearer ${sandbox.apiKey}` : authorization,
          accept,
          ...(type !== undefined && { 'content-type': type }),
          ...(typeof sync === 'string' && { 'request-sync': sync }),
        },
        ...(pieces.length > 0 && { body: Buffer.concat(pieces) }),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })().catch(() => {
      response.destroy();
    });
  });
}

describe('Truework under its own host name, through a proxy', {
  skip: hasOpenssl ? false : 'The certificates are made with the command openssl, which is not here.',
}, () => {
  const first = newKey();
  const leaked = newKey();
  const fresh = newKey();
  const valid = new Set([first, leaked, fresh]);
  let proxy: ConnectProxy;
  const opened: (() => unknown)[] = [];
  after(async () => {
    for (const close of opened.reverse()) await close();
  });

  const ui = useWorkbench(async () => {
    const certificates = makeCertificates([`DNS:${HOST}`, 'DNS:api.truework.com']);
    opened.push(() => {
      certificates.remove();
    });
    const sandbox = await startSandbox({ seedOrders: 'demo' });
    opened.push(() => sandbox.stop());
    const front = frontOf(sandbox, valid, { key: certificates.key, cert: certificates.certificate });
    opened.push(() => {
      front.close();
      front.closeAllConnections();
    });
    proxy = await startProxy({ only: `${HOST}:443`, port: await listen(front) });
    opened.push(() => {
      proxy.close();
    });
    return {
      files: { '.gitignore': '.env\n', 'config.py': `API_KEY = "${leaked}"\n`, 'package.json': '{}\n' },
      // What a fix changes is looked at before it is saved.
      settings: { 'files.autoSave': 'off' },
      env: { NODE_EXTRA_CA_CERTS: certificates.authorityFile, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
    };
  });
  const file = (name: string) => path.join(ui().workspace ?? '', name);
  const row = (text: RegExp) => ui().view('Orders').locator('.monaco-list-row').filter({ hasText: text }).first();

  /** Hosts of Truework that the proxy was asked for; the editor asks for its own as well. */
  const asked = () => [
    ...new Set(proxy.asked.map(({ target }) => target).filter((target) => target.includes('truework'))),
  ];

  it('explains why it rejects a key, before the key is stored', async () => {
    await ui().openView('Truework');
    await ui().commandPalette('Truework: Add API Key…');
    await ui().quickInputTitled('Add API Key (1/2)');
    await ui().typeInInput(newKey());
    await ui().quickInputTitled('Add API Key (2/2)');
    await ui().typeInInput('Mistyped');
    await ui().dialog.getByText('Truework does not accept this API key.').waitFor();
    await ui().dialogButton('Cancel');
    assert.deepEqual(asked(), [`${HOST}:443`]);
  });

  it("accepts a key without a confirmation, and shows the account's orders", async () => {
    await ui().commandPalette('Truework: Add API Key…');
    await ui().quickInputTitled('Add API Key (1/2)');
    await ui().typeInInput(first);
    await ui().quickInputTitled('Add API Key (2/2)');
    await ui().typeInInput('My Sandbox');
    await ui().statusBarItem('My Sandbox').waitFor();
    await row(/action required/).waitFor();
  });

  it('accepts a new order', async () => {
    await ui().viewAction('Orders', 'Create Order…');
    await ui().quickInputTitled('Create Order');
    await ui().quickPick('Employer Search');
    await ui().quickPick('Joe Smith');
    await ui().quickPick('Current Employers');
    await ui().quickPick('Send to Sandbox');
    await row(/^Joe S\.Fake Company · completed/).waitFor();
  });

  it('stores a leaked key as a connection, and the text reads it from the environment', async () => {
    await ui().openFile('config.py');
    await ui().page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
    await ui().commandPalette('Truework: Store Leaked Key as a Connection…');
    await ui().quickInputTitled('Add API Key');
    await ui().typeInInput('From the Code');
    await ui().statusBarItem('From the Code').waitFor();
    await ui()
      .page.locator('.part.editor .view-line')
      .filter({ hasText: /os\.environ\["TRUEWORK_/ })
      .first()
      .waitFor();
    assert.ok(
      readFileSync(file('config.py'), 'utf8').includes(leaked),
      'the edit can still be undone: it is not saved yet',
    );
    await ui().commandPalette('File: Revert File');
  });

  it('confirms on request that the old key is revoked', async () => {
    await ui().page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
    await ui().commandPalette('Truework: Revoke and Replace Leaked Key…');
    await ui().quickInputTitled(/1\/4/);
    await ui().quickPick('I Have a New Key');
    await ui().quickInputTitled(/2\/4/);
    await ui().typeInInput(fresh);
    await ui().quickInputTitled(/3\/4/);
    await ui().quickPickRow('From the Code').waitFor();
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled(/4\/4/);
    await ui().quickPick(/Check That .* No Longer Works/);
    await ui()
      .quickInput.getByPlaceholder(/still works\. Revoke it/)
      .waitFor();
    await ui().notificationGone('Asking Truework with the old key');
    valid.delete(leaked);
    await ui().quickPick(/Check That .* No Longer Works/);
    await ui().quickInput.waitFor({ state: 'hidden' });
    await ui().notification('is revoked: Truework returned 401');
    await ui().clearNotifications();
  });

  it('is reached through the proxy, and production not at all', async () => {
    assert.ok(!existsSync(file('.env')));
    await ui().commandPalette('Truework: Refresh Orders');
    await row(/action required/).waitFor();
    assert.deepEqual(asked(), [`${HOST}:443`]);
  });
});
