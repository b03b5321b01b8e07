/** What a person does about a leaked key, by keyboard and mouse. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { key, masked } from '../support/keys.ts';
import { useWorkbench, type Workbench } from './driver.ts';

const moved = key('moved by hand');
const pushed = key('revoked by hand');

/** Chooses a fix once git has said that the key is committed. */
async function chooseFix(ui: Workbench, file: string, title: string, effect: Locator): Promise<void> {
  await ui.openView('Truework');
  await ui
    .view('Leaked Keys')
    .locator('.monaco-list-row', { hasText: new RegExp(`${file}.*committed`) })
    .waitFor();
  await ui.chooseFix(file, title, effect);
}

async function until(holds: () => boolean): Promise<void> {
  for (let n = 0; n < 300 && !holds(); n += 1)
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  assert.ok(holds());
}

describe('Fixes for leaked keys, by hand', () => {
  const ui = useWorkbench({
    files: {
      'a.js': `const key = '${moved}';\n`,
      'b.js': `const key = '${pushed}';\n`,
      '.gitignore': 'node_modules\n',
      'package.json': '{}\n',
    },
  });
  const file = (name: string) => path.join(ui().workspace ?? '', name);

  it('move a key to .env after a preview of all changes, with everything checked', async () => {
    const apply = ui().page.getByRole('button', { name: 'Apply' });
    await chooseFix(ui(), 'a.js', 'to .env and Read', apply);
    await ui().page.locator('.part.panel .monaco-list-row', { hasText: '.gitignore' }).waitFor();
    await ui().screenshot('fixes-preview');
    assert.equal(await ui().page.locator('.part.panel .monaco-list-row input:not(:checked)').count(), 0);
    assert.ok(!existsSync(file('.env')), 'nothing is written before the person says so');
    await apply.click();
    await until(() => existsSync(file('.env')) && readFileSync(file('a.js'), 'utf8').includes('process'));
    assert.equal(readFileSync(file('a.js'), 'utf8'), 'const key = process.env.TRUEWORK_API_KEY;\n');
    assert.equal(readFileSync(file('.env'), 'utf8'), `TRUEWORK_API_KEY=${moved}\n`);
    assert.equal(readFileSync(file('.gitignore'), 'utf8'), 'node_modules\n.env\n');
    assert.equal(readFileSync(file('.env.example'), 'utf8'), 'TRUEWORK_API_KEY=\n');
  });

  it('lead through revoking and replacing, reject the leaked key itself, and go back', async () => {
    await chooseFix(ui(), 'b.js', 'Revoke and Replace', ui().quickInput.getByText(/Revoke and Replace .*1\/4/));
    await ui().screenshot('revoke-1');
    await ui().quickPick('I Have a New Key');
    await ui().quickInputTitled(/2\/4/);
    const box = ui().quickInput.locator('input[type=password]');
    await box.waitFor();
    await ui().typeInInput(pushed, { accept: false });
    await ui().page.getByText('This is the leaked key itself').first().waitFor();
    await ui().typeInInput(key('other', 'sandbox'), { accept: false });
    await ui().page.getByText('This is a sandbox key').first().waitFor();
    await ui().screenshot('revoke-2');
    await ui().quickInputButton('Back');
    await ui().quickInputTitled(/1\/4/);
    await ui().escape();
    assert.ok(
      !(await ui().page.locator('body').innerText()).includes('still works'),
      'the old key was not sent anywhere',
    );
  });

  it('revoke and replace a key: .env gets the new key, and the old one is tested only on demand', async () => {
    const fresh = key('generated anew');
    await ui().commandPalette('Truework: Revoke and Replace Leaked Key…');
    await ui().quickPick(new RegExp(moved.slice(-4)));
    await ui().quickInputTitled(/1\/4/);
    await ui().quickPick('I Have a New Key');
    await ui().quickInputTitled(/2\/4/);
    await ui().typeInInput(fresh);
    // Truework cannot be reached from where the tests run.
    await ui().dialogButton('Keep Anyway');
    await ui().quickInputTitled(/3\/4/);
    await ui().screenshot('revoke-3');
    await ui().page.keyboard.press('Enter');
    await ui().quickInputTitled(/4\/4/);
    await until(() => readFileSync(file('.env'), 'utf8') === `TRUEWORK_API_KEY=${fresh}\n`);
    await ui().quickPick(/Check That .* No Longer Works/);
    await ui()
      .quickInput.getByPlaceholder(/Could not check the key/)
      .waitFor();
    await ui().screenshot('revoke-4');
    await ui().escape();
  });

  it('add the leak check to the repository after a preview of all files', async () => {
    await ui().commandPalette('Truework: Add Leak Check to This Repository…');
    await ui().quickInputTitled(/Add Leak Check/);
    await ui().screenshot('setup-choices');
    await ui().page.keyboard.press('Enter');
    const apply = ui().page.getByRole('button', { name: 'Apply' });
    await apply.waitFor();
    await ui().page.locator('.part.panel .monaco-list-row', { hasText: '.secretlintrc.json' }).waitFor();
    await ui().screenshot('setup-preview');
    assert.ok(!existsSync(file('.secretlintrc.json')));
    await apply.click();
    await until(() => existsSync(file('.secretlintrc.json')) && existsSync(file('.git/hooks/pre-commit')));
    await ui().page.locator('.tab', { hasText: 'Leak check' }).first().waitFor();
    await ui().screenshot('setup-notes');
    assert.match(readFileSync(file('.git/hooks/pre-commit'), 'utf8'), /^#!\/bin\/sh\n[^]*--staged \|\| exit 1/);
  });
});

describe('Fixes for leaked keys, from the palette', () => {
  const tracked = key('in a tracked .env');
  const sample = key('in a file of samples');
  const ui = useWorkbench({
    files: { '.env': `TRUEWORK_API_KEY=${tracked}\n`, 'samples/[old].py': `KEY = "${sample}"\n` },
  });
  const file = (name: string) => path.join(ui().workspace ?? '', name);
  const git = (...args: string[]) => spawnSync('git', args, { cwd: ui().workspace, encoding: 'utf8' }).stdout;

  it('stop tracking a .env in git, keep the file on disk, and ignore it', async () => {
    await ui().openFile('.env');
    await ui().page.locator('.squiggly-error').first().waitFor();
    await ui().commandPalette('Truework: Stop Tracking File (Keep on Disk)');
    await ui().dialog.getByText('Stop tracking .env in git?').waitFor();
    await ui().screenshot('fixes-untrack');
    await ui().dialogButton('Stop Tracking');
    await until(() => !git('ls-files').includes('.env'));
    await until(() => existsSync(file('.gitignore')) && readFileSync(file('.gitignore'), 'utf8') === '/.env\n');
    assert.equal(readFileSync(file('.env'), 'utf8'), `TRUEWORK_API_KEY=${tracked}\n`);
    assert.match(git('status', '--short'), /^D {2}\.env$/m);
  });

  it('ask for the key if several are known, the one in the editor first', async () => {
    await ui().openFile('[old].py');
    await ui().page.locator('.squiggly-error').first().waitFor();
    await ui().commandPalette('Truework: Revoke and Replace Leaked Key…');
    await ui().quickInput.getByPlaceholder('Select a key').waitFor();
    assert.deepEqual(await ui().quickPickLabels(), [masked(sample), masked(tracked)]);
    await ui().quickPick(masked(tracked));
    await ui().quickInputTitled(`Revoke and Replace ${masked(tracked)}`);
    await ui().escape();
  });

  it('exclude the file in the editor from detection', async () => {
    await ui().commandPalette('Truework: Exclude File from Leak Detection…');
    await until(
      () =>
        existsSync(file('.vscode/settings.json')) &&
        readFileSync(file('.vscode/settings.json'), 'utf8').includes('exclude'),
    );
    assert.deepEqual(JSON.parse(readFileSync(file('.vscode/settings.json'), 'utf8')), {
      'truework.leaks.exclude': ['samples/[[]old[]].py'],
    });
    await ui().page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  });
});
