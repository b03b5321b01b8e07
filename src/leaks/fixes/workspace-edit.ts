import * as vscode from 'vscode';
import { plain } from '../../ui/text.ts';
import type { Change } from '../../secrets/edits/change.ts';
import type { FileChange } from '../../secrets/edits/move-to-env.ts';
import { checkedTarget, type WriteFolders } from './writes.ts';

/** Changes of a document as a `WorkspaceEdit` takes them; the preview shows the label above them. */
export function textEdits(
  document: vscode.TextDocument,
  changes: readonly Change[],
  label: string,
): [vscode.TextEdit, vscode.WorkspaceEditEntryMetadata][] {
  return changes.map(({ start, end, text }) => [
    new vscode.TextEdit(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
    { label: plain(label), needsConfirmation: false },
  ]);
}

/** The targets of an edit, to be checked again right before it is applied: an edit does not list the files it creates. */
const checked = new WeakMap<
  vscode.WorkspaceEdit,
  { readonly uri: vscode.Uri; readonly folders: WriteFolders | undefined; readonly target: vscode.Uri }[]
>();

/**
 * Adds changes of files to an edit; files are created with their contents. Symbolic links are resolved.
 * @param folders that each file must be in; its workspace folder when left out
 * @throws Error with a message for the user if one of them must not be written
 */
export async function addFiles(
  edit: vscode.WorkspaceEdit,
  near: vscode.Uri,
  files: readonly FileChange[],
  label: string,
  folders?: WriteFolders,
): Promise<void> {
  for (const file of files) {
    const uri = near.with({ path: file.path });
    const target = await checkedTarget(uri, folders);
    checked.set(edit, [...(checked.get(edit) ?? []), { uri, folders, target }]);
    if (file.kind === 'create')
      edit.createFile(
        target,
        { contents: new TextEncoder().encode(file.text) },
        { label: plain(label), needsConfirmation: false },
      );
    else edit.set(target, textEdits(await vscode.workspace.openTextDocument(target), file.changes, label));
  }
}

/**
 * Makes the editor preview an edit before it is applied.
 *
 * The editor opens the preview if any part of the edit needs confirmation, and leaves such parts unchecked. If that were a
 * part of the change, a quick "Apply" could remove a key from the code without adding it to the `.env`. So it is a no-op
 * that the preview does not show: the creation of a file that already exists. All other parts are checked.
 */
export function requirePreview(edit: vscode.WorkspaceEdit, existing: vscode.Uri, label: string): void {
  edit.createFile(existing, { ignoreIfExists: true }, { label, needsConfirmation: true });
}

/**
 * Applies an edit that a command made, and saves the files it touched unless they had unsaved changes before.
 * @throws Error with a message for the user if one of its files must not be written
 */
export async function applyAndSave(edit: vscode.WorkspaceEdit): Promise<boolean> {
  const dirty = new Set(
    vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).map(({ uri }) => uri.toString()),
  );
  if (!(await apply(edit, { isRefactoring: true }))) return false;
  const touched = new Set(edit.entries().map(([uri]) => uri.toString()));
  for (const document of vscode.workspace.textDocuments) {
    const key = document.uri.toString();
    if (touched.has(key) && !dirty.has(key) && document.isDirty && !document.isUntitled) await document.save();
  }
  return true;
}

/**
 * Applies an edit that a command made.
 * @throws Error with a message for the user if one of its files must not be written
 */
export async function apply(edit: vscode.WorkspaceEdit, metadata?: vscode.WorkspaceEditMetadata): Promise<boolean> {
  const earlier = checked.get(edit) ?? [];
  const known = new Set(earlier.map(({ target }) => target.toString()));
  for (const { uri, folders } of earlier) await checkedTarget(uri, folders);
  for (const { target, folders } of earlier) await checkedTarget(target, folders);
  for (const [uri] of edit.entries()) if (!known.has(uri.toString())) await checkedTarget(uri);
  return await vscode.workspace.applyEdit(edit, metadata);
}
