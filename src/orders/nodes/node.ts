import type * as vscode from 'vscode';

/** One row of the Orders view. Kept from one refresh to the next, so that a single row can be redrawn. */
export interface Node {
  /** Stable over refreshes and windows. */
  readonly id: string;
  readonly parent: Node | undefined;
  item(): vscode.TreeItem;
  children(): readonly Node[];
  /** The tooltip, made when the pointer rests on the row. */
  tooltip?(): vscode.MarkdownString | undefined;
}
