/** Puts other things in the place of what the editor offers, for suites in its extension host. */
import * as vscode from 'vscode';
import { ConnectionsFeature } from '../../src/connections/index.ts';
import { DocumentsFeature } from '../../src/documents/index.ts';
import { activate } from '../../src/extension.ts';
import { LeaksFeature } from '../../src/leaks/index.ts';
import { OrdersFeature } from '../../src/orders/index.ts';

/**
 * Replaces members of a part of the editor's API, such as `vscode.window`, while `run` runs.
 * @param part an object of the API
 */
export async function instead<T>(
  part: object,
  replacements: Readonly<Record<string, unknown>>,
  run: () => Promise<T>,
): Promise<T> {
  const originals = Object.keys(replacements).map(
    (name) => [name, Object.getOwnPropertyDescriptor(part, name)] as const,
  );
  for (const [name, value] of Object.entries(replacements))
    Object.defineProperty(part, name, { value, configurable: true, writable: true });
  try {
    return await run();
  } finally {
    for (const [name, descriptor] of originals) {
      if (descriptor) Object.defineProperty(part, name, descriptor);
      else Reflect.deleteProperty(part, name);
    }
  }
}

/** The extension once more, beside the installed one. */
export interface SecondExtension extends vscode.Disposable {
  readonly connections: ConnectionsFeature;
  readonly documents: DocumentsFeature;
  readonly orders: OrdersFeature;
  readonly leaks: LeaksFeature;
  /** The commands that it has registered. */
  readonly commandIds: readonly string[];
  run(id: string, ...args: unknown[]): Promise<unknown>;
}

/** Activates it in an editor that has the commands, views and log of the installed one, which must not be taken away. */
export function activateBesideInstalled(context: vscode.ExtensionContext): Promise<SecondExtension> {
  const quiet = () => undefined;
  const channel = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, show: quiet, dispose: quiet };
  const commands = new Map<string, (...args: unknown[]) => unknown>();
  const registerCommand = (id: string, run: (...args: unknown[]) => unknown) => {
    commands.set(id, run);
    return new vscode.Disposable(() => commands.delete(id));
  };
  const nothing = () => new vscode.Disposable(quiet);
  return instead(vscode.commands, { registerCommand }, () =>
    instead(vscode.window, { createOutputChannel: () => channel, createTreeView: () => unseenView() }, () =>
      instead(
        vscode.workspace,
        { registerFileSystemProvider: nothing, registerTextDocumentContentProvider: nothing },
        () => {
          activate(context);
          const feature = <T extends vscode.Disposable>(kind: abstract new (...args: never[]) => T): T => {
            const found = context.subscriptions.find((each): each is T => each instanceof kind);
            if (!found) throw new Error(`There is no ${kind.name}.`);
            return found;
          };
          return Promise.resolve({
            connections: feature(ConnectionsFeature),
            documents: feature(DocumentsFeature),
            orders: feature(OrdersFeature),
            leaks: feature(LeaksFeature),
            get commandIds() {
              return [...commands.keys()];
            },
            run: (id: string, ...args: unknown[]) => Promise.resolve(commands.get(id)?.(...args)),
            dispose: () => {
              for (const each of context.subscriptions.splice(0).reverse()) each.dispose();
            },
          });
        },
      ),
    ),
  );
}

/** A view that nobody sees: the editor has the real ones already. */
export function unseenView(): vscode.TreeView<unknown> {
  const visibility = new vscode.EventEmitter<vscode.TreeViewVisibilityChangeEvent>();
  return {
    visible: true,
    selection: [],
    onDidChangeVisibility: visibility.event,
    reveal: () => Promise.resolve(),
    dispose: () => {
      visibility.dispose();
    },
  } as unknown as vscode.TreeView<unknown>;
}

export interface Question {
  readonly message: string;
  readonly modal: boolean;
  readonly actions: readonly string[];
}

/** Answers of a user who chooses these actions, one message after the other; nothing, and in a modal Cancel, after that. */
export class Answers {
  readonly asked: Question[] = [];
  readonly #choices: string[];

  constructor(...choices: readonly string[]) {
    this.#choices = [...choices];
  }

  /** For `vscode.window`: whatever shows a message. */
  get window(): Readonly<Record<string, unknown>> {
    const show = (message: string, ...rest: readonly unknown[]): Promise<string | undefined> => {
      const [options] = rest;
      const modal =
        typeof options === 'object' && options !== null && (options as vscode.MessageOptions).modal === true;
      const actions = rest.filter((each) => typeof each === 'string');
      this.asked.push({ message, modal, actions });
      const choice = this.#choices.shift();
      return Promise.resolve(actions.find((action) => action === choice));
    };
    return { showInformationMessage: show, showWarningMessage: show, showErrorMessage: show };
  }
}

type Listener<T> = (value: T) => unknown;

/** What a user does with a picker or an input box: picks by label, types, or hides it with Escape. */
export type Act = { readonly pick: string } | { readonly type: string } | 'escape';

/** Pickers and input boxes whose user does one thing after the other, and Escape after that. */
export class Boxes {
  /** Every box, as it was when it was shown. */
  readonly shown: {
    readonly title: string | undefined;
    readonly password: boolean;
    readonly value: string;
    readonly ignoreFocusOut: boolean;
    readonly items: readonly string[];
  }[] = [];
  readonly #acts: Act[];

  constructor(...acts: readonly Act[]) {
    this.#acts = [...acts];
  }

  /** For `vscode.window`. */
  get window(): Readonly<Record<string, unknown>> {
    return { createQuickPick: () => this.#box(), createInputBox: () => this.#box() };
  }

  #box(): object {
    const accept = new vscode.EventEmitter<void>();
    const hide = new vscode.EventEmitter<void>();
    const change = new vscode.EventEmitter<string>();
    const box = {
      title: undefined as string | undefined,
      password: false,
      ignoreFocusOut: false,
      value: '',
      items: [] as readonly vscode.QuickPickItem[],
      selectedItems: [] as readonly vscode.QuickPickItem[],
      validationMessage: undefined as unknown,
      onDidAccept: (listener: Listener<void>) => accept.event(listener),
      onDidHide: (listener: Listener<void>) => hide.event(listener),
      onDidChangeValue: (listener: Listener<string>) => change.event(listener),
      onDidTriggerButton: () => new vscode.Disposable(() => undefined),
      onDidTriggerItemButton: () => new vscode.Disposable(() => undefined),
      show: () => {
        this.shown.push({
          title: box.title,
          password: box.password,
          value: box.value,
          ignoreFocusOut: box.ignoreFocusOut,
          items: box.items.map(({ label }) => label),
        });
        setImmediate(() => {
          act(this.#acts.shift() ?? 'escape');
        });
      },
      dispose: () => undefined,
    };
    const act = (what: Act): void => {
      if (what !== 'escape' && 'pick' in what) {
        box.selectedItems = box.items.filter(({ label }) => label === what.pick);
        if (box.selectedItems.length > 0) accept.fire();
        else hide.fire();
      } else if (what !== 'escape') {
        box.value = what.type;
        change.fire(what.type);
        accept.fire();
        // What is not accepted is given up.
        setImmediate(() => {
          hide.fire();
        });
      } else {
        hide.fire();
      }
    };
    return box;
  }
}
