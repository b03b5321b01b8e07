import * as vscode from 'vscode';
import { showInformation, showWarning } from '../../../ui/show.ts';
import { moveToEnv } from '../move-to-env.ts';
import { leakFor } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { isRefusal } from '../writes.ts';

/** Shows why a fix was refused. Makes no changes. */
export async function showRefusedWrite({ leaks }: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(leaks, rows);
  if (leak === undefined) return;
  try {
    await moveToEnv(leak);
    await showInformation(vscode.l10n.t('The files can be changed now. Select the fix again.'));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await showWarning(error.message);
  }
}
