import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { launchChromium } from '../support/browser.ts';
import { root } from '../support/cache.mjs';
import { spawnGroup, stopGroup, temporaryFolder } from '../support/processes.ts';

describe('npm start', () => {
  it('prints a short address first, which shows the orders of the demo and its notifications', async () => {
    const program = spawnGroup(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        'test/support/start.ts',
        '--no-open',
        '--folder',
        temporaryFolder('start'),
      ],
      { cwd: root, env: { ...process.env, TRUEWORK_BUILT: '1' }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const browser = await launchChromium();
    try {
      assert.ok(program.stdout);
      const [address] = (await once(createInterface({ input: program.stdout }), 'line')) as [string];
      assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/\?tkn=[\da-f]{32}$/);

      const page = await browser.newPage();
      await page.goto(address);
      await page.locator('.part.sidebar .composite.title').filter({ hasText: 'Truework', visible: true }).waitFor();
      await page.locator('.part.sidebar .monaco-list-row').filter({ hasText: 'Jane D.' }).first().waitFor();

      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').first().fill('>Truework: Scan Workspace for Leaked Keys');
      await page.locator('.quick-input-widget .monaco-list-row').first().click();
      await page
        .locator('.notifications-toasts .notification-list-item')
        .filter({ hasText: /leaked keys? in / })
        .waitFor();
    } finally {
      await browser.close();
      await stopGroup(program);
    }
  });
});
