/**
 * Text that wants to be more than text, in every place where the extension shows what came from outside: the API, git and
 * file names. Each of these texts would run a command when clicked, draw an icon, or turn its row around.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { anOrder, aPage, aReport, aVerification } from '../support/builders/orders.ts';
import { key } from '../support/keys.ts';
import { hasOpenssl, makeCertificates } from '../support/network/certificates.ts';
import { startProxy } from '../support/network/connect-proxy.ts';
import { listen } from '../support/network/server.ts';
import { useWorkbench } from './driver.ts';

const HOST = 'api.truework-sandbox.com';
const COMMAND = 'command:workbench.action.toggleZenMode';
const hostile = (name: string) => `[${name}](${COMMAND}) $(bell) \u202etxet desrever \u2066 \u200b end`;
/** What a reader sees of it. */
const shown = (name: string) =>
  new RegExp(`\\[${name}\\]\u200b?\\(${COMMAND}\\)\\s\\$\u200b?\\(bell\\)\\s+txet\\sdesrever`);

const wrap = (value: string) => ({ canonical_value: value, raw_value: value });
const person = { ...aVerification('completed').target, first_name: hostile('First'), last_name: hostile('Last') };
const company = {
  address: null,
  city: null,
  id: null,
  name: hostile('Company'),
  phone_number: null,
  state: null,
  zip_code: null,
};

function orderWith(id: string, state: string) {
  return anOrder(id, state, {
    search_key: hostile('Search'),
    loan_id: hostile('Loan'),
    verification_requests: [
      aVerification(state, {
        id: `verification-of-${id}`,
        target: { ...person, company },
        cancellation_details: hostile('Details'),
        type: hostile('Type'),
        use_case: wrap(hostile('Use')),
        permissible_purpose: wrap(hostile('Purpose')),
        state: { canonical_value: state, raw_value: hostile('Raw') },
        reports:
          state === 'completed'
            ? [
                aReport({
                  id: `report-of-${id}`,
                  employer: { ...aReport().employer, address: null, government_ids: null, name: hostile('Employer') },
                  current_as_of: hostile('Day'),
                }),
              ]
            : null,
      }),
    ],
  });
}

/** A Truework that means harm: what it answers is valid, and every text of it hostile. */
function hostileTruework(certificate: { readonly key: Buffer; readonly cert: Buffer }): Server {
  return createServer(certificate, (request, response) => {
    const { method = '', url = '' } = request;
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url.endsWith('/cancel'))
      answer(400, {
        error: { message: hostile('Refusal'), invalid_fields: { [hostile('Field')]: [hostile('Problem')] } },
      });
    else if (method === 'POST') answer(201, orderWith('created', 'completed'));
    else if (url.startsWith('/orders/processing')) answer(403, { error: { message: hostile('Forbidden') } });
    else if (url.startsWith('/orders/')) answer(200, orderWith('done', 'completed'));
    else
      answer(
        200,
        aPage([
          orderWith('processing', 'processing'),
          orderWith('done', 'completed'),
          anOrder('odd', hostile('State')),
        ]),
      );
  });
}

