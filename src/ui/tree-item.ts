import type * as vscode from 'vscode';
import { plain } from './text.ts';

/** Makes every text of a row {@link plain}. For `getTreeItem` of each tree. */
export function plainTreeItem(item: vscode.TreeItem): vscode.TreeItem {
  if (typeof item.label === 'string') item.label = plain(item.label);
  else if (item.label !== undefined) item.label = { ...item.label, label: plain(item.label.label) };
  if (typeof item.description === 'string') item.description = plain(item.description);
  if (typeof item.tooltip === 'string') item.tooltip = plain(item.tooltip);
  if (item.accessibilityInformation !== undefined)
    item.accessibilityInformation = {
      ...item.accessibilityInformation,
      label: plain(item.accessibilityInformation.label),
    };
  return item;
}

export interface ViewTexts {
  readonly message?: string | undefined;
  readonly description?: string;
  readonly badge?: { readonly value: number; readonly tooltip: string } | undefined;
}

/** Sets the texts of a view beside its rows. An omitted text stays; undefined removes it. */
export function describeView(view: vscode.TreeView<unknown>, texts: ViewTexts): void {
  // VS Code sends every assigned text to its window, even an unchanged one.
  if ('message' in texts) {
    const message = plain(texts.message ?? '');
    if (message !== (view.message ?? '')) view.message = message;
  }
  if (texts.description !== undefined) view.description = plain(texts.description);
  if ('badge' in texts) view.badge = texts.badge && { value: texts.badge.value, tooltip: plain(texts.badge.tooltip) };
}
