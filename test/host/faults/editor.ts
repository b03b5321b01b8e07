/**
 * The built extension in its own window, inside the editor host: everything is real except the editor's UI. Messages,
 * input boxes, views and the log are replaced, so that a suite can read and answer them like a user.
 */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import type { Order } from '../../../src/truework/schemas/order.ts';
import { orderState, type SummaryState } from '../../../src/truework/state.ts';
import { redactKeys } from '../../../src/truework/redact.ts';
import { FakeMemento, FakeSecrets } from '../../support/vscode-fakes.ts';

/** A message that was shown: `detail` stands below it in a modal one. */
export interface ShownMessage {
  readonly severity: 'information' | 'warning' | 'error';
  readonly message: string;
  readonly detail: string | undefined;
  readonly modal: boolean;
  readonly buttons: readonly string[];
}

/** The user's answer to a box or message whose text matches: a text, the label of an item, or a button. */
export type Rule = readonly [about: RegExp, answer: string | RegExp];

/** What windows of one user on one machine share. */
export class Profile {
  readonly secrets = new FakeSecrets();
  readonly globalState = new FakeMemento();
  readonly workspaceState = new FakeMemento();
}

interface BoxLike {
  title?: string | undefined;
  placeholder?: string | undefined;
  prompt?: string | undefined;
}

/** Stands in for the editor's surface; {@link restore} puts the real one back. */
export class Editor {
  readonly messages: ShownMessage[] = [];
  /** Lines of the extension's output channel. */
  readonly log: string[] = [];
  /** Titles of progress that is shown at the moment. */
  readonly progress: string[] = [];
  /** Boxes without a matching rule; they were dismissed. */
  readonly unanswered: string[] = [];
  rules: readonly Rule[] = [];
  /** Called with each document of the extension's own that is shown. */
  onShown: (document: vscode.Uri) => void = () => undefined;
  readonly #undo: (() => void)[] = [];
  readonly #windows: Window[] = [];
  readonly #windowState = new vscode.EventEmitter<vscode.WindowState>();
  readonly #progressTokens = new Set<vscode.CancellationTokenSource>();
  #focused = true;
  #opening: Window | undefined;

