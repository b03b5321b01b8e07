/** The Chromium that shows the workbench of a VS Code server. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Settings } from './settings.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

const places = [
  '/usr/bin/chromium',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    return folder === undefined ? [] : ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].map((file) => path.join(folder, file));
  }),
];

/** The path of a Chromium, Chrome or Edge: `CHROME_PATH`, else one on the PATH, else one in a usual place. */
export function findChromium(): string | undefined {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined && named !== '') return named;
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, process.platform === 'win32' ? `${name}.exe` : name)));
  return [...onPath, ...places].find((file) => existsSync(file));
}

/** Says what to do about a missing browser. */
export const noChromium = 'No Chromium, Chrome or Edge was found: install one (on Debian: apt-get install chromium) or name its program in CHROME_PATH.';

/** Starts a Chromium without a window. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(noChromium);
  return await chromium.launch({
    executablePath,
    // Our own handlers end the browser, in the same order as everything else.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
}

/**
 * Gives the workbench that this page will load other defaults for its settings, also for those that only a user may
 * set: user settings live in the browser's own database, where nothing can be put before the workbench runs.
 */
export async function setUserDefaults(page: Page, origin: string, settings: Settings): Promise<void> {
  await page.route((url) => url.origin === origin && url.pathname === '/', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    if (response.status() !== 200) {
      await route.fulfill({ response });
      return;
    }
    const html = await response.text();
    const body = html.replace(/(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/, (_all, start: string, escaped: string) => {
      const configuration = JSON.parse(unescapeAttribute(escaped)) as { configurationDefaults?: Settings };
      return `${start}${escapeAttribute(JSON.stringify({ ...configuration, configurationDefaults: { ...configuration.configurationDefaults, ...settings } }))}"`;
    });
    await route.fulfill({ response, body });
  });
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

function unescapeAttribute(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
