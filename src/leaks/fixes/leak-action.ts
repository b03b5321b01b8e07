import * as vscode from 'vscode';
import { plain } from '../../ui/text.ts';
import type { Leak } from '../model.ts';

/** A fix of one leak. The edit that moves the key is created when the fix is selected or previewed. */
export class LeakAction extends vscode.CodeAction {
  readonly leak: Leak;
  /** Whether it moves the key to a `.env` file. */
  readonly moves: boolean;

  constructor(leak: Leak, title: string, options: { readonly moves?: boolean } = {}) {
    super(plain(title), vscode.CodeActionKind.QuickFix);
    this.leak = leak;
    this.moves = options.moves ?? false;
  }
}
