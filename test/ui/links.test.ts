/** Repositories whose symbolic links lead out of them, to another project of the same person. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { key } from '../support/keys.ts';
import { temporaryFolder } from '../support/processes.ts';
import { createWorkspace } from '../support/workspace.ts';
import { useWorkbench, type Workbench } from './driver.ts';

/** What is in a folder, by name. */
const contents = (folder: string) => Object.fromEntries(readdirSync(folder).sort().map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));

function otherProject(): string {
  const folder = temporaryFolder('other');
  for (const name of ['package.json', '.env']) writeFileSync(path.join(folder, name), `theirs: ${name}\n`);
  writeFileSync(path.join(folder, 'settings.json'), '{}\n');
  return folder;
}

/** Chooses a fix where the key stands, and waits until the notifications say what came of it. */
async function chooseFix(ui: Workbench, file: string, title: string, said: RegExp): Promise<void> {
  await ui.openFile(file);
  const { page } = ui;
  await page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
  const notification = page.locator('.notifications-center .notification-list-item').filter({ hasText: said }).first();
  for (let tries = 0; tries < 10 && !await notification.isVisible(); tries += 1) {
    await ui.openFile(file);
    await page.keyboard.press('Control+g');
    await ui.typeInInput(':1:20');
    await page.locator('.codicon-gutter-lightbulb-auto-fix, .codicon-gutter-lightbulb, .lightBulbWidget').first().waitFor();
    await page.keyboard.press('Control+.');
    try {
      await page.locator('.action-widget .monaco-list-row', { hasText: title }).click({ timeout: 3_000 });
      await ui.commandPalette('Notifications: Show Notifications');
      await notification.waitFor({ timeout: 3_000 });
    } catch {
      await page.keyboard.press('Escape');
    }
  }
  await notification.waitFor();
}

describe('In a repository with links to another project', { skip: process.platform === 'win32' }, () => {
  let other = '';
  const ui = useWorkbench(async () => {
    other = otherProject();
    const workspace = createWorkspace({ 'a.js': `const key = '${key('beside a link')}';\n`, 'package.json': '{}\n' });
    const link = (to: string, name: string) => { symlinkSync(path.join(other, to), path.join(workspace, name)); };
    link('', '.truework');
    link('.env', '.env');
    link('', '.vscode');
    writeFileSync(path.join(other, 'linked.js'), `const key = '${key('behind a link')}';\n`);
    link('linked.js', 'linked.js');
    return Promise.resolve({ workspace });
  });

  it('Add Leak Check writes nothing there and says why', async () => {
    const before = contents(other);
    await ui().openFile('a.js');
    await ui().page.locator('.squiggly-error').first().waitFor();
    await ui().commandPalette('Truework: Add Leak Check to This Repository…');
    await ui().quickInputTitled(/Add Leak Check/);
    await ui().page.keyboard.press('Enter');
    await ui().notification(/Nothing was written: \.truework is a symbolic link that leads out of/);
    await ui().screenshot('links-leak-check');
    assert.deepEqual(contents(other), before);
    assert.deepEqual(readdirSync(path.join(ui().workspace ?? '')).filter((name) => name.includes('secretlint')), []);
    await ui().clearNotifications();
  });

  it('a key is not moved to a .env there', async () => {
    const before = contents(other);
    await chooseFix(ui(), 'a.js', 'to .env and Read', /Nothing was written: \.env is a symbolic link that leads out of/);
    assert.deepEqual(contents(other), before);
    await ui().clearNotifications();
  });

  it('a file there is not changed through its link', async () => {
    const before = contents(other);
    await chooseFix(ui(), 'linked.js', 'on This Line', /Nothing was written: linked\.js is a symbolic link that leads out of/);
    assert.deepEqual(contents(other), before);
    await ui().clearNotifications();
  });

  it('settings are not written there', async () => {
    const before = contents(other);
    await ui().openFile('a.js');
    await ui().commandPalette('Truework: Look for No Keys in This File…');
    await ui().notification(/Nothing was written: \.vscode is a symbolic link that leads out of/);
    assert.deepEqual(contents(other), before);
  });
});
