import assert from 'node:assert/strict';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { key, masked } from '../support/keys.ts';
import { git } from '../support/workspace.ts';
import { useWorkbench } from './driver.ts';

describe('Leaked keys', () => {
  const committed = key('committed');
  const local = key('local', 'sandbox');
  const ui = useWorkbench({
    // Newer editors show their settings in a window over all others, where the Problems view cannot be seen beside them.
    settings: { 'workbench.editor.useModal': 'off' },
    files: {
      'README.md': '# Service\n',
      '.gitignore': '.env\n*.img\n',
      'src/config.js': `export const config = {\n  key: '${committed}',\n};\n`,
    },
  });
  const write = (name: string, text: string) => {
    const file = path.join(ui().workspace ?? '', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };

  before(async () => {
    write('.env', `TRUEWORK_KEY=${local}\n`);
    write('scripts/try.py', `KEY = "${committed}"\n`);
    await ui().openView('Truework');
  });

  it('are listed by a scan of the workspace, with what git knows', async () => {
    await ui().commandPalette('Truework: Scan Workspace for Leaked Keys');
    await ui().treeRow('.env').waitFor();
    await ui().notification(/3 leaked keys in 3 of 5 files \(3 tracked, 1 untracked, 1 ignored\)/);
    await ui().clearNotifications();
    await ui()
      .treeRow(masked(committed))
      .filter({ hasText: /production.*2 locations/ })
      .waitFor();
    await ui().treeRow('config.js').filter({ hasText: 'committed' }).waitFor();
    await ui().treeRow('.env').filter({ hasText: 'ignored by git' }).waitFor();
    const page = await ui().page.content();
    for (const secret of [committed, local]) assert.ok(!page.includes(secret.slice(6, 30)), 'no key is on the screen');
    for (const theme of ['dark', 'light', 'high contrast'] as const) {
      await ui().theme(theme);
      await ui().screenshot(`leaked-keys ${theme}`);
    }
    await ui().theme('dark');
  });

  it('are listed before the scan ends, which can be canceled in the middle of a huge file', async () => {
    write('huge.img', '');
    truncateSync(path.join(ui().workspace ?? '', 'huge.img'), 256 * 1024 ** 3);
    await ui().commandPalette('Truework: Scan Workspace for Leaked Keys');
    const scanning = await ui().notification('Scanning for leaked keys');
    await scanning.filter({ hasText: /\d+ files, [1-9]\d* keys/ }).waitFor();
    await scanning.getByRole('button', { name: 'Cancel' }).click();
    await ui().notification(/The scan was canceled\. \d leaked keys? in /);
    await ui().treeRow('config.js').waitFor();
    await ui().clearNotifications();
    rmSync(path.join(ui().workspace ?? '', 'huge.img'));
  });

  it('are opened at their location', async () => {
    await ui().clickUntil(ui().treeRow('config.js'), ui().tab('config.js'));
    await ui().page.locator('.part.editor .squiggly-error').first().waitFor();
    await ui()
      .statusBarItem(/^\s*1$/)
      .waitFor();
    await ui().screenshot('leaked-keys editor');
    await (await ui().problem(masked(committed))).filter({ hasText: 'committed' }).waitFor();
  });

  it('are warned about once when they are staged', async () => {
    write('src/next.js', `const key = '${key('next')}';\n`);
    git(ui().workspace ?? '', 'add', 'src/next.js');
    await ui().treeRow('next.js').waitFor();
    const warning = (name: string) =>
      new RegExp(`${masked(key(name))} is staged in ${name}.js and would be in the next commit`);
    await (await ui().notification(warning('next'))).getByRole('button', { name: 'Show Leaked Keys' }).click();
    await ui().screenshot('leaked-keys staged');
    write('src/later.js', `const key = '${key('later')}';\n`);
    git(ui().workspace ?? '', 'add', 'src/later.js');
    await ui().notification(warning('later'));
    const texts = await ui().page.locator('.notification-list-item').allInnerTexts();
    assert.deepEqual(
      texts.filter((text) => warning('next').test(text)),
      [],
      'nobody is warned twice',
    );
  });

  it('are warned about in the commit message', async () => {
    await ui().openView('Source Control');
    await ui().page.locator('.scm-input .monaco-editor').first().click();
    await ui().page.keyboard.insertText(`use ${key('in the message')}`);
    await ui().notification(new RegExp(`${masked(key('in the message'))} is in the commit message`));
    await ui().screenshot('leaked-keys commit message');
  });

  it('are found in the user settings, which Settings Sync would upload', async () => {
    await ui().commandPalette('Preferences: Open User Settings (JSON)');
    await ui().tab('settings.json').waitFor();
    await ui().page.locator('.part.editor .editor-group-container.active .view-line').first().click();
    await ui().page.keyboard.press('ControlOrMeta+End');
    await ui().page.keyboard.insertText(`// ${key('in the user settings')}`);
    // In the list: a server's page shows no problem of any extension in the editor of its user settings.
    await (
      await ui().problem(`${masked(key('in the user settings'))} is in your settings, which Settings Sync uploads.`)
    ).waitFor();
    await ui().screenshot('leaked-keys user settings');
  });
});
