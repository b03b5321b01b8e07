import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { useWorkbench } from './driver.ts';

describe('The workbench', () => {
  const ui = useWorkbench();

  it('opens with the demo project', async () => {
    await ui().openFile('src/webhook.js');
    assert.match(await ui().editorText(), /export function isFromTruework/);
  });

  it('runs commands from the palette', async () => {
    await ui().commandPalette('View: Show Explorer');
    await ui().treeRow('README.md').waitFor();
  });

  it('leads through the first steps, each with its picture, and ticks off what was done', async () => {
    // The editor shows pictures where there is room for them.
    await ui().commandPalette('View: Close Primary Side Bar');
    await ui().commandPalette('Welcome: Open Walkthrough...');
    await ui().quickPick('Get Started with Truework');
    const steps = ui().page.locator('.getting-started-step');
    await steps.first().waitFor();
    assert.deepEqual(await steps.locator('.step-title').allInnerTexts(), [
      'Explore without an account',
      'Create an order and watch it',
      'Add your own API key',
      'Find leaked keys',
      'Keep keys out of the next commit',
    ]);
    const pictures = [
      'The Orders view in the side bar',
      'The request for a new order',
      'The masked input box for a key',
      'An underlined key in a file',
      'The files of the leak check',
    ];
    for (const [n, picture] of [...pictures.entries()].reverse()) {
      await steps.nth(n).click();
      const image = ui().page.getByRole('img', { name: picture });
      await image.waitFor();
      await image.evaluate((element: unknown) => (element as { decode(): Promise<void> }).decode());
    }
    await ui().screenshot('walkthrough');
    await steps.first().getByRole('button', { name: 'Start Local Sandbox' }).click();
    await steps.first().locator('.codicon-getting-started-step-checked').waitFor();
    await ui().statusBarItem('Local Sandbox').waitFor();
    await ui().commandPalette('Truework: Stop Local Sandbox');
  });

  for (const theme of ['light', 'dark', 'high contrast'] as const) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await ui().theme(theme);
      assert.ok(readFileSync(await ui().screenshot(`workbench-${theme}`)).length > 10_000);
    });
  }
});
