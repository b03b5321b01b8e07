/**
 * Drives the workbench as a person does: with keyboard and mouse, from outside, in a browser. A suite is a node:test
 * file `test/ui/NAME.test.ts`:
 *
 *     describe('Orders', () => {
 *       const ui = useWorkbench({ settings: { 'truework.someSetting': true } });
 *       it('lists orders', async () => {
 *         await ui().openView('Truework');
 *         await ui().treeRow('Jane D.').waitFor();
 *       });
 *     });
 *
 * Locators wait by themselves, for up to `defaultTimeout`; nothing here needs a sleep. All suites run in one process,
 * one after the other, and share servers and browser; window, data and workspace are fresh for each suite. When a test
 * fails, a screenshot and the window's console are saved in .cache/screenshots, in a folder for each version.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { launchChromium, openWorkbenchPage } from '../support/browser.ts';
import { cacheRoot, root } from '../support/cache.mjs';
import { temporaryFolder } from '../support/processes.ts';
import { quietUserSettings, type Settings } from '../support/settings.ts';
import { installExtension, startServer, type ServerVersion, type VSCodeServer } from '../support/vscode-server.ts';
import { vsixFile } from '../support/vsix.ts';
import { createWorkspace, type Files } from '../support/workspace.ts';

/** How long, in milliseconds, a step waits for what it needs before it fails. */
const defaultTimeout = 30_000;

/** How long, in milliseconds, a person waits for a list before thinking that it has been closed. */
const PATIENCE = 5_000;

/** The window a suite wants. */
export interface WorkbenchOptions {
  /** What lies in the workspace folder (a git repository, all committed); the demo project when left out. */
  readonly files?: Files;
  /** An existing folder or `.code-workspace` file instead; `null` for an empty window. */
  readonly workspace?: string | null;
  /** Machine settings: everything but what only a user may set. */
  readonly settings?: Settings;
  /** Defaults for settings that only a user may set (`"scope": "application"`). */
  readonly userSettings?: Settings;
  /** False: the folder is not trusted, the window starts in Restricted Mode. */
  readonly trusted?: boolean;
  /** Environment of the extension host, e.g. `{ TRUEWORK_DEMO: '1' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** The window in pixels. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** The color themes to look at a view in. */
export type Theme = 'light' | 'dark' | 'high contrast' | 'high contrast light';

const themes: Readonly<Record<Theme, string>> = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high contrast': 'Default High Contrast',
  'high contrast light': 'Default High Contrast Light',
};

/** A label to look for: exactly this text, or anything that matches. */
export type Label = string | RegExp;

/** A window of the editor. */
export class Workbench {
  /** For whatever this class has no word for. */
  readonly page: Page;
  /** The workspace folder or file; undefined in an empty window. */
  readonly workspace: string | undefined;
  /** What the window's console said, in order. */
  readonly console: readonly string[];
  readonly #server: VSCodeServer;
  readonly #address: string;
  #settings: Settings;

  constructor(
    page: Page,
    server: VSCodeServer,
    address: string,
    workspace: string | undefined,
    settings: Settings,
    console: readonly string[],
  ) {
    this.page = page;
    this.workspace = workspace;
    this.console = console;
    this.#server = server;
    this.#address = address;
    this.#settings = settings;
  }

  /** Where the server keeps data on disk, e.g. to see that no secret ended up there. */
  get dataFolder(): string {
    return this.#server.dataFolder;
  }

  // Quick input: command palette, pickers, input boxes.

