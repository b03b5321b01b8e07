import * as vscode from 'vscode';

/** The URI of the open notebook that contains a cell; undefined for other documents. */
export function notebookUriOf(cell: vscode.Uri): vscode.Uri | undefined {
  if (cell.scheme !== 'vscode-notebook-cell') return undefined;
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some(({ document }) => document.uri.toString() === cell.toString()),
  )?.uri;
}
