import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { useWorkbench } from './driver.ts';

/** How long an order may take to its end: the sandbox works on it for seconds, and the view looks every other second. */
const watching = { timeout: 60_000 };

describe('Orders, with the local sandbox', () => {
  const ui = useWorkbench({ env: { TRUEWORK_DEMO: '1' } });
  /** A row of the Orders view, by what it says, description included. */
  const row = (text: RegExp) => ui().view('Orders').locator('.monaco-list-row').filter({ hasText: text }).first();
  const line = (text: RegExp) => ui().page.locator('.part.editor .view-line').filter({ hasText: text }).first();
  const noticed = async (text: string) => {
    await ui().notification(text);
    await ui().clearNotifications();
  };
  const message = (text: RegExp) => ui().view('Orders').getByText(text);

  it('shows orders in every state as soon as the view opens', async () => {
    await ui().openView('Truework');
    // Room for all rows: only those in sight are in the page.
    await ui().view('Leaked Keys').locator('.pane-header').click();
    await message(/^\d+ of \d+ orders$/).waitFor();
    for (const state of [
      'pending approval',
      'processing',
      'action required',
      'completed',
      'canceled',
      'invalid',
      'waiting for the applicant',
    ])
      await row(new RegExp(state)).waitFor();
    await ui().statusBarItem('Local Sandbox').waitFor();
  });

  it('spells each order out for a screen reader', async () => {
    await ui()
      .view('Orders')
      .getByRole('treeitem', { name: /^Order for Jane D\., Acme Corporation, action required, created / })
      .waitFor();
  });

  for (const theme of ['dark', 'high contrast', 'light'] as const) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await ui().theme(theme);
      assert.ok(readFileSync(await ui().screenshot(`orders-${theme}`)).length > 10_000);
    });
  }

  it('creates a target employer order, shows the JSON before it is sent, and watches it to its end', async () => {
    await ui().viewAction('Orders', 'Create Order…');
    await ui().quickInputTitled('Create Order');
    await ui().quickPick('Target Employer');
    await ui().quickPick('Taylor Curtis');
    await ui().quickInputTitled('(3/4)');
    await ui().typeInInput('Wayne Enterprises');
    await ui().quickPickRow('Send to Sandbox').waitFor();
    await line(/"name":\s"Wayne\sEnterprises"/).waitFor();
    await ui().screenshot('create-preview');
    await ui().quickPick('Send to Sandbox');
    await row(/Taylor C\.Wayne Enterprises/).waitFor();
    await row(/Taylor C\.Wayne Enterprises · completed/).waitFor(watching);
    await noticed('Order for Taylor C.: completed');
  });

  it('creates an employer search, which completes at once', async () => {
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Employer Search');
    await ui().quickPick('Joe Smith');
    await ui().quickPick('Current Employers');
    await ui().quickPick('Use case');
    await ui().quickPick('tenant');
    await line(/"use_case":\s"tenant"/).waitFor();
    await ui().quickPick('Send to Sandbox');
    await row(/^Joe S\.Fake Company · completed/).waitFor(watching);
    await ui().clearNotifications();
  });

  it('creates a Truework Direct order', async () => {
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Truework Direct');
    await ui().quickPickRow('Jane Doe').waitFor();
    assert.equal((await ui().quickPickLabels())[0], 'Jane Doe', 'the Truework Direct applicant comes first');
    await ui().quickPick('Jane Doe');
    await ui().quickInputTitled('(3/4)');
    await ui().typeInInput('Umbrella; Stark');
    await ui().quickPickRow('Send to Sandbox').waitFor();
    await line(/"name":\s"Stark"/).waitFor();
    await ui().quickPick('Send to Sandbox');
    await row(/^Jane D\.Umbrella, Stark/).waitFor(watching);
  });

  it('goes back in the wizard without losing what was chosen', async () => {
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Employer Search');
    await ui().quickPickRow('Sarah Cortez').waitFor();
    await ui().quickInputButton('Back');
    await ui().quickPick('Target Employer');
    await ui().quickInputTitled('(2/4)');
    await ui().filterPicks('Enter Another');
    await ui().quickPick('Enter Another Applicant…');
    await ui().inputMessage.filter({ hasText: 'First and last name' }).waitFor();
    await ui().typeInInput('Nobody', { accept: true });
    await ui().inputMessage.filter({ hasText: 'first and a last name' }).waitFor();
    await ui().escape();
    await ui().quickInput.waitFor({ state: 'hidden' });
  });

  it('opens an order and its report as read-only JSON', async () => {
    await ui().clickUntil(row(/Taylor C\.Wayne Enterprises/), line(/"employer_search":\snull/));
    await ui().clickUntil(row(/^Wayne Enterprises/).locator('.monaco-tl-twistie'), row(/Report: Wayne Enterprises/));
    await ui().clickUntil(row(/Report: Wayne Enterprises/), line(/"current_as_of"/));
    await ui().typeInEditor('x');
    assert.doesNotMatch(await ui().editorText(), /^x/m);
  });

  it('reverifies a report from its row, as a new order', async () => {
    await ui().inlineAction(row(/Report: Wayne Enterprises/), 'Reverify Report…');
    await ui().quickInputTitled('Reverify Report');
    await ui().quickPick('Asynchronous');
    await ui()
      .view('Orders')
      .locator('.monaco-list-row')
      .filter({ hasText: /Taylor C\.Wayne Enterprises · completed/ })
      .nth(1)
      .waitFor(watching);
    await noticed('Order for Taylor C.: completed');
  });

  it('downloads a report as PDF', async () => {
    await ui().contextMenu(row(/Report: Wayne Enterprises/), 'Download Report PDF…');
    const file = path.join(ui().workspace ?? '', 'report.pdf');
    await ui().saveAs(file);
    await noticed('Report saved');
    assert.equal(readFileSync(file).subarray(0, 5).toString('latin1'), '%PDF-');
    rmSync(file);
  });

  it('offers Cancel only for cancelable orders, after a confirmation', async () => {
    const open = row(/^Kyle B\.Initech Software · pending/);
    await ui().clickUntil(row(/Diane P\./), ui().menuItem('Copy ID'), { button: 'right' });
    assert.ok(!(await ui().menuLabels()).includes('Cancel Order…'));
    await ui().escape();
    await ui().inlineAction(open, 'Cancel Order…');
    await ui().quickPick('The information submitted was wrong');
    await ui().quickInputTitled('Cancel Order (2/2)');
    await ui().typeInInput('typed the wrong name');
    await ui().dialog.getByText('cannot be undone').waitFor();
    await ui().screenshot('cancel-dialog');
    await ui().dialogButton('Cancel Order');
    await row(/^Kyle B\.Initech Software · canceled/).waitFor();
  });

  it('filters by search key at Truework, and by state locally', async () => {
    await ui().viewAction('Orders', 'Filter Orders…');
    await ui().quickPick('Search key');
    await ui().inputMessage.filter({ hasText: 'leave empty to show all orders' }).waitFor();
    await ui().typeInInput('unit-12b');
    await message(/^1 of 1 orders · filtered by search key "unit-12b"$/).waitFor();
    await ui().viewAction('Orders', 'Clear Orders Filter');
    await message(/^\d\d of \d\d orders$/).waitFor();
    await ui().viewAction('Orders', 'Filter Orders…');
    await ui().quickPick('State');
    await ui().quickPick('invalid');
    await ui().quickInput.locator('input').first().press('Enter');
    await message(/^1 of \d\d loaded orders shown/).waitFor();
    await ui().viewAction('Orders', 'Clear Orders Filter');
    await message(/^\d\d of \d\d orders$/).waitFor();
  });

  it('groups by state and by day', async () => {
    await ui().commandPalette('Truework: Group Orders by State');
    await ui().treeRow('action required').waitFor();
    await ui().screenshot('orders-grouped');
    await ui().commandPalette('Truework: Group Orders by Day');
    await ui().treeRow(/\d{4}/).waitFor();
    await ui().commandPalette('Truework: Ungroup Orders');
  });

  it('copies the ID of a row', async () => {
    await ui().contextMenu(row(/Diane P\./), 'Copy ID');
    await ui().page.waitForFunction('navigator.clipboard.readText().then((text) => /^[\\w-]{56}$/.test(text))');
  });

  it('cancels several orders at once, and reports each result', async () => {
    const [processing, waiting] = [
      row(/^Jerome F\.Hooli Health · processing/),
      row(/^Jane D\.Acme Corporation · action required/),
    ];
    await ui().select(processing, waiting);
    await ui().contextMenu(waiting, 'Cancel Order…');
    await ui().quickInputTitled('Cancel 2 Orders (1/2)');
    await ui().quickPick('Verified by another provider');
    await ui().typeInInput('');
    await ui().dialog.getByText('Cancel 2 orders in Local Sandbox?').waitFor();
    await ui().dialogButton('Cancel 2 Orders');
    await ui().quickInputTitled('2 of 2 Orders Canceled');
    await ui().quickPickRow('Jane D.').getByText('canceled', { exact: true }).waitFor();
    await ui().quickPickRow('Jerome F.').getByText('canceled', { exact: true }).waitFor();
    await ui().screenshot('cancel-results');
    await ui().escape();
    await row(/^Jane D\.Acme Corporation · canceled/).waitFor();
    assert.equal(await processing.count(), 0);
  });

  it('is usable in a narrow side bar', async () => {
    await ui().sideBarWidth(200);
    assert.ok(readFileSync(await ui().screenshot('orders-narrow')).length > 10_000);
  });

  it('shows the welcome view when the sandbox stops', async () => {
    await ui().commandPalette('Truework: Stop Local Sandbox');
    await ui().view('Orders').getByRole('button', { name: 'Add API Key' }).waitFor();
    await ui().screenshot('welcome');
  });
});
