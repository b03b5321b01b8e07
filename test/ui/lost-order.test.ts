/**
 * An order whose response is lost and that Truework creates late, with the window loaded again in between: it is found, it is
 * not created twice, and the draft is there until then. Truework has its own host name here, behind a proxy.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { after, describe, it } from 'node:test';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start-sandbox.ts';
import { SANDBOX_MARK, SECRET_PREFIX } from '../../src/truework/keys.ts';
import { hasOpenssl, makeCertificates } from '../support/network/certificates.ts';
import { startProxy } from '../support/network/connect-proxy.ts';
import { listen } from '../support/network/server.ts';
import { useWorkbench } from './driver.ts';

const HOST = 'api.truework-sandbox.com';
const KEY = SECRET_PREFIX + SANDBOX_MARK + randomBytes(20).toString('hex');

/** Passes requests on to the sandbox, except those that it is to lose. */
class Front {
  readonly server: Server;
  readonly #sandbox: RunningSandbox;
  /** What is lost next, and what of it has not reached the sandbox yet. */
  losesNext = false;
  readonly held: (() => Promise<unknown>)[] = [];
  creates = 0;

  constructor(sandbox: RunningSandbox, certificate: { readonly key: Buffer; readonly cert: Buffer }) {
    this.#sandbox = sandbox;
    this.server = createServer(certificate, (request, response) => {
      void (async () => {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const { authorization = '', accept = '', 'content-type': type } = request.headers;
        const forward = () =>
          fetch(this.#sandbox.url + (request.url ?? ''), {
            method: request.method ?? 'GET',
            headers: { authorization, accept, ...(type !== undefined && { 'content-type': type }) },
            ...(pieces.length > 0 && { body: Buffer.concat(pieces) }),
          });
        if (request.method === 'POST') {
          this.creates += 1;
          if (this.losesNext) {
            this.losesNext = false;
            this.held.push(forward);
            response.destroy();
            return;
          }
        }
        const answer = await forward();
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(Buffer.from(await answer.arrayBuffer()));
      })().catch(() => {
        response.destroy();
      });
    });
  }

  /** Truework gets to what was lost on the way. */
  async deliver(): Promise<void> {
    for (const forward of this.held.splice(0)) await forward();
  }
}

