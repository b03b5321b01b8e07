import path from 'node:path';
import * as vscode from 'vscode';
import { isReported } from '../../secrets/detector/finding.ts';
import { keyAt } from '../../secrets/detector/scan.ts';
import type { Leak } from '../model.ts';
import { isKnown } from '../../secrets/verdict.ts';
import { allowComment } from '../../secrets/languages/allow-comment.ts';
import type { Change } from '../../secrets/edits/change.ts';
import { fileOf } from './document-facts.ts';
import { FIX_COMMANDS } from './ids.ts';
import { LeakAction } from './leak-action.ts';
import { referenceTo } from './reference.ts';
import { isDotenv } from '../../secrets/languages/dotenv.ts';
import { replaceKey, variableFor } from '../../secrets/languages/replace-key.ts';
import { textEdits } from './workspace-edit.ts';

/**
 * The fixes of a leak, most helpful first. A committed key must be revoked; any other can still be removed from the code.
 * @param preferOne whether to mark the first fix as preferred; true for one of the leaks under the cursor
 */
export function actionsFor(
  document: vscode.TextDocument,
  leak: Leak,
  context: vscode.CodeActionContext,
  preferOne: boolean,
): LeakAction[] {
  const text = document.getText();
  const { finding } = leak;
  const output = leak.in === 'output';
  // The document may have changed since it was scanned.
  if (!output && keyAt(text, finding) === undefined) return [];
  const actions: LeakAction[] = [];
  const add = (action: LeakAction) => {
    actions.push(action);
  };
  const committed = isInGitHistory(leak);
  const revoke = command(leak, vscode.l10n.t('Revoke and Replace {0}…', finding.masked), FIX_COMMANDS.revokeAndReplace);

  if (committed) add(revoke);
  if (!output) {
    const site = {
      text,
      finding,
      languageId: document.languageId,
      fileName: fileOf(document).path,
      variable: variableFor(finding.kind),
    };
    const replaced = replaceKey(site);
    if (replaced !== undefined) {
      if (canHoldEnv(document))
        add(
          new LeakAction(leak, vscode.l10n.t('Move {0} to .env and Read {1}', finding.masked, replaced.read), {
            moves: true,
          }),
        );
      add(edit(document, leak, vscode.l10n.t('Replace {0} with {1}', finding.masked, replaced.read), replaced.changes));
    }
    add(command(leak, vscode.l10n.t('Store {0} as a Connection…', finding.masked), FIX_COMMANDS.storeLeakedKey));
  }
  actions.push(...gitActions(document, leak));
  if (!committed) add(revoke);
  else if (vscode.workspace.isTrusted)
    add(
      command(
        leak,
        vscode.l10n.t('Show How to Remove {0} from the History After Revoking', finding.masked),
        FIX_COMMANDS.showCleanUpSteps,
      ),
    );
  if (isReported(finding)) actions.push(...allowances(document, leak, text));

  const diagnostics = context.diagnostics.filter(
    ({ source, range }) => source === 'Truework' && range.intersection(leak.range) !== undefined,
  );
  for (const action of actions) action.diagnostics = diagnostics;
  const [preferred] = actions;
  if (preferOne && preferred !== undefined) preferred.isPreferred = true;
  return actions;
}

/** Whether a commit, branch, tag, stash or the reflog contains the key. */
export function isInGitHistory({ verdict }: Pick<Leak, 'verdict'>): boolean {
  return (
    isKnown(verdict) &&
    (verdict.location === 'head' ||
      verdict.location === 'history' ||
      verdict.pushed === true ||
      verdict.alsoIn.length > 0)
  );
}

function gitActions(document: vscode.TextDocument, leak: Leak): LeakAction[] {
  const { verdict } = leak;
  if (!vscode.workspace.isTrusted || !isKnown(verdict) || document.uri.scheme !== 'file') return [];
  const name = path.posix.basename(document.uri.path);
  const actions: LeakAction[] = [];
  if (verdict.locations.includes('staged'))
    actions.push(command(leak, vscode.l10n.t('Unstage {0}', name), FIX_COMMANDS.unstageFile));
  const tracked = verdict.locations.some(
    (location) => location === 'head' || location === 'staged' || location === 'working-tree',
  );
  if (tracked && isForSecrets(name))
    actions.push(command(leak, vscode.l10n.t('Stop Tracking {0} (Keep on Disk)', name), FIX_COMMANDS.untrackFile));
  return actions;
}

/** Whether a file with this name usually contains secrets and does not belong in git. */
function isForSecrets(name: string): boolean {
  return (
    isDotenv(name) ||
    /\.(?:tfvars|local|secret|secrets|pem|key)(?:\.[^.]+)?$/i.test(name) ||
    /^(?:secrets?|credentials)\b/i.test(name)
  );
}

function allowances(document: vscode.TextDocument, leak: Leak, text: string): LeakAction[] {
  const { finding } = leak;
  const actions: LeakAction[] = [];
  if (leak.in !== 'output') {
    const comment = allowComment(text, finding, document.languageId, fileOf(document).path);
    if (comment !== undefined)
      actions.push(edit(document, leak, vscode.l10n.t('Allow {0} on This Line', finding.masked), [comment]));
  }
  actions.push(
    command(leak, vscode.l10n.t('Allow {0} in This Workspace (by Hash)', finding.masked), FIX_COMMANDS.allowKey),
  );
  const file = fileOf(document);
  if (vscode.workspace.getWorkspaceFolder(file) !== undefined) {
    actions.push(
      command(
        leak,
        vscode.l10n.t('Exclude {0} from Leak Detection', vscode.workspace.asRelativePath(file, false)),
        FIX_COMMANDS.excludePath,
      ),
    );
  }
  return actions;
}

function canHoldEnv(document: vscode.TextDocument): boolean {
  const { scheme } = fileOf(document);
  return (
    scheme === 'file' ||
    scheme === 'vscode-remote' ||
    scheme === 'vscode-vfs' ||
    (vscode.workspace.workspaceFolders?.length ?? 0) > 0
  );
}

function edit(document: vscode.TextDocument, leak: Leak, title: string, changes: readonly Change[]): LeakAction {
  const action = new LeakAction(leak, title);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.set(document.uri, textEdits(document, changes, action.title));
  return action;
}

function command(leak: Leak, title: string, id: string): LeakAction {
  const action = new LeakAction(leak, title);
  action.command = { command: id, title: action.title, arguments: [referenceTo(leak)] };
  return action;
}