  constructor() {
    const replace = (target: object, name: string, descriptor: PropertyDescriptor) => {
      const before = Object.getOwnPropertyDescriptor(target, name);
      assert.ok(before, `vscode has ${name}`);
      Object.defineProperty(target, name, { configurable: true, enumerable: true, ...descriptor });
      this.#undo.push(() => {
        Object.defineProperty(target, name, before);
      });
    };
    const call = (target: object, name: string, value: unknown) => {
      replace(target, name, { value, writable: true });
    };
    const { window, commands, workspace } = vscode;
    for (const severity of ['information', 'warning', 'error'] as const) {
      call(
        window,
        `show${severity[0]?.toUpperCase() ?? ''}${severity.slice(1)}Message`,
        (message: string, ...rest: unknown[]) => this.#message(severity, message, rest),
      );
    }
    call(window, 'createQuickPick', () => this.#quickPick());
    call(window, 'createInputBox', () => this.#inputBox());
    call(
      window,
      'withProgress',
      (
        options: vscode.ProgressOptions,
        task: (progress: vscode.Progress<unknown>, token: vscode.CancellationToken) => Thenable<unknown>,
      ) => this.#withProgress(options, task),
    );
    call(window, 'createTreeView', (id: string, options: vscode.TreeViewOptions<unknown>) =>
      this.#current().createView(id, options),
    );
    replace(window, 'state', { get: () => ({ focused: this.#focused, active: this.#focused }) });
    call(window, 'onDidChangeWindowState', this.#windowState.event);
    const createOutputChannel = window.createOutputChannel.bind(window) as (...args: unknown[]) => unknown;
    call(window, 'createOutputChannel', (name: string, ...rest: unknown[]) =>
      name === 'Truework' ? this.#outputChannel() : createOutputChannel(name, ...rest),
    );
    const showTextDocument = window.showTextDocument.bind(window) as unknown as (
      document: vscode.Uri,
      ...rest: unknown[]
    ) => Promise<unknown>;
    call(window, 'showTextDocument', async (document: vscode.Uri, ...rest: unknown[]) => {
      if (document.scheme !== 'truework') return showTextDocument(document, ...rest);
      try {
        await this.#latest().read(document);
      } catch (error) {
        // The editor wraps errors of a file system in this message.
        throw new Error(
          `cannot open ${document.toString()}. Detail: Unable to read file '${document.toString()}' (${String(error)})`,
          { cause: error },
        );
      }
      this.onShown(document);
      return { document: { uri: document, getText: () => '' } };
    });
    const executeCommand = commands.executeCommand.bind(commands) as (
      id: string,
      ...rest: unknown[]
    ) => Promise<unknown>;
    call(commands, 'executeCommand', async (id: string, ...rest: unknown[]) =>
      id.startsWith('truework.') && this.#windows.length > 0
        ? this.#latest().run(id, ...rest)
        : executeCommand(id, ...rest),
    );
    // Some are no one's to call but the extension's own, and are registered when what they belong to is loaded.
    call(commands, 'registerCommand', (id: string, run: (...args: unknown[]) => unknown) =>
      (this.#opening ?? this.#latest()).addCommand(id, run),
    );
    call(workspace, 'registerFileSystemProvider', (_scheme: string, provider: vscode.FileSystemProvider) =>
      this.#current().serve(provider),
    );
  }

  /** Opens a window: activates the extension as the editor does, from what was built. */
  async open(profile: Profile = new Profile()): Promise<Window> {
    const extension = vscode.extensions.getExtension('truework-for-vscode.truework');
    assert.ok(extension);
    const { activate } = (await import(
      pathToFileURL(path.join(extension.extensionPath, 'dist/extension.js')).href
    )) as { readonly activate: (context: unknown) => unknown };
    const opened = new Window(this);
    this.#windows.push(opened);
    this.#opening = opened;
    try {
      activate({
        subscriptions: opened.subscriptions,
        extension,
        extensionPath: extension.extensionPath,
        extensionUri: extension.extensionUri,
        extensionMode: vscode.ExtensionMode.Production,
        secrets: profile.secrets,
        globalState: profile.globalState,
        workspaceState: profile.workspaceState,
        storageUri: undefined,
        globalStorageUri: vscode.Uri.file(path.join(extension.extensionPath, '.cache/faults')),
        asAbsolutePath: (relative: string) => path.join(extension.extensionPath, relative),
      });
    } finally {
      this.#opening = undefined;
    }
    return opened;
  }

  /** The window loses or gets the focus. */
  focus(focused: boolean): void {
    this.#focused = focused;
    this.#windowState.fire({ focused, active: focused });
  }

  /** The user presses Cancel on every displayed progress. */
  cancelProgress(): void {
    for (const source of this.#progressTokens) source.cancel();
  }

  /** Whether a message was shown that matches. */
  showed(text: RegExp): boolean {
    return this.messages.some(({ message, detail = '' }) => text.test(`${message} ${detail}`));
  }

  restore(): void {
    for (const window of this.#windows) window.close();
    for (const undo of this.#undo.reverse()) undo();
  }

  answerTo(text: string): string | RegExp | undefined {
    return this.rules.find(([about]) => about.test(text))?.[1];
  }

  #current(): Window {
    assert.ok(this.#opening, 'Views and file systems are registered while the extension is activated.');
    return this.#opening;
  }

  #latest(): Window {
    const latest = this.#windows.at(-1);
    assert.ok(latest);
    return latest;
  }

  #message(severity: ShownMessage['severity'], message: string, rest: readonly unknown[]): Promise<unknown> {
    const [first] = rest;
    const options = isOptions(first) ? first : {};
    const buttons = options === first ? rest.slice(1) : rest;
    const titles = buttons.map((button) =>
      typeof button === 'string' ? button : (button as vscode.MessageItem).title,
    );
    this.messages.push({ severity, message, detail: options.detail, modal: options.modal ?? false, buttons: titles });
    const answer = this.answerTo(message);
    return Promise.resolve(buttons.find((_button, at) => matches(titles[at] ?? '', answer)));
  }

  async #withProgress(
    options: vscode.ProgressOptions,
    task: (progress: vscode.Progress<unknown>, token: vscode.CancellationToken) => Thenable<unknown>,
  ): Promise<unknown> {
    const source = new vscode.CancellationTokenSource();
    const title = options.title ?? '';
    this.#progressTokens.add(source);
    this.progress.push(title);
    try {
      return await task({ report: () => undefined }, source.token);
    } finally {
      this.#progressTokens.delete(source);
      this.progress.splice(this.progress.indexOf(title), 1);
    }
  }

  #outputChannel(): unknown {
    const line = (text: string) => {
      this.log.push(text);
    };
    return {
      name: 'Truework',
      trace: line,
      debug: line,
      info: line,
      warn: line,
      error: line,
      append: line,
      appendLine: line,
      show: () => undefined,
      hide: () => undefined,
      clear: () => undefined,
      dispose: () => undefined,
    };
  }

  #inputBox(): unknown {
    const box = this.#box(async () => {
      const answer = this.#answerBox(box);
      if (typeof answer !== 'string') return false;
      box.value = answer;
      box.changedValue.fire(answer);
      await setImmediate();
      box.accepted.fire();
      return true;
    });
    return Object.assign(box, { value: '', password: false, validationMessage: undefined });
  }

  #quickPick(): unknown {
    const box = this.#box(async () => {
      const answer = this.#answerBox(box);
      const items = (box as unknown as vscode.QuickPick<vscode.QuickPickItem>).items;
      const chosen = answer === undefined ? undefined : items.find(({ label }) => matches(label, answer));
      if (!chosen) return false;
      Object.assign(box, { selectedItems: [chosen], activeItems: [chosen] });
      await setImmediate();
      box.accepted.fire();
      return true;
    });
    return Object.assign(box, {
      items: [],
      selectedItems: [],
      activeItems: [],
      canSelectMany: false,
      onDidChangeSelection: box.changedValue.event,
      onDidChangeActive: box.changedValue.event,
      onDidTriggerItemButton: box.triggered.event,
    });
  }

  #answerBox(box: object): string | RegExp | undefined {
    const { title, placeholder, prompt } = box as BoxLike;
    const text = [title, placeholder, prompt].filter(Boolean).join(' | ');
    const answer = this.answerTo(text);
    if (answer === undefined) this.unanswered.push(text);
    return answer;
  }

  #box(answer: () => Promise<boolean>) {
    const [accepted, hidden, changedValue, triggered] = [
      new vscode.EventEmitter<void>(),
      new vscode.EventEmitter<void>(),
      new vscode.EventEmitter<unknown>(),
      new vscode.EventEmitter<unknown>(),
    ] as const;
    let open = false;
    const hide = () => {
      if (!open) return;
      open = false;
      hidden.fire();
    };
    return {
      value: '',
      accepted,
      changedValue,
      triggered,
      onDidAccept: accepted.event,
      onDidHide: hidden.event,
      onDidChangeValue: changedValue.event,
      onDidTriggerButton: triggered.event,
      show: () => {
        open = true;
        // After the caller has shown the box.
        void setImmediate()
          .then(answer)
          .then((answered) => {
            if (!answered) hide();
          });
      },
      hide,
      dispose: hide,
    };
  }
}