describe('Hostile text', {
  skip: hasOpenssl ? false : 'The certificates are made with the command openssl, which is not here.',
}, () => {
  const opened: (() => unknown)[] = [];
  after(async () => {
    for (const close of opened.reverse()) await close();
  });

  const ui = useWorkbench(async () => {
    const certificates = makeCertificates([`DNS:${HOST}`]);
    opened.push(() => {
      certificates.remove();
    });
    const server = hostileTruework({ key: certificates.key, cert: certificates.certificate });
    opened.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const proxy = await startProxy({ only: `${HOST}:443`, port: await listen(server) });
    opened.push(() => {
      proxy.close();
    });
    return {
      files: { 'readme.txt': 'nothing here\n' },
      env: { NODE_EXTRA_CA_CERTS: certificates.authorityFile, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
    };
  });

  /** Waits for a place that shows a hostile text, and sees that it is no more than text there. */
  const isPlain = async (what: Locator, name: string) => {
    const place = what.filter({ hasText: shown(name) }).first();
    await place.waitFor();
    assert.equal(await place.locator('.codicon-bell').count(), 0, 'an icon was drawn');
    assert.equal(
      await ui().page.locator('a[href*="toggleZenMode"], a[data-href*="toggleZenMode"]').count(),
      0,
      'a link was made',
    );
    assert.doesNotMatch(await place.innerText(), /[\u202a-\u202e\u2066-\u2069]/, 'the text is turned around');
    return place;
  };
  const toast = () =>
    ui().page.locator('.notifications-center .notification-list-item, .notifications-toasts .notification-list-item');
  const dismissed = async () => {
    await ui().clearNotifications();
  };

  it('is plain text in rows, tooltips and labels for screen readers', async () => {
    await ui().openView('Truework');
    await ui().commandPalette('Truework: Add API Key…');
    await ui().quickInputTitled('Add API Key (1/2)');
    await ui().typeInInput(key('hostile text', 'sandbox'));
    await ui().quickInputTitled('Add API Key (2/2)');
    await ui().typeInInput('Mine');
    const rows = ui().view('Orders').locator('.monaco-list-row');
    const first = await isPlain(rows, 'First');
    assert.doesNotMatch((await first.getAttribute('aria-label')) ?? '', /[\u202a-\u202e\u2066-\u2069]/);
    await isPlain(rows, 'State');
    const hover = ui().page.locator('.monaco-hover').filter({ hasText: 'Loan' });
    // A tooltip goes when anything else moves; then a person points at the row once more.
    do await first.hover();
    while (
      !(await hover.waitFor({ timeout: 5_000 }).then(
        () => true,
        () =>
          ui()
            .page.mouse.move(800, 400)
            .then(() => false),
      ))
    );
    await isPlain(hover, 'Loan');
    await ui().screenshot('hostile-text rows');
  });

  it('is plain text in the warning about a staged file, its problem and its fixes', async () => {
    const folder = ui().workspace ?? '';
    const name = `[Details](${COMMAND}) $(bell) \u202etxet desrever \u2066 \u200b end.js`;
    writeFileSync(path.join(folder, name), `const k = '${key('hostile file name')}';\n`);
    assert.equal(spawnSync('git', ['add', '--all'], { cwd: folder }).status, 0);
    await ui().notification(/would be in the next commit/);
    await (await isPlain(toast(), 'Details')).getByText('Details', { exact: false }).first().click();
    await ui().screenshot('hostile-text staged');
    assert.equal(
      await ui().page.locator('.monaco-workbench.zenmode, .monaco-workbench.nostatusbar').count(),
      0,
      'a command ran',
    );
    await dismissed();
    await isPlain(ui().view('Leaked Keys').locator('.monaco-list-row'), 'Details');
  });

  it('is plain text in the message about a rejected request', async () => {
    const row = ui().view('Orders').locator('.monaco-list-row').filter({ hasText: 'processing' }).first();
    await ui().contextMenu(row, 'Cancel Order…');
    await ui().quickInputTitled('Cancel Order (1/2)');
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled('Cancel Order (2/2)');
    await ui().page.keyboard.press('Enter');
    await isPlain(ui().dialog, 'First');
    await ui().dialogButton('Cancel Order');
    await ui().notification(/some values are not valid/);
    await isPlain(toast(), 'Problem');
    await ui().screenshot('hostile-text refusal');
    await dismissed();
  });

  it('is plain text in pickers, and in the notification about a finished order', async () => {
    await ui().commandPalette('Truework: Open Report');
    await isPlain(ui().quickInput.locator('.monaco-list-row'), 'Employer');
    await ui().screenshot('hostile-text picker');
    await ui().escape();
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Employer Search');
    await ui().quickInputTitled('Create Order (Mine) (2/4)');
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled('Create Order (Mine) (3/4)');
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled('Create Order (Mine) (4/4)');
    await ui().page.keyboard.press('Enter');
    await ui().notification(/Order for/);
    await isPlain(toast(), 'First');
    await dismissed();
  });

  it('is escaped in documents as JSON requires', async () => {
    await ui().clickUntil(
      ui().view('Orders').locator('.monaco-list-row').filter({ hasText: 'completed' }).first(),
      ui().tab(/\.json/),
    );
    const text = await ui().editorText();
    assert.match(text, /\\u202etxet desrever \\u2066 \\u200b end/);
  });
});
