/** Repositories whose symbolic links lead out of them, to another project of the same person. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { key } from '../support/keys.ts';
import { temporaryFolder } from '../support/processes.ts';
import { createWorkspace } from '../support/workspace.ts';
import { useWorkbench } from './driver.ts';

/** What is in a folder, by name. */
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );

function otherProject(): string {
  const folder = temporaryFolder('other');
  for (const name of ['package.json', '.env']) writeFileSync(path.join(folder, name), `theirs: ${name}\n`);
  writeFileSync(path.join(folder, 'settings.json'), '{}\n');
  return folder;
}

describe('In a repository with links to another project', { skip: process.platform === 'win32' }, () => {
  let other = '';
  const ui = useWorkbench(async () => {
    other = otherProject();
    const workspace = createWorkspace({ 'a.js': `const key = '${key('beside a link')}';\n`, 'package.json': '{}\n' });
    const link = (to: string, name: string) => {
      symlinkSync(path.join(other, to), path.join(workspace, name));
    };
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
    assert.deepEqual(
      readdirSync(path.join(ui().workspace ?? '')).filter((name) => name.includes('secretlint')),
      [],
    );
    await ui().clearNotifications();
  });

  it('a key is not moved to a .env there', async () => {
    const before = contents(other);
    await ui().chooseFix(
      'a.js',
      'to .env and Read',
      ui().toast(/Nothing was written: \.env is a symbolic link that leads out of/),
    );
    assert.deepEqual(contents(other), before);
    await ui().clearNotifications();
  });

  it('a file there is not changed through its link', async () => {
    const before = contents(other);
    await ui().chooseFix(
      'linked.js',
      'on This Line',
      ui().toast(/Nothing was written: linked\.js is a symbolic link that leads out of/),
    );
    assert.deepEqual(contents(other), before);
    await ui().clearNotifications();
  });

  it('settings are not written there', async () => {
    const before = contents(other);
    await ui().openFile('a.js');
    await ui().commandPalette('Truework: Exclude File from Leak Detection…');
    await ui().notification(/Nothing was written: \.vscode is a symbolic link that leads out of/);
    assert.deepEqual(contents(other), before);
  });
});