/** One window of the extension. */
export class Window {
  readonly subscriptions: vscode.Disposable[] = [];
  readonly #editor: Editor;
  readonly #commands = new Map<string, (...args: unknown[]) => unknown>();
  readonly #views = new Map<string, View>();
  #files: vscode.FileSystemProvider | undefined;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get orders(): View {
    const view = this.#views.get('truework.orders');
    assert.ok(view);
    return view;
  }

  /** The commands that are registered at the moment. */
  get commandIds(): readonly string[] {
    return [...this.#commands.keys()];
  }

  async run(id: string, ...args: unknown[]): Promise<unknown> {
    const run = this.#commands.get(id);
    assert.ok(run, id);
    return await run(...args);
  }

  /** Adds a key like a user. */
  async addKey(text: string, alias: string): Promise<void> {
    const before = this.#editor.rules;
    this.#editor.rules = [[/Paste a Truework secret key/, text], [/A name for this connection/, alias], ...before];
    try {
      await this.run('truework.addApiKey');
    } finally {
      this.#editor.rules = before;
    }
  }

  /** The text of a document of the extension's own. @throws what the editor would show in its place */
  async read(uri: vscode.Uri): Promise<string> {
    assert.ok(this.#files);
    await this.#files.stat(uri);
    return new TextDecoder().decode(await this.#files.readFile(uri));
  }

  /** Everything that this window shows at the moment, as text. */
  async shown(): Promise<string> {
    return (await Promise.all([...this.#views.values()].map((view) => view.shown()))).join('\n');
  }

  close(): void {
    for (const disposable of this.subscriptions.splice(0).reverse()) disposable.dispose();
  }

  addCommand(id: string, run: (...args: unknown[]) => unknown): vscode.Disposable {
    this.#commands.set(id, run);
    return new vscode.Disposable(() => this.#commands.delete(id));
  }

  createView(id: string, { treeDataProvider }: vscode.TreeViewOptions<unknown>): View {
    const view = new View(treeDataProvider);
    this.#views.set(id, view);
    return view;
  }

  serve(provider: vscode.FileSystemProvider): vscode.Disposable {
    this.#files = provider;
    return new vscode.Disposable(() => undefined);
  }
}

/** A view like the editor's: it requests its rows when it becomes visible, and again after change events. */
export class View {
  message: string | undefined;
  description: string | undefined;
  title: string | undefined;
  badge: vscode.ViewBadge | undefined;
  selection: readonly unknown[] = [];
  readonly #provider: vscode.TreeDataProvider<unknown>;
  readonly #visibility = new vscode.EventEmitter<vscode.TreeViewVisibilityChangeEvent>();
  readonly #selection = new vscode.EventEmitter<unknown>();
  readonly #following: vscode.Disposable | undefined;
  readonly onDidChangeVisibility = this.#visibility.event;
  readonly onDidChangeSelection = this.#selection.event;
  /** How often the rows were requested. */
  reads = 0;
  #visible = false;
  #rows: readonly unknown[] = [];
  #asking: Promise<void> | undefined;
  #askAgain = false;

  constructor(provider: vscode.TreeDataProvider<unknown>) {
    this.#provider = provider;
    this.#following = provider.onDidChangeTreeData?.(() => {
      this.#ask();
    });
  }

  get visible(): boolean {
    return this.#visible;
  }

  /** The rows at the top level. */
  get rows(): readonly unknown[] {
    return this.#rows;
  }

  async item(row: unknown): Promise<vscode.TreeItem> {
    return this.#provider.getTreeItem(row);
  }

  /** The first row of an order in this state. The row object survives refreshes. */
  orderIn(state: SummaryState): { readonly order: Order } {
    const row = (this.#rows as readonly { readonly order?: Order }[]).find(
      ({ order }) => order && orderState(order) === state,
    );
    assert.ok(row?.order, `There is an order that is ${state}.`);
    return row as { readonly order: Order };
  }

  /** The first row, on whatever level, whose context value matches. */
  async find(context: RegExp): Promise<unknown> {
    return (await this.findAll(context))[0];
  }

  /** The rows, on whatever level, whose context values match. */
  async findAll(context: RegExp): Promise<readonly unknown[]> {
    const search = async (nodes: readonly unknown[]): Promise<readonly unknown[]> => {
      const found: unknown[] = [];
      for (const node of nodes) {
        if (context.test((await this.item(node)).contextValue ?? '')) found.push(node);
        found.push(...(await search((await this.#provider.getChildren(node)) ?? [])));
      }
      return found;
    };
    return search(this.#rows);
  }

  show(visible = true): void {
    this.#visible = visible;
    this.#visibility.fire({ visible });
    this.#ask();
  }

  async reveal(): Promise<void> {
    await this.#asking;
  }

  /** Message and rows with all that is below them, as text. */
  async shown(): Promise<string> {
    const lines = [this.message ?? '', this.description ?? '', this.badge?.tooltip ?? ''];
    const walk = async (node: unknown): Promise<void> => {
      const item = await this.#provider.getTreeItem(node);
      lines.push(
        typeof item.label === 'string' ? item.label : (item.label?.label ?? ''),
        String(item.description ?? ''),
      );
      for (const child of (await this.#provider.getChildren(node)) ?? []) await walk(child);
    };
    for (const row of this.#rows) await walk(row);
    return lines.join('\n');
  }

  dispose(): void {
    this.#following?.dispose();
  }

  #ask(): void {
    if (!this.#visible) return;
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#asking = undefined;
        if (!this.#askAgain) return;
        this.#askAgain = false;
        this.#ask();
      });
  }

  async #read(): Promise<void> {
    this.reads += 1;
    // The editor requests rows from another process.
    await setImmediate();
    this.#rows = (await this.#provider.getChildren()) ?? [];
  }
}

function isOptions(value: unknown): value is vscode.MessageOptions {
  return typeof value === 'object' && value !== null && !('title' in value);
}

function matches(text: string, answer: string | RegExp | undefined): boolean {
  if (answer === undefined) return false;
  return typeof answer === 'string' ? text === answer : answer.test(text);
}

/** Library names, stacks, markup and codes that mean nothing to users. */
const RAW =
  /undici|UND_ERR|fetch failed|socket hang up|other side closed|\bat .+\.[jt]s:\d|<\/?\w+|\bError\b|\b[A-Z]+_[A-Z_]{3,}\b|\bE[A-Z]{4,}\b|\[object /;

/** Fails unless what was shown is plain English, with no raw error, no key and no social security number in it. */
export function assertPlain(texts: readonly string[], keys: readonly string[]): void {
  for (const text of texts) {
    assert.doesNotMatch(text, RAW);
    assertSecretless(text, keys);
  }
}

/** Fails when a text carries a key, a piece of one, or a social security number. */
export function assertSecretless(text: string, keys: readonly string[]): void {
  assert.equal(redactKeys(text), text);
  assert.doesNotMatch(text, /\b\d{3}-\d{2}-\d{4}\b/);
  for (const key of keys) {
    const body = key.slice(key.lastIndexOf('_') + 1);
    for (let at = 0; at + 8 <= body.length; at += 1)
      assert.ok(!text.includes(body.slice(at, at + 8)), 'A piece of the key shows.');
  }
}
