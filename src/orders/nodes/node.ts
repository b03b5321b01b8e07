import type * as vscode from 'vscode';

/** One row of the Orders view. It survives refreshes, so that a single row can be redrawn. */
export interface Node {
  /** The same after refreshes and in other windows. */
  readonly id: string;
  readonly parent: Node | undefined;
  item(): vscode.TreeItem;
  children(): readonly Node[];
  /** The tooltip, created when the pointer hovers over the row. */
  tooltip?(): vscode.MarkdownString | undefined;
}
