/** Multi-step input with a Back button, on VS Code's own QuickPick and InputBox. */
import * as vscode from 'vscode';
import { holdsKey } from '../truework/redact.ts';
import { plain } from './text.ts';

/** The result of an input when the user pressed Back. */
export const BACK = Symbol('back');
export type Answer<T> = T | typeof BACK | undefined;

interface Frame {
  readonly title: string;
  /** Counted from 1; omit it for a single input. */
  readonly step?: number;
  readonly totalSteps?: number;
  /** Whether to show the Back button. */
  readonly back?: boolean;
}

export interface PickOptions<T extends vscode.QuickPickItem> extends Frame {
  readonly items: readonly T[];
  readonly placeholder?: string;
  readonly active?: T | undefined;
  readonly matchOnDescription?: boolean;
  /** Called when a button of a row is pressed. @returns the new rows */
  readonly onItemButton?: (item: T) => readonly T[];
}

export interface InputOptions extends Frame {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  /** The message below the box while typing; an error keeps the box open. */
  readonly validate?: (text: string) => vscode.InputBoxValidationMessage | string | undefined;
  /** Called with every change while typing. */
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

/** A row as it is shown, with its item. */
interface Row<T> extends vscode.QuickPickItem {
  readonly item: T;
}

/** Pickers render links and icons in text, as notifications do, so rows are made {@link plain}. */
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
            'This contains an API key. Text in this box is shown and stored as plain text, so remove the key.',
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

/** How an input step ended. */
export type StepOutcome = 'next' | 'back' | 'cancel';

/** One step: asks, and stores the answer itself. A step that has nothing to ask returns 'skip'. */
export type InputStep = () => Promise<StepOutcome | 'skip'>;

/** Runs steps in order; Back returns to the last one that asked. @returns false if the user canceled */
export async function runSteps(steps: readonly InputStep[]): Promise<boolean> {
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

/** Turns an answer into a step's outcome, and passes a real answer to `store`. */
export function outcome<T>(answer: Answer<T>, store: (value: T) => void): StepOutcome {
  if (answer === undefined) return 'cancel';
  if (answer === BACK) return 'back';
  store(answer);
  return 'next';
}
