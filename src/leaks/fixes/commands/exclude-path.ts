import * as vscode from 'vscode';
import { notebookUriOf } from '../../notebooks.ts';
import { leakFor } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { addToSetting } from '../setting.ts';
import { showInformation, showWarning } from '../../../ui/show.ts';

/** Excludes a file from leak detection. */
export async function excludePath({ leaks }: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(leaks, rows, {
    subject: 'file',
    accept: ({ uri }) => vscode.workspace.getWorkspaceFolder(uri) !== undefined,
  });
  if (leak === undefined) return;
  const uri = notebookUriOf(leak.uri) ?? leak.uri;
  if (vscode.workspace.getWorkspaceFolder(uri) === undefined) {
    await showInformation(vscode.l10n.t('This file is outside the workspace.'));
    return;
  }
  if (leak.finding.kind === 'production' && !vscode.workspace.isTrusted) {
    await showWarning(
      vscode.l10n.t(
        'A production key cannot be hidden in Restricted Mode. Trust the workspace first, or revoke the key.',
      ),
    );
    return;
  }
  await addToSetting('exclude', patternFor(vscode.workspace.asRelativePath(uri, false)), uri);
}

/** A glob pattern that matches exactly this path. */
function patternFor(relativePath: string): string {
  return relativePath.replaceAll(/[*?{}[\]]/g, '[$&]');
}
