import * as vscode from 'vscode';
import { isGitObject, type Leaks } from '../model.ts';
import { FIX_COMMANDS, SHOW_REFUSAL } from './ids.ts';
import type { LeakAction } from './leak-action.ts';

/** More keys than this under one selection would make a list that nobody reads. */
const MAX_LEAKS = 3;

/** So long the light bulb waits for git, in milliseconds: most fixes do not need it. */
const MAX_WAIT = 5_000;

/** Offers fixes where a leak is; everything they need is loaded then. */
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
    // Which fix is the right one depends on what git says; while it is asked again, what it said before will do.
    if (leaks.in(document.uri).some(({ verdict }) => verdict === undefined))
      await orGiveUp(leaks.checked(document.uri), token);
    const found = leaks
      .in(document.uri)
      .filter((leak) => !isGitObject(leak) && leak.range.intersection(range) !== undefined);
    if (found.length === 0 || token.isCancellationRequested) return [];
    const { actionsFor } = await import('./actions.ts');
    const mayChange = await this.#mayChange(document);
    return found
      .slice(0, MAX_LEAKS)
      .flatMap((leak, n) => actionsFor(document, leak, context, n === 0))
      .map((action) => (mayChange ? action : withoutEdit(action)));
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

  /** Whether edits of a document end up in the file that they seem to be of. */
  async #mayChange(document: vscode.TextDocument): Promise<boolean> {
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

/** Settles with the promise, after {@link MAX_WAIT}, or when nobody wants the fixes any more. */
async function orGiveUp(promise: Promise<void>, token: vscode.CancellationToken): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let listener: vscode.Disposable | undefined;
  const givenUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, MAX_WAIT);
    listener = token.onCancellationRequested(() => {
      resolve();
    });
  });
  try {
    await Promise.race([promise, givenUp]);
  } finally {
    clearTimeout(timer);
    listener?.dispose();
  }
}

/** Choosing the fix tells why it cannot be done. */
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
