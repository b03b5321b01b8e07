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

  for (const theme of ['light', 'dark', 'high contrast'] as const) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await ui().theme(theme);
      assert.ok(readFileSync(await ui().screenshot(`workbench-${theme}`)).length > 10_000);
    });
  }
});
