import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { PUBLISHABLE_PREFIX, SANDBOX_MARK, SECRET_PREFIX } from '../../src/truework/keys.ts';
import { useWorkbench } from './driver.ts';

/** Every file below a folder that holds these bytes. */
function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}

describe('API keys', () => {
  const ui = useWorkbench({ files: { 'README.md': '# empty\n' } });
  const body = randomBytes(20).toString('hex');
  const productionBody = randomBytes(32)
    .toString('base64url')
    .replace(/^test_/, 'rest_');

  it('are checked while they are typed', async () => {
    await ui().openView('Truework');
    await ui().page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(SECRET_PREFIX + SANDBOX_MARK + body)})`);
    const input = ui().quickInput.locator('input[type=password]');
    await ui().clickUntil(ui().view('Orders').getByRole('button', { name: 'Add API Key' }), input);
    assert.equal(await input.inputValue(), '', 'the clipboard is not read');
    await ui().page.locator('.part.editor').click();
    assert.ok(await input.isVisible(), 'a click elsewhere loses nothing');
    const says = async (typed: string, text: RegExp) => {
      await ui().typeInInput(typed, { accept: false });
      await ui().inputMessage.filter({ hasText: text }).waitFor();
    };
    await says(PUBLISHABLE_PREFIX + SANDBOX_MARK + body, /publishable key/);
    await says('hello', /does not begin with/);
    await says(SECRET_PREFIX + SANDBOX_MARK + body.slice(0, 20), /This sandbox key is too short/);
    await says(SECRET_PREFIX + productionBody, /Production key/);
    await says(SECRET_PREFIX + SANDBOX_MARK + body, /Sandbox key\. It is sent to api\.truework-sandbox\.com only/);
    assert.equal(await ui().quickInput.locator('input').first().getAttribute('type'), 'password');
    await ui().screenshot('add-key');
  });

  it('are tried before they are stored; a failure is explained, and the key can be kept', async () => {
    await ui().quickInput.locator('input').first().press('Enter');
    await ui().quickInputTitled('Add API Key (2/2)');
    await ui().typeInInput('My Sandbox');
    await ui()
      .dialog.getByText(/cannot be reached|did not answer in time|proxy/)
      .waitFor({ timeout: 60_000 });
    await ui().dialogButton('Keep Anyway');
    await ui().statusBarItem('My Sandbox').waitFor();
    assert.doesNotMatch((await ui().statusBarItem('My Sandbox').getAttribute('class')) ?? '', /warning-kind/);
  });

  it('for production need a confirmation, and are read-only and shown in warning colors', async () => {
    await ui().commandPalette('Truework: Add API Key…');
    await ui().quickInputTitled('Add API Key (1/2)');
    await ui().typeInInput(SECRET_PREFIX + productionBody);
    await ui().quickInputTitled('Add API Key (2/2)');
    await ui().typeInInput('Live');
    await ui().dialog.getByText('This is a production key').waitFor();
    await ui().dialogButton('Add Production Key');
    await ui().dialog.getByRole('button', { name: 'Keep Anyway' }).waitFor({ timeout: 60_000 });
    await ui().dialogButton('Keep Anyway');
    await ui().statusBarItem('Live').waitFor();
    assert.match((await ui().statusBarItem('Live').getAttribute('class')) ?? '', /warning-kind/);
    await ui().screenshot('production');
    await ui().commandPalette('Truework: Create Order…');
    await ui().dialog.getByText('is a production connection').waitFor();
    await ui().dialogButton('Cancel');
  });

  it('can be switched', async () => {
    await ui().statusBarItem('Live').click();
    await ui().quickInputTitled('Switch Connection');
    await ui().screenshot('switch-connection');
    await ui().quickPick('My Sandbox');
    await ui().statusBarItem('My Sandbox').waitFor();
  });

  it('lead to the welcome view, not to an error, when the keyring lost them', async () => {
    await ui().reload();
    await ui().openView('Truework');
    await ui().view('Orders').getByText('no longer available on this machine').waitFor();
    assert.deepEqual(await ui().notifications(), []);
    await ui().screenshot('key-gone');
  });

  it('are nowhere on disk and nowhere in the console', () => {
    for (const secret of [body, productionBody]) {
      assert.deepEqual(filesHolding(ui().dataFolder, secret.slice(4, 20)), []);
      assert.deepEqual(filesHolding(ui().workspace ?? '', secret.slice(4, 20)), []);
      assert.ok(!ui().console.join('\n').includes(secret.slice(4, 20)));
    }
  });

  it('are removed after a confirmation', async () => {
    await ui().commandPalette('Truework: Remove API Key…');
    await ui().quickPick('Live');
    await ui().dialogButton('Remove');
    await ui().commandPalette('Truework: Remove API Key…');
    await ui().quickPick('My Sandbox');
    await ui().dialogButton('Remove');
    await ui().view('Orders').getByRole('button', { name: 'Add API Key' }).waitFor();
  });
});
