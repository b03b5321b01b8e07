import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { key } from '../support/keys.ts';
import { useWorkbench } from './driver.ts';

describe('A workspace that is not trusted yet', () => {
  const ui = useWorkbench({ trusted: false, files: { 'config.js': `const key = '${key('not trusted yet')}';\n` } });
  const row = (text: RegExp) => ui().view('Leaked Keys').locator('.monaco-list-row').filter({ hasText: text }).first();

  it('has its keys underlined, without running git', async () => {
    await ui().openView('Truework');
    await ui().openFile('config.js');
    await ui().page.locator('.squiggly-error').first().waitFor();
    await row(/config\.js.*not checked/).waitFor();
    await ui().screenshot('restricted');
    assert.equal(await row(/committed/).count(), 0);
  });

  it('is checked with git as soon as it is trusted, without a reload', async () => {
    await ui().statusBarItem('Restricted Mode').click();
    await ui().page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await row(/config\.js.*committed, not pushed/).waitFor();
    await ui().screenshot('trusted');
  });
});
