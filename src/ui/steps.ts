/** Multi-step input with a Back button, on VS Code's own QuickPick and InputBox. */
import * as vscode from 'vscode';
import { holdsKey } from '../truework/redact.ts';
import { plain } from './text.ts';

/** What a step answers when the person pressed Back. */
export const BACK = Symbol('back');
export type Answer<T> = T | typeof BACK | undefined;

interface Frame {
  readonly title: string;
  /** Counted from 1; leave out for an input that is no step of several. */
  readonly step?: number;
  readonly totalSteps?: number;
  /** Offer Back. */
  readonly back?: boolean;
}

export interface PickOptions<T extends vscode.QuickPickItem> extends Frame {
  readonly items: readonly T[];
  readonly placeholder?: string;
  readonly active?: T | undefined;
  readonly matchOnDescription?: boolean;
  /** A button of a row was pressed. @returns the rows from then on */
  readonly onItemButton?: (item: T) => readonly T[];
}

export interface InputOptions extends Frame {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  /** Said under the box while typing; an error keeps the box open, an information does not. */
  readonly validate?: (text: string) => vscode.InputBoxValidationMessage | string | undefined;
  /** Hears of every change while typing. */
  readonly onInput?: (text: string) => void;
}

export async function pick<T extends vscode.QuickPickItem>(options: PickOptions<T>): Promise<Answer<T>> {
  const { box, rows } = picker(options);
  box.matchOnDescription = options.matchOnDescription ?? true;
  box.matchOnDetail = true;
  const active = rows.find(({ item }) => item === options.active);
  if (active) box.activeItems = [active];
  return ask(box, options, (accept) =>
    vscode.Disposable.from(
      box.onDidAccept(() => {
        const [chosen] = box.selectedItems;
        if (chosen) accept(chosen.item);
      }),
      box.onDidTriggerItemButton(({ item: { item } }) => {
        if (options.onItemButton) box.items = options.onItemButton(item).map(rowOf);
      }),
    ),
  );
}

export async function pickMany<T extends vscode.QuickPickItem>(
  options: PickOptions<T> & { readonly picked: readonly T[] },
): Promise<Answer<readonly T[]>> {
  const { box, rows } = picker(options);
  box.canSelectMany = true;
  box.selectedItems = rows.filter(({ item }) => options.picked.includes(item));
  return ask(box, options, (accept) =>
    box.onDidAccept(() => {
      accept(box.selectedItems.map(({ item }) => item));
    }),
  );
}

/** A row as it is shown, and the item that it stands for. */
interface Row<T> extends vscode.QuickPickItem {
  readonly item: T;
}

/** Pickers draw links and icons from text as notifications do: rows show it {@link plain}. */
function picker<T extends vscode.QuickPickItem>({
  items,
  placeholder,
}: PickOptions<T>): { readonly box: vscode.QuickPick<Row<T>>; readonly rows: readonly Row<T>[] } {
  const box = vscode.window.createQuickPick<Row<T>>();
  const rows = items.map(rowOf);
  box.items = rows;
  if (placeholder !== undefined) box.placeholder = plain(placeholder);
  return { box, rows };
}

function rowOf<T extends vscode.QuickPickItem>(item: T): Row<T> {
  return {
    label: plain(item.label),
    ...(item.kind !== undefined && { kind: item.kind }),
    ...(item.iconPath !== undefined && { iconPath: item.iconPath }),
    ...(item.description !== undefined && { description: plain(item.description) }),
    ...(item.detail !== undefined && { detail: plain(item.detail) }),
    ...(item.buttons !== undefined && { buttons: item.buttons }),
    item,
  };
}

export async function input(options: InputOptions): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  box.prompt = plain(options.prompt);
  box.password = options.password ?? false;
  if (options.placeholder !== undefined) box.placeholder = plain(options.placeholder);
  if (options.value !== undefined) box.value = options.value;
  const check = (text: string): boolean => {
    const message =
      options.password !== true && holdsKey(text)
        ? vscode.l10n.t(
            'This contains an API key, and what you enter here is shown and stored as plain text. Remove the key.',
          )
        : options.validate?.(text);
    box.validationMessage =
      typeof message === 'object' ? { ...message, message: plain(message.message) } : message && plain(message);
    return (
      message === undefined ||
      (typeof message !== 'string' && message.severity !== vscode.InputBoxValidationSeverity.Error)
    );
  };
  if (box.value !== '') check(box.value);
  return ask(box, options, (accept) =>
    vscode.Disposable.from(
      box.onDidChangeValue((text) => {
        options.onInput?.(text);
        check(text);
      }),
      box.onDidAccept(() => {
        if (check(box.value)) accept(box.value);
      }),
    ),
  );
}

async function ask<T>(
  box: vscode.QuickInput & {
    buttons: readonly vscode.QuickInputButton[];
    onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
  },
  frame: Frame,
  listen: (accept: (value: T) => void) => vscode.Disposable,
): Promise<Answer<T>> {
  box.title = plain(frame.title);
  box.ignoreFocusOut = true;
  if (frame.step !== undefined) box.step = frame.step;
  if (frame.totalSteps !== undefined) box.totalSteps = frame.totalSteps;
  if (frame.back === true) box.buttons = [vscode.QuickInputButtons.Back];
  const listeners: vscode.Disposable[] = [box];
  try {
    return await new Promise<Answer<T>>((resolve) => {
      listeners.push(
        listen(resolve),
        box.onDidTriggerButton((button) => {
          if (button === vscode.QuickInputButtons.Back) resolve(BACK);
        }),
        box.onDidHide(() => {
          resolve(undefined);
        }),
      );
      box.show();
    });
  } finally {
    vscode.Disposable.from(...listeners).dispose();
  }
}

/** One step: asks, keeps its answer itself, and says how it went. A step that has nothing to ask answers 'skip'. */
export type Step = () => Promise<'next' | 'back' | 'cancel' | 'skip'>;

/** Runs steps in order; Back returns to the last one that asked something. @returns false when the person gave up. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  const asked: number[] = [];
  let at = 0;
  for (;;) {
    const step = steps[at];
    if (!step) return true;
    const outcome = await step();
    if (outcome === 'cancel') return false;
    if (outcome === 'back') {
      at = asked.pop() ?? at;
      continue;
    }
    if (outcome === 'next') asked.push(at);
    at += 1;
  }
}

/** Turns an answer into a step's outcome, handing a real answer to `keep`. */
export function outcome<T>(answer: Answer<T>, keep: (value: T) => void): 'next' | 'back' | 'cancel' {
  if (answer === undefined) return 'cancel';
  if (answer === BACK) return 'back';
  keep(answer);
  return 'next';
}
