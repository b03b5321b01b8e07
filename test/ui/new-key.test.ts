/** Where a new key goes that takes a leaked one's place. It is shown only once, so it must never be dropped unseen. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { key, masked } from '../support/keys.ts';
import { useWorkbench, type Workbench } from './driver.ts';

async function until(holds: () => boolean): Promise<void> {
  for (let n = 0; n < 300 && !holds(); n += 1)
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  assert.ok(holds());
}

/** Goes up to the question where the new key goes. Truework cannot be reached from where the tests run. */
async function pasteNewKey(ui: Workbench, old: string, fresh: string): Promise<void> {
  await ui.commandPalette('Truework: Revoke and Replace Leaked Key…');
  if (
    !(await ui.quickInput
      .locator('.quick-input-title')
      .filter({ hasText: /1\/4/ })
      .waitFor({ timeout: 3_000 })
      .then(
        () => true,
        () => false,
      ))
  )
    await ui.quickPick(masked(old));
  await ui.quickInputTitled(/1\/4/);
  await ui.quickPick('I Have a New Key');
  await ui.quickInputTitled(/2\/4/);
  await ui.typeInInput(fresh);
  await ui.dialogButton('Keep Anyway');
  await ui.quickInputTitled(/3\/4/);
}

const ticked = async (ui: Workbench) => {
  await ui.quickInput.locator('.monaco-list-row').first().waitFor();
  const rows = await ui.quickInput
    .locator('.monaco-list-row')
    .filter({ has: ui.page.locator('[aria-checked=true], input:checked') })
    .all();
  return await Promise.all(rows.map((row) => row.locator('.label-name').first().innerText()));
};

describe('A new key, where nothing holds the old one', () => {
  const old = key('nowhere but here');
  const ui = useWorkbench({ files: { 'a.js': `const key = '${old}';\n`, 'package.json': '{}\n' } });
  const file = (name: string) => path.join(ui().workspace ?? '', name);

  it('needs a confirmation when its dialog is closed, and is reported if discarded', async () => {
    const fresh = key('dropped');
    await ui().openFile('a.js');
    await ui().page.locator('.squiggly-error').first().waitFor();
    await pasteNewKey(ui(), old, fresh);
    await ui().screenshot('new-key-places');
    assert.deepEqual(await ticked(ui()), ['Store as a Connection…']);
    await ui().escape();
    await ui()
      .dialog.getByText(`The new key ${masked(fresh)} is not stored anywhere yet.`)
      .waitFor();
    await ui().screenshot('new-key-not-stored');
    await ui().dialogButton('Continue');
    await ui().quickInputTitled(/3\/4/);
    await ui().escape();
    await ui().dialogButton('Cancel');
    await ui().notification(`The new key ${masked(fresh)} was not stored.`);
    await ui().clearNotifications();
  });

  it('needs a confirmation when its box is closed with the key in it, and can be copied', async () => {
    const fresh = key('typed only');
    await ui().commandPalette('Truework: Revoke and Replace Leaked Key…');
    await ui().quickInputTitled(/1\/4/);
    await ui().quickPick('I Have a New Key');
    await ui().quickInputTitled(/2\/4/);
    await ui().typeInInput(fresh, { accept: false });
    await ui().page.getByText('looks right').first().waitFor();
    await ui().escape();
    await ui().dialogButton('Copy New Key');
    await ui().notification(`The new key ${masked(fresh)} is only in the clipboard.`);
    assert.equal(await ui().clipboard(), fresh);
    await ui().clearNotifications();
  });

  it('needs a destination, and goes to .env if that is chosen', async () => {
    const fresh = key('to the env');
    await pasteNewKey(ui(), old, fresh);
    await ui().quickPick('Store as a Connection…');
    await ui().page.keyboard.press('Enter');
    await ui()
      .quickInput.getByPlaceholder(/not stored anywhere yet. Select at least one destination/)
      .waitFor();
    await ui().quickPick('Write to .env as TRUEWORK_API_KEY');
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled(/4\/4/);
    await until(() => existsSync(file('.env')) && readFileSync(file('.env'), 'utf8') === `TRUEWORK_API_KEY=${fresh}\n`);
    assert.equal(readFileSync(file('.gitignore'), 'utf8'), '.env\n');
    await ui().quickPick('Finish Without Checking');
    await ui().notification(`The new key ${masked(fresh)} is now in: .env as TRUEWORK_API_KEY.`);
    await ui().clearNotifications();
  });

  it('is stored as a connection with the chosen name, without being tried again', async () => {
    const fresh = key('to a connection', 'production');
    await pasteNewKey(ui(), old, fresh);
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled(/Add API Key/);
    await ui().typeInInput('Rotated');
    await ui().dialogButton('Add Production Key');
    await ui().quickInputTitled(/4\/4/);
    await ui().quickPick('Finish Without Checking');
    await ui().notification(`The new key ${masked(fresh)} is now in: Rotated.`);
    await ui().statusBarItem('Rotated').waitFor();
  });
});

describe('A new key, where .env files hold the old one that no search has seen', () => {
  const old = key('in files not searched');
  const ui = useWorkbench({
    files: {
      'a.js': `const key = '${old}';\n`,
      '.gitignore': '.env*\n',
      'package.json': '{}\n',
      '.env': `OTHER=1\nTRUEWORK_API_KEY=${old}\n`,
      'services/api/.env.local': `HEADER="Bearer ${old}" # ours\n`,
      'services/web/.env': 'TRUEWORK_API_KEY=none\n',
    },
  });
  const textOf = (name: string) => readFileSync(path.join(ui().workspace ?? '', name), 'utf8');

  it('replaces the old one in each of them', async () => {
    const fresh = key('for all files');
    await ui().openFile('a.js');
    await ui().page.locator('.squiggly-error').first().waitFor();
    await pasteNewKey(ui(), old, fresh);
    assert.deepEqual((await ticked(ui())).toSorted(), ['.env', 'services/api/.env.local']);
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled(/4\/4/);
    await until(
      () =>
        textOf('.env') === `OTHER=1\nTRUEWORK_API_KEY=${fresh}\n` &&
        textOf('services/api/.env.local') === `HEADER="Bearer ${fresh}" # ours\n`,
    );
    assert.equal(textOf('services/web/.env'), 'TRUEWORK_API_KEY=none\n');
    assert.equal(textOf('a.js'), `const key = '${old}';\n`);
    await ui().quickPick('Finish Without Checking');
  });
});
