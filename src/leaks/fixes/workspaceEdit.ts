/** Turns planned changes into one edit of the editor. */
import * as vscode from 'vscode';
import { plain } from '../../ui/text.ts';
import type { Change } from './change.ts';
import type { FileChange } from './env/move.ts';

/** Changes of a document as a `WorkspaceEdit` takes them; the preview shows the label above them. */
export function textEdits(document: vscode.TextDocument, changes: readonly Change[], label: string): [vscode.TextEdit, vscode.WorkspaceEditEntryMetadata][] {
  return changes.map(({ start, end, text }) => [
    new vscode.TextEdit(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
    { label: plain(label), needsConfirmation: false },
  ]);
}

/** Adds changes of files to an edit; files are created with their contents. */
export async function addFiles(edit: vscode.WorkspaceEdit, near: vscode.Uri, files: readonly FileChange[], label: string): Promise<void> {
  for (const file of files) {
    const uri = near.with({ path: file.path });
    if (file.kind === 'create') edit.createFile(uri, { contents: new TextEncoder().encode(file.text) }, { label: plain(label), needsConfirmation: false });
    else edit.set(uri, textEdits(await vscode.workspace.openTextDocument(uri), file.changes, label));
  }
}

/**
 * Makes the editor show an edit in its refactor preview before it is applied.
 *
 * The editor opens the preview when any part needs to be confirmed, and leaves such parts unticked. Were that a part
 * of the change, a hasty "Apply" would take a key out of the code and not put it into the `.env`. So it is the creation of
 * something that exists already: it is not shown, does nothing, and everything else is ticked.
 */
export function confirmed(edit: vscode.WorkspaceEdit, existing: vscode.Uri, label: string): void {
  edit.createFile(existing, { ignoreIfExists: true }, { label: plain(label), needsConfirmation: true });
}

/** Applies an edit that a command made, and saves the files it touched unless they had unsaved changes before. */
export async function applyAndSave(edit: vscode.WorkspaceEdit): Promise<boolean> {
  const dirty = new Set(vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).map(({ uri }) => uri.toString()));
  if (!await vscode.workspace.applyEdit(edit, { isRefactoring: true })) return false;
  const touched = new Set(edit.entries().map(([uri]) => uri.toString()));
  for (const document of vscode.workspace.textDocuments) {
    const key = document.uri.toString();
    if (touched.has(key) && !dirty.has(key) && document.isDirty && !document.isUntitled) await document.save();
  }
  return true;
}
