/**
 * Every message, progress title and status bar text of the extension. In notifications, VS Code renders
 * `[text](command:name)` as a link that runs the command, and file names, API responses and users can contain that. So
 * nothing else may call `vscode.window.show…Message` (a lint rule), and all text here passes {@link plain}.
 */
import * as vscode from 'vscode';
import { plain, plainLines } from './text.ts';

/** @returns the action that the user chose, exactly as it was passed in; undefined if the message was dismissed */
export function showInformation<T extends string>(message: string, ...actions: readonly T[]): Promise<T | undefined> {
  return show((text, items) => vscode.window.showInformationMessage(text, ...items), message, actions);
}

export function showWarning<T extends string>(message: string, ...actions: readonly T[]): Promise<T | undefined> {
  return show((text, items) => vscode.window.showWarningMessage(text, ...items), message, actions);
}

export function showErrorMessage<T extends string>(message: string, ...actions: readonly T[]): Promise<T | undefined> {
  return show((text, items) => vscode.window.showErrorMessage(text, ...items), message, actions);
}

/**
 * Asks in a modal warning, which always has a Cancel button. @param detail may have several lines
 * @returns undefined if the user canceled
 */
export function confirm<T extends string>(
  message: string,
  detail: string,
  ...actions: readonly T[]
): Promise<T | undefined> {
  return show(
    (text, items) => vscode.window.showWarningMessage(text, { modal: true, detail: plainLines(detail) }, ...items),
    message,
    actions,
  );
}

/** Shows a text in the status bar for some seconds. */
export function showStatus(text: string): void {
  vscode.window.setStatusBarMessage(plain(text), 3000);
}

export interface ProgressOptions {
  readonly location: vscode.ProgressLocation | { readonly viewId: string };
  /** Omit it where none is shown, such as in a view. */
  readonly title?: string;
  readonly cancellable?: boolean;
}

/** Reports the progress of a running task. */
export type ReportProgress = (message: string) => void;

/**
 * Runs a task and shows its progress.
 * @param task gets a signal that Cancel aborts, and the editor's token for the same
 */
export async function withProgress<T>(
  { location, title, cancellable = false }: ProgressOptions,
  task: (report: ReportProgress, signal: AbortSignal, token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location, cancellable, ...(title !== undefined && { title: plain(title) }) },
    async (progress, token) => {
      const canceled = new AbortController();
      const listener = token.onCancellationRequested(() => {
        canceled.abort();
      });
      try {
        return await task(
          (message) => {
            progress.report({ message: plain(message) });
          },
          canceled.signal,
          token,
        );
      } finally {
        listener.dispose();
      }
    },
  );
}

async function show<T extends string>(
  open: (text: string, items: readonly string[]) => Thenable<string | undefined>,
  message: string,
  actions: readonly T[],
): Promise<T | undefined> {
  const items = actions.map(plain);
  const chosen = await open(plain(message), items);
  return chosen === undefined ? undefined : actions[items.indexOf(chosen)];
}
