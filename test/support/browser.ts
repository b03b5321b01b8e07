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
    return folder === undefined
      ? []
      : ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].map((file) =>
          path.join(folder, file),
        );
  }),
];

/** The path of a Chromium, Chrome or Edge: `CHROME_PATH`, else one on the PATH, else one in a usual place. */
export function findChromium(): string | undefined {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined && named !== '') return named;
  const onPath = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, process.platform === 'win32' ? `${name}.exe` : name)));
  return [...onPath, ...places].find((file) => existsSync(file));
}

/** Says what to do about a missing browser. */
export const noChromium =
  'No Chromium, Chrome or Edge was found: install one (on Debian: apt-get install chromium) or name its program in CHROME_PATH.';

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
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const CONFIGURATION = 'vscode-workbench-web-configuration';

/**
 * Opens a workbench with other defaults for its settings, also for those that only a user may set: user settings live in
 * the browser's own database, where nothing can be put before the workbench runs. The page keeps them when it is loaded again.
 *
 * They are put into the page, not into the server's answer: a page whose answer was made by the test may not connect to the server.
 *
 * @throws Error when the page does not say where its configuration is
 */
export async function openWorkbenchPage(page: Page, address: string, defaults: Settings): Promise<void> {
  await page.addInitScript({
    content: `if (window === window.top) new MutationObserver((_changes, observer) => {
      const element = document.getElementById(${JSON.stringify(CONFIGURATION)});
      if (element === null) return;
      observer.disconnect();
      const configuration = JSON.parse(element.dataset.settings);
      configuration.configurationDefaults = { ...configuration.configurationDefaults, ...${JSON.stringify(defaults)} };
      element.dataset.settings = JSON.stringify(configuration);
    }).observe(document, { childList: true, subtree: true });`,
  });
  await page.goto(address);
  const settings = await page.locator(`#${CONFIGURATION}`).getAttribute('data-settings');
  const { configurationDefaults = {} } = JSON.parse(settings ?? '{}') as { configurationDefaults?: Settings };
  const missing = Object.keys(defaults).filter((name) => !(name in configurationDefaults));
  if (missing.length > 0) throw new Error(`The workbench did not take these settings: ${missing.join(', ')}.`);
}
