import * as vscode from 'vscode';
import { isGitObject, type Leaks } from '../model.ts';
import { FIX_COMMANDS, SHOW_REFUSAL } from './ids.ts';
import type { LeakAction } from './leak-action.ts';

/** With more keys in one selection the list of fixes would be too long to read. */
const MAX_LEAKS = 3;

/** The light bulb waits for git at most this long, because most fixes do not need it. */
const MAX_GIT_WAIT_MS = 5_000;

/** Offers fixes for leaks. Their code is loaded when they are first offered. */
export class LeakActions implements vscode.CodeActionProvider<LeakAction> {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    documentation: [
      {
        kind: vscode.CodeActionKind.QuickFix,
        command: {
          command: FIX_COMMANDS.openRotationHelp,
          title: vscode.l10n.t('How to revoke and replace a Truework key'),
        },
      },
    ],
  };

  readonly #leaks: Leaks;

  constructor(leaks: Leaks) {
    this.#leaks = leaks;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<LeakAction[]> {
    const leaks = this.#leaks;
    // The preferred fix depends on the verdict. While git is queried again, the previous verdict is used.
    if (leaks.in(document.uri).some(({ verdict }) => verdict === undefined))
      await waitAtMost(leaks.checked(document.uri), token);
    const found = leaks
      .in(document.uri)
      .filter((leak) => !isGitObject(leak) && leak.range.intersection(range) !== undefined);
    if (found.length === 0 || token.isCancellationRequested) return [];
    const { actionsFor } = await import('./actions.ts');
    const isWritable = await this.#isWritable(document);
    return found
      .slice(0, MAX_LEAKS)
      .flatMap((leak, n) => actionsFor(document, leak, context, n === 0))
      .map((action) => (isWritable ? action : withoutEdit(action)));
  }

  async resolveCodeAction(action: LeakAction): Promise<LeakAction> {
    if (!action.moves || action.command !== undefined) return action;
    try {
      const edit = await (await import('./move-to-env.ts')).moveToEnv(action.leak);
      if (edit !== undefined) action.edit = edit;
      return action;
    } catch (error) {
      if (!(await import('./writes.ts')).isRefusal(error)) throw error;
      return withoutEdit(action);
    }
  }

  /** Whether an edit of the document would be written to a file inside the workspace. */
  async #isWritable(document: vscode.TextDocument): Promise<boolean> {
    const [{ checkedTarget, isRefusal }, { fileOf }] = await Promise.all([
      import('./writes.ts'),
      import('./document-facts.ts'),
    ]);
    try {
      await checkedTarget(fileOf(document));
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false;
    }
  }
}

/** Waits for a promise until it settles, {@link MAX_GIT_WAIT_MS} have passed, or the request is canceled. */
async function waitAtMost(promise: Promise<void>, token: vscode.CancellationToken): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let listener: vscode.Disposable | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, MAX_GIT_WAIT_MS);
    listener = token.onCancellationRequested(() => {
      resolve();
    });
  });
  try {
    await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    listener?.dispose();
  }
}

/** Selecting the fix shows why its edit was refused. */
function withoutEdit(action: LeakAction): LeakAction {
  if (action.command !== undefined) return action;
  delete action.edit;
  action.command = {
    command: SHOW_REFUSAL,
    title: action.title,
    arguments: [{ uri: action.leak.uri.toString(), keyHash: action.leak.finding.keyHash }],
  };
  return action;
}
