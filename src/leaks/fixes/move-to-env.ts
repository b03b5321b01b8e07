import * as vscode from 'vscode';
import type { Leak } from '../model.ts';
import { fileOf, moveFacts } from './document-facts.ts';
import { planMove } from '../../secrets/edits/move-to-env.ts';
import { addFiles, requirePreview, textEdits } from './workspace-edit.ts';
import { checkedTarget } from './writes.ts';

/**
 * One edit that moves the key to a `.env` that git ignores, and makes the code read it from there.
 * @throws Error with a message for the user if one of the files must not be written
 */
export async function moveToEnv(leak: Leak): Promise<vscode.WorkspaceEdit | undefined> {
  const document = await vscode.workspace.openTextDocument(leak.uri);
  await checkedTarget(fileOf(document));
  const facts = await moveFacts(document, leak);
  const plan = facts && planMove(facts);
  if (facts === undefined || plan === undefined) return undefined;
  const label = vscode.l10n.t(
    'Move {0} to {1} as {2}',
    leak.finding.masked,
    facts.env.path.slice(facts.env.path.lastIndexOf('/') + 1),
    plan.variable,
  );
  const edit = new vscode.WorkspaceEdit();
  const file = fileOf(document);
  const base = file.scheme === 'untitled' ? (vscode.workspace.workspaceFolders?.[0]?.uri ?? file) : file;
  requirePreview(edit, base, label);
  await addFiles(edit, base, plan.files, label);
  edit.set(document.uri, textEdits(document, plan.changes, label));
  return edit;
}
