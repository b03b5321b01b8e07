import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useWorkbench } from './driver.ts';

describe('Orders, with the local sandbox', () => {
  const ui = useWorkbench({ env: { TRUEWORK_DEMO: '1' } });
  const orders = () => ui().view('Orders');

  it('shows orders in every state as soon as the view opens', async () => {
    await ui().openView('Truework');
    await ui().treeRow(/./).first().waitFor();
    await orders().getByText(/^\d+ of \d+ orders$/).waitFor();
    const rows = (await ui().treeLabels()).join('\n');
    for (const state of ['pending approval', 'processing', 'action required', 'completed', 'canceled', 'invalid']) assert.match(rows, new RegExp(state));
    await ui().statusBarItem('Local Sandbox').waitFor();
  });

  it('creates a target employer order, shows the JSON before it is sent, and watches it to its end', async () => {
    await ui().viewAction('Orders', 'Create Order…');
    await ui().quickInputTitled('Create Order');
    await ui().quickPick('Target Employer');
    await ui().quickPick('Taylor Curtis');
    await ui().typeInInput('Initech');
    await ui().quickPickRow('Send to Sandbox').waitFor();
    assert.match(await ui().editorText(), /"name": "Initech"/);
    await ui().quickPick('Send to Sandbox');
    await ui().treeRow('Taylor C.').filter({ hasText: 'Initech' }).waitFor();
    await ui().treeRow('Taylor C.').filter({ hasText: /Initech · completed/ }).waitFor({ timeout: 40_000 });
    await ui().notification('Order for Taylor C.: completed').waitFor();
    await ui().clearNotifications();
  });

  it('goes back in the wizard without losing what was chosen', async () => {
    await ui().commandPalette('Truework: Create Order…');
    await ui().quickPick('Employer Search');
    await ui().quickPickRow('Sarah Cortez').waitFor();
    await ui().quickInputButton('Back');
    await ui().quickPick('Truework Direct');
    await ui().quickPickRow('Jane Doe').waitFor();
    await ui().escape();
  });
});