describe('An order whose response is lost', {
  skip: hasOpenssl ? false : 'The certificates are made with the command openssl, which is not here.',
}, () => {
  let front: Front;
  const opened: (() => unknown)[] = [];
  after(async () => {
    for (const close of opened.reverse()) await close();
  });

  const ui = useWorkbench(async () => {
    const certificates = makeCertificates([`DNS:${HOST}`]);
    opened.push(() => {
      certificates.remove();
    });
    const sandbox = await startSandbox({ apiKey: KEY });
    opened.push(() => sandbox.stop());
    front = new Front(sandbox, { key: certificates.key, cert: certificates.certificate });
    const port = await listen(front.server);
    opened.push(() => {
      front.server.close();
      front.server.closeAllConnections();
    });
    const proxy = await startProxy({ only: `${HOST}:443`, port });
    opened.push(() => {
      proxy.close();
    });
    return { env: { NODE_EXTRA_CA_CERTS: certificates.authorityFile, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } };
  });
  const row = (text: RegExp) => ui().view('Orders').locator('.monaco-list-row').filter({ hasText: text }).first();
  const line = (text: RegExp) => ui().page.locator('.part.editor .view-line').filter({ hasText: text }).first();
  /** Also after a reload, since this host has no keyring: then the connection of this name gets its key again. */
  const addKey = async () => {
    await ui().commandPalette('Truework: Add API Key…');
    await ui().quickInputTitled('Add API Key (1/2)');
    await ui().typeInInput(KEY);
    await ui().quickInputTitled('Add API Key (2/2)');
    await ui().typeInInput('Mine');
    await ui().quickInput.waitFor({ state: 'hidden' });
    await ui().statusBarItem('Mine').waitFor();
  };
  const unknown = /^Taylor C\.not known yet whether created · Mine/;

  it('is shown as unknown in a row of its own', async () => {
    await ui().openView('Truework');
    await addKey();
    front.losesNext = true;
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Target Employer');
    await ui().quickPick('Taylor Curtis');
    await ui().quickInputTitled('(3/4)');
    await ui().typeInInput('Late Industries');
    await ui().quickPick('Send to Sandbox');
    await row(unknown).waitFor();
    await ui().notification('It is not known yet whether the order for Taylor C. was created in "Mine"');
    await ui().clearNotifications();
    await ui()
      .view('Orders')
      .getByRole('treeitem', {
        name: /^Order for Taylor C\., sent .* in Mine: it is not known yet whether it was created/,
      })
      .waitFor();
    await ui().screenshot('lost-order');
  });

  it('needs a confirmation before it is sent again', async () => {
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPickRow('Continue Draft').getByText('This draft was sent, and it is not known yet').waitFor();
    await ui().screenshot('lost-order-draft');
    await ui().quickPick('Continue Draft');
    await ui().quickInputTitled('(4/4)');
    await line(/"name":\s"Late\sIndustries"/).waitFor();
    await ui().quickPick('Send to Sandbox');
    await ui()
      .dialog.getByText(/It is not known yet whether the order for Taylor C\. sent .* was created in "Mine"/)
      .waitFor();
    await ui().screenshot('lost-order-dialog');
    assert.equal(await ui().dialog.getByRole('button', { name: 'Send Anyway' }).count(), 1);
    await ui().page.keyboard.press('Enter');
    await ui().dialog.waitFor({ state: 'detached' });
    await row(unknown).waitFor();
    assert.equal(front.creates, 1);
  });

  it('is searched for after a reload as soon as its key is available, and keeps its draft until it is found', async () => {
    await ui().reload();
    await ui().openView('Truework');
    await row(unknown).waitFor();
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPickRow('Continue Draft').waitFor();
    await ui().escape();
    await ui().view('Orders').getByText('no longer available on this machine').waitFor();
    await front.deliver();
    await addKey();
    await row(/^Taylor C\.Late Industries · /).waitFor();
    await ui().notification(
      'The order for Taylor C. was created in "Mine". Its response was lost, and the order was found later.',
    );
    await ui().clearNotifications();
    assert.equal(await row(unknown).count(), 0);
    assert.equal(
      await ui().view('Orders').locator('.monaco-list-row').filter({ hasText: 'Late Industries' }).count(),
      1,
    );
    assert.equal(front.creates, 1);
  });

  it('is no longer a draft once it is found', async () => {
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPickRow('Target Employer').waitFor();
    assert.ok(!(await ui().quickPickLabels()).includes('Continue Draft'));
    await ui().escape();
    await ui().quickInput.waitFor({ state: 'hidden' });
  });

  it('is no longer searched for after the user stops the search', async () => {
    front.losesNext = true;
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Employer Search');
    await ui().quickPick('Taylor Curtis');
    await ui().quickPick('Any Employers');
    await ui().quickPick('Send to Sandbox');
    await ui().notification('It is not known yet whether the order for Taylor C. was created in "Mine"');
    await ui().clearNotifications();
    await row(unknown).waitFor();
    await ui().contextMenu(row(unknown), 'Stop Searching for Order…');
    await ui().dialogButton('Stop Searching');
    await row(unknown).waitFor({ state: 'detached' });
  });

  it('keeps its draft with the typed text if Truework rejected it, but no social security number after a reload', async () => {
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Target Employer');
    await ui().quickInputTitled('(2/4)');
    await ui().filterPicks('Enter Another');
    await ui().quickPick('Enter Another Applicant…');
    await ui().inputMessage.filter({ hasText: 'First and last name' }).waitFor();
    await ui().typeInInput('Grace Hopper');
    await ui()
      .inputMessage.filter({ hasText: 'test SSN' })
      .or(ui().inputMessage.filter({ hasText: 'Social security number' }))
      .waitFor();
    await ui().typeInInput('531-64-2718');
    await ui().inputMessage.filter({ hasText: 'Date of birth' }).waitFor();
    await ui().typeInInput('1906-12-09');
    await ui().quickInputTitled('(3/4)');
    await ui().typeInInput('Navy');
    await ui().quickPick('Send to Sandbox');
    await ui().notification('Truework refused the request');
    await ui().clearNotifications();
    await ui().commandPalette('Truework: Create Order…');
    await ui()
      .quickPickRow('Continue Draft')
      .getByText(/Grace H\./)
      .waitFor();
    await ui().quickPickRow('Continue Draft').click();
    await ui().quickInputTitled('(4/4)');
    await ui().quickPick('Search key');
    await ui().inputMessage.filter({ hasText: 'A text of your choice' }).waitFor();
    await ui().typeInInput('half a key', { accept: false });
    await ui().stored('half a key');
    await ui().reload();
    await addKey();
    await ui().commandPalette('Truework: Create Order…');
    await ui()
      .quickPickRow('Continue Draft')
      .getByText(/Grace H\./)
      .waitFor();
    await ui().quickPickRow('Continue Draft').click();
    await ui().inputMessage.filter({ hasText: 'Social security number' }).waitFor();
    assert.equal(await ui().quickInput.locator('input').first().inputValue(), '');
    await ui().typeInInput('000-00-0003');
    await ui().quickInputTitled('(4/4)');
    await line(/"first_name":\s"Grace"/).waitFor();
    await ui().quickPick('Search key');
    await ui().inputMessage.filter({ hasText: 'A text of your choice' }).waitFor();
    assert.equal(await ui().quickInput.locator('input').first().inputValue(), 'half a key');
    await ui().typeInInput('half a key');
    await ui().quickPick('Send to Sandbox');
    await row(/^Grace H\.Navy · /).waitFor();
  });
});