  /** Runs a command by its full title as the palette shows it, e.g. `Truework: Refresh Orders`. */
  async commandPalette(title: string): Promise<void> {
    await this.#look('F1', `>${title}`, async () => {
      await this.quickPickRow(title).click({ timeout: PATIENCE });
      // A list that is drawn anew under the mouse takes no click.
      await this.page.waitForFunction(
        `document.querySelector('.quick-input-widget:not([style*="display: none"]) input')?.value !== ${JSON.stringify(`>${title}`)}`,
        undefined,
        { timeout: PATIENCE },
      );
    });
  }

  /** Whether the palette offers a command now (its `when` clause included). */
  async commandOffered(title: string): Promise<boolean> {
    await this.#look('F1', `>${title}`, () =>
      this.quickInput.locator('.monaco-list-row').first().waitFor({ timeout: PATIENCE }),
    );
    const offered = (await this.quickPickRow(title).count()) > 0;
    await this.escape();
    return offered;
  }

  /** The open palette, picker or input box. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget').filter({ visible: true });
  }

  /** A row of the open picker, by its label (icons left out). */
  quickPickRow(label: Label): Locator {
    return this.quickInput
      .locator('.monaco-list-row')
      .filter({
        has: this.page
          .locator('.quick-input-list-entry .monaco-icon-label .label-name')
          .filter({ hasText: exactly(label) }),
      })
      .first();
  }

  /** Picks a row of the open picker by its label. */
  async quickPick(label: Label): Promise<void> {
    await this.quickPickRow(label).click();
  }

  /** The labels of the rows that the open picker shows. */
  async quickPickLabels(): Promise<string[]> {
    await this.quickInput.locator('.monaco-list-row').first().waitFor();
    const labels = await this.quickInput.locator('.monaco-list-row .monaco-icon-label .label-name').allInnerTexts();
    return labels.map((label) => label.trim());
  }

  /** Waits for a step whose title contains this text (`Create Order (2/4)`). */
  async quickInputTitled(title: Label): Promise<void> {
    await this.quickInput.locator('.quick-input-title').filter({ hasText: title }).waitFor();
  }

  /** Types into the open input box, replacing what is there, and presses Enter unless `accept` is false. */
  async typeInInput(text: string, { accept = true }: { readonly accept?: boolean } = {}): Promise<void> {
    // The picker before the box stays open until its answer has been taken, and would receive the text.
    await this.quickInput.locator('.quick-input-list').waitFor({ state: 'hidden' });
    const input = this.quickInput.locator('input').first();
    await input.waitFor();
    await input.fill(text);
    if (accept) await input.press('Enter');
  }

  /** Types into the open picker, which then lists the rows that match. */
  async filterPicks(text: string): Promise<void> {
    await this.quickInput.locator('.quick-input-list').waitFor();
    await this.quickInput.locator('input').first().fill(text);
  }

  /** Answers the question where to save with a path, which is in the folder that the editor proposes. */
  async saveAs(file: string): Promise<void> {
    const input = this.quickInput.locator('input').first();
    await input.waitFor();
    // First the folder is in the box; the editor looks at the disk, then puts the proposed name after it, over what was typed until then.
    await this.page.waitForFunction('/[^/]$/.test(document.querySelector(".quick-input-widget input").value)');
    await input.fill(file);
    await this.page.keyboard.press('Enter');
    // Another list that opens before the box is gone would cancel it.
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** The line below the open input box: its prompt, or what is wrong with the input. */
  get inputMessage(): Locator {
    return this.quickInput.locator('.quick-input-message');
  }

  /** Presses a button of the open quick input's title bar, e.g. `Back`. */
  async quickInputButton(label: Label): Promise<void> {
    await this.quickInput.getByRole('button', { name: label }).first().click();
  }

  /** Presses Escape and holds it as long as a person does: what opens in the meantime receives the release. */
  async escape(): Promise<void> {
    await this.page.keyboard.press('Escape', { delay: 100 });
  }

  // Side bar and trees.

  /** Opens a container of the activity bar by its title, e.g. `Truework`. */
  async openView(container: string): Promise<void> {
    const tab = this.page
      .locator('.part.activitybar')
      .getByRole('tab', { name: new RegExp(`^${escapeRegExp(container)}\\b`) });
    await tab.waitFor();
    const title = this.page.locator('.part.sidebar .composite.title').filter({ hasText: container, visible: true });
    // A window that restores its side bar takes a click on the tab of what it is about to show for a wish to close it.
    if (!(await title.isVisible())) await this.clickUntil(tab, title);
  }

  /** A section of the side bar by its title, e.g. `Orders`. */
  view(title: Label): Locator {
    return this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.locator('.pane-header .title').filter({ hasText: exactly(title) }) });
  }

  /** A button of a view's title bar, shown while the mouse is over the view. */
  async viewAction(view: Label, action: Label): Promise<void> {
    await this.view(view).hover();
    await this.view(view).locator('.pane-header').getByRole('button', { name: action }).first().click();
  }

  /** A row of a tree in the side bar by its label (the description is not part of it). */
  treeRow(label: Label): Locator {
    return this.page
      .locator('.part.sidebar .monaco-list-row')
      .filter({ has: this.page.locator('.monaco-icon-label .label-name').filter({ hasText: exactly(label) }) })
      .first();
  }

  /** Opens a row's children, if they are not open. */
  async expand(label: Label): Promise<void> {
    const row = this.treeRow(label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await this.clickUntil(
      row.locator('.monaco-tl-twistie'),
      this.page.locator('.part.sidebar .monaco-list-row[aria-expanded=true]').and(row),
    );
  }

  /** Clicks until the effect shows: a row that is drawn anew under the mouse takes no click, and a person clicks again. */
  async clickUntil(
    target: Locator,
    effect: Locator,
    options: { readonly button?: 'right'; readonly modifiers?: ['Control'] } = {},
  ): Promise<void> {
    for (const end = Date.now() + defaultTimeout; ; ) {
      await target.click(options);
      try {
        await effect.waitFor({ timeout: PATIENCE });
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  /** Selects these rows of a tree in the side bar, and no others. */
  async select(...rows: readonly Locator[]): Promise<void> {
    const selected = this.page.locator('.monaco-list-row.selected');
    const [first, ...more] = rows;
    if (first === undefined) return;
    await this.clickUntil(first, first.and(selected));
    for (const row of more) await this.clickUntil(row, row.and(selected), { modifiers: ['Control'] });
    for (const row of rows) await row.and(selected).waitFor();
  }

  /** Picks an item of a row's context menu, e.g. `contextMenu(ui().treeRow('Jane D.'), 'Cancel Order…')`. */
  async contextMenu(row: Locator, item: Label): Promise<void> {
    const wanted = this.menuItem(item);
    await this.clickUntil(row, wanted, { button: 'right' });
    // By keyboard: the mouse has no effect in a menu's first tenth of a second, so that the click which opened it chooses nothing.
    await wanted.hover();
    await wanted.and(this.page.locator('.focused')).waitFor();
    await this.page.keyboard.press('Enter');
    await wanted.waitFor({ state: 'detached' });
  }

  /** The labels of the items in the open menu. */
  async menuLabels(): Promise<string[]> {
    await this.page.locator('.monaco-menu .action-item').first().waitFor();
    return await this.page.locator('.monaco-menu .action-label:not(.separator)').allInnerTexts();
  }

  /** An item of the open menu. */
  menuItem(label: Label): Locator {
    return this.page
      .locator('.monaco-menu .action-item')
      .filter({ has: this.page.locator('.action-label').filter({ hasText: exactly(label) }) })
      .first();
  }

  /** Presses an inline icon of a row by its title. */
  async inlineAction(row: Locator, title: Label): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: title }).first().click();
  }

  /** Drags the side bar to this width in pixels. */
  async sideBarWidth(width: number): Promise<void> {
    const bar = await this.page.locator('.part.sidebar').boundingBox();
    if (bar === null) throw new Error('The side bar is closed.');
    const y = bar.y + bar.height / 2;
    await this.page.mouse.move(bar.x + bar.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(bar.x + width, y, { steps: 5 });
    await this.page.mouse.up();
  }

  // Messages.

  /** The texts of the notifications on the screen. */
  async notifications(): Promise<string[]> {
    return await this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** A notification on the screen, as a person sees it: it goes by itself after a while. */
  toast(text: Label): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text }).first();
  }

  /**
   * Waits for a notification. The editor shows no more than three new ones in 0.8 seconds: of a further one a person sees
   * the dot on the bell, and opens the list.
   */
  async notification(text: Label): Promise<Locator> {
    const shown = this.page
      .locator('.notifications-toasts, .notifications-center')
      .locator('.notification-list-item')
      .filter({ hasText: text, visible: true })
      .first();
    const isThere = await shown.waitFor({ timeout: PATIENCE }).then(
      () => true,
      () => false,
    );
    if (!isThere && !(await this.page.locator('.notifications-center.visible').isVisible()))
      await this.commandPalette('Notifications: Show Notifications');
    await shown.waitFor();
    return shown;
  }

  /**
   * Waits until a notification has gone, as that of progress does. The editor shows no more than three new ones in 0.8 seconds,
   * and keeps one of progress at least as long: whoever does not wait for it, as a person would, may not see what comes next.
   */
  async notificationGone(text: Label): Promise<void> {
    await this.toast(text).waitFor({ state: 'detached' });
  }

  /** Closes every notification. */
  async clearNotifications(): Promise<void> {
    await this.commandPalette('Notifications: Clear All Notifications');
  }

  /** The open modal dialog. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Presses a button of the open modal dialog and waits until it is gone. */
  async dialogButton(label: Label): Promise<void> {
    await this.dialog.getByRole('button', { name: label, exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** An item of the status bar that contains this text. */
  statusBarItem(text: Label): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
  }

  // Editors.

  /** Opens a file of the workspace by its path. */
  async openFile(file: string): Promise<void> {
    const name = path.posix.basename(file);
    if (await this.tab(name).isVisible()) {
      await this.tab(name).click();
      await this.tab(name).and(this.page.locator('.active')).waitFor();
      return;
    }
    await this.#look('ControlOrMeta+P', file, async () => {
      await this.quickPickRow(name).click({ timeout: PATIENCE });
      // The list grows while files are searched for, and another row may come under the mouse.
      await this.tab(name).and(this.page.locator('.active')).waitFor({ timeout: PATIENCE });
    });
  }

  /** An editor's tab by its title. */
  tab(title: Label): Locator {
    // A tab's name may be drawn in two parts, before and after the dot.
    return this.page
      .locator('.part.editor .tab')
      .filter({ has: this.page.locator('.monaco-icon-label').filter({ hasText: exactly(title) }) })
      .first();
  }

  /** The lines that the active text editor shows, joined by line breaks; long documents are cut at the window. */
  async editorText(): Promise<string> {
    const lines = this.page.locator('.part.editor .editor-group-container.active .view-lines').first();
    await lines.locator('.view-line').first().waitFor();
    // Lines lie in the document in the order they were drawn, not in that of the text.
    const drawn = await lines
      .locator('.view-line')
      .evaluateAll((elements) =>
        (elements as unknown as Line[]).map(({ offsetTop, textContent }) => ({ offsetTop, textContent })),
      );
    return drawn
      .sort((a, b) => a.offsetTop - b.offsetTop)
      .map(({ textContent }) => textContent.replaceAll('\u00A0', ' '))
      .join('\n');
  }

  /** Types into the active text editor where its cursor is. */
  async typeInEditor(text: string): Promise<void> {
    await this.page.locator('.part.editor .editor-group-container.active .monaco-editor').first().click();
    await this.page.keyboard.type(text);
  }

  /**
   * Opens a file with a leaked key in its first line, and chooses a fix from the menu of the light bulb.
   * @param effect what shows once the fix runs. The editor draws an open menu anew, under the mouse, when problems of the
   * file are reported again: a click then chooses nothing, and a person opens the menu again.
   */
  async chooseFix(file: string, title: string, effect: Locator): Promise<void> {
    const fix = this.page.locator('.action-widget .monaco-list-row', { hasText: title });
    for (const end = Date.now() + 2 * defaultTimeout; !(await effect.isVisible()); ) {
      await this.openFile(file);
      await this.page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
      // The editor asks for fixes when the cursor moves, and not when it goes to where it is.
      for (const position of [':2:1', ':1:20']) {
        await this.#look('Control+g', position, async () => {
          await this.page.keyboard.press('Enter');
          await this.quickInput.waitFor({ state: 'hidden', timeout: PATIENCE });
        });
      }
      try {
        await this.page
          .locator('.codicon-gutter-lightbulb-auto-fix, .codicon-gutter-lightbulb, .lightBulbWidget')
          .first()
          .waitFor({ timeout: 2 * PATIENCE });
        await this.page.keyboard.press('Control+.');
        // The menu takes no click before the mouse has moved over it.
        await fix.hover({ force: true, timeout: PATIENCE });
        await fix.click({ timeout: PATIENCE });
        await effect.waitFor({ timeout: 2 * PATIENCE });
      } catch (error) {
        if (Date.now() > end) throw error;
        await this.escape();
      }
    }
  }

  /** The content of the active webview. */
  get webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Opens the Problems panel; the first row that contains this text. */
  async problem(text: Label): Promise<Locator> {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.commandPalette('Problems: Focus on Problems View');
    return panel.locator('.monaco-list-row').filter({ hasText: text }).first();
  }

  // The window.

  /** What lies in the clipboard. */
  async clipboard(): Promise<string> {
    return await this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** Changes machine settings; the window follows at once. */
  changeSettings(settings: Settings): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#server.setMachineSettings(this.#settings);
  }

  /** Switches the color theme and waits until it is there. */
  async theme(theme: Theme): Promise<void> {
    this.changeSettings({ 'workbench.colorTheme': themes[theme] });
    const kind = { light: 'vs', dark: 'vs-dark', 'high contrast': 'hc-black', 'high contrast light': 'hc-light' }[
      theme
    ];
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** Waits until the editor has written something that extensions keep: it does so a moment after it was told to. */
  async stored(text: string): Promise<void> {
    const isStored = () =>
      this.page.evaluate<boolean>(`(async () => {
      const result = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); request.onerror = () => resolve(undefined); });
      for (const { name } of await indexedDB.databases()) {
        const database = await result(indexedDB.open(name));
        if (database === undefined) continue;
        const stores = [...database.objectStoreNames];
        const values = await Promise.all(stores.map((store) => result(database.transaction(store).objectStore(store).getAll())));
        database.close();
        if (JSON.stringify(values).includes(${JSON.stringify(text)})) return true;
      }
      return false;
    })()`);
    for (const end = Date.now() + defaultTimeout; !(await isStored()); )
      assert.ok(Date.now() < end, `"${text}" is not written.`);
  }

  /** Loads the window again; secrets and state stay, as they do for a person. */
  async reload(): Promise<void> {
    // By the whole address: the server takes its token out of the one that the page shows.
    await this.page.goto(this.#address);
    await this.ready();
  }

  /** Resolves once the window is there and its extensions are being started. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
    await this.page.locator('.part.activitybar [role=tab]').first().waitFor({ timeout: 60_000 });
  }

  /** Saves a picture as .cache/screenshots/(newest|oldest)/NAME.png and returns its path; of one part of the window if one is given. */
  async screenshot(name: string, part?: Locator): Promise<string> {
    const file = path.join(screenshots, `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
    await (part ?? this.page).screenshot({ path: file });
    return file;
  }

  /**
   * Opens palette or file picker, types, and does something with what is listed. An editor that has just been opened takes
   * the focus when it is ready, which closes the list: then a person opens it again.
   */
  async #look(key: string, text: string, act: () => Promise<void>): Promise<void> {
    for (const end = Date.now() + defaultTimeout; ; ) {
      await this.page.keyboard.press(key);
      try {
        await this.quickInput.locator('input').first().fill(text, { timeout: PATIENCE });
        await act();
        return;
      } catch (error) {
        // The editor fills an open list again only when the text changes, so the next look needs a new list.
        await this.escape();
        if (Date.now() > end) throw error;
      }
    }
  }
}

/** A line of a text editor as it is drawn; the DOM's own types are not among this project's. */
interface Line {
  readonly offsetTop: number;
  readonly textContent: string;
}

/** What node:test hands to `afterEach`; its type declarations lag behind. */
interface FinishedTest {
  readonly passed: boolean;
  readonly fullName: string;
  readonly error?: Error | null;
}

/** Opens a window before the suite's tests (with options that may take time to make) and closes it after them; call the result inside a test to get at it. */
export function useWorkbench(options: WorkbenchOptions | (() => Promise<WorkbenchOptions>) = {}): () => Workbench {
  let open: Open | undefined;
  const current = (): Workbench => {
    assert.ok(open, 'The window is open only while the tests of its suite run.');
    return open.workbench;
  };
  before(async () => {
    open = await openWorkbench(typeof options === 'function' ? await options() : options);
  });
  afterEach(async (context) => {
    const test = context as unknown as FinishedTest;
    if (test.passed) return;
    // The reporter says what went wrong when all is over; whoever watches wants to know now.
    console.error(test.error?.cause ?? test.error);
    await saveFailure(current(), test.fullName);
    // What the test left open would be in the way of the next.
    await current().escape();
  });
  after(async () => {
    await open?.context.close();
  });
  return current;
}

interface Open {
  readonly workbench: Workbench;
  readonly context: BrowserContext;
}

async function openWorkbench(options: WorkbenchOptions): Promise<Open> {
  const workspace = options.workspace === undefined ? createWorkspace(options.files) : (options.workspace ?? undefined);
  const [server, browser] = await Promise.all([sharedServer(options), sharedBrowser()]);
  const settings = options.settings ?? {};
  server.setMachineSettings(settings);
  const context = await browser.newContext({
    viewport: options.size ?? { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(defaultTimeout);
  const page = await context.newPage();
  const log: string[] = [];
  page.on('console', (message) => {
    log.push(`[${message.type()}] ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    log.push(`[page error] ${error.message}`);
  });
  const address = server.address({ workspace });
  await openWorkbenchPage(page, address, { ...quietUserSettings, ...options.userSettings });
  const workbench = new Workbench(page, server, address, workspace, settings, log);
  try {
    await workbench.ready();
  } catch (error) {
    await saveFailure(workbench, 'window did not open');
    await context.close();
    throw error;
  }
  return { workbench, context };
}

async function saveFailure(workbench: Workbench, name: string): Promise<void> {
  const picture = await workbench.screenshot(`failed-${name}`).catch(() => undefined);
  if (picture === undefined) return;
  writeFileSync(picture.replace(/png$/, 'log'), workbench.console.join('\n'));
  console.error(`Saved ${path.relative(root, picture)} and the window's console beside it.`);
}

/** What `npm run test:ui` was told, or the newest VS Code. */
const version: ServerVersion = process.env['TRUEWORK_UI_HOST'] === 'oldest' ? 'oldest' : 'newest';
let installed: Promise<string> | undefined;
const screenshots = path.join(cacheRoot, 'screenshots', version);
const servers = new Map<string, Promise<VSCodeServer>>();
let browser: Promise<Browser> | undefined;

async function sharedServer({ trusted = true, env = {} }: WorkbenchOptions): Promise<VSCodeServer> {
  const key = JSON.stringify({ trusted, env });
  const server = servers.get(key) ?? startInstalled(trusted, env);
  servers.set(key, server);
  return await server;
}

async function startInstalled(trusted: boolean, env: NodeJS.ProcessEnv): Promise<VSCodeServer> {
  return await startServer({ version, trusted, env, extensions: await (installed ??= install()) });
}

async function install(): Promise<string> {
  const folder = temporaryFolder('extensions');
  await installExtension(version, vsixFile(), folder);
  return folder;
}

async function sharedBrowser(): Promise<Browser> {
  browser ??= launchChromium();
  return await browser;
}

// A hook of the whole run, as all suites share this module: the servers and the browser go when the last suite is through.
after(async () => {
  const started = await Promise.allSettled([...servers.values()]);
  for (const server of started) if (server.status === 'fulfilled') await server.value.stop();
  await (await browser)?.close();
});

/** Icons leave blanks around a label. */
function exactly(label: Label): RegExp {
  return typeof label === 'string' ? new RegExp(`^\\s*${escapeRegExp(label)}\\s*$`) : label;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
