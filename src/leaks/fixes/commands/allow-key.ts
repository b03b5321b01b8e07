import * as vscode from 'vscode';
import { allowEntry } from '../../../secrets/detector/allow-list.ts';
import { leakFor, readLeakedKey } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { addToSetting } from '../setting.ts';
import { confirm, showWarning } from '../../../ui/show.ts';

/** Adds a salted hash of the key to the list of allowed keys. */
export async function allowKey({ leaks }: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(leaks, rows);
  if (leak === undefined) return;
  const { finding } = leak;
  if (finding.kind === 'production' && !vscode.workspace.isTrusted) {
    await showWarning(
      vscode.l10n.t(
        'A production key cannot be allowed in Restricted Mode. Trust the workspace first, or revoke the key.',
      ),
    );
    return;
  }
  if (finding.kind === 'production' && !(await confirmAllowing(finding.masked))) return;
  const key = await readLeakedKey(leak);
  // With salts, two lists do not show that they allow the same key.
  await addToSetting('allow', key === undefined ? finding.keyHash : allowEntry(key.reveal()), leak.uri);
}

async function confirmAllowing(masked: string): Promise<boolean> {
  const allow = vscode.l10n.t('Allow Key');
  return (
    (await confirm(
      vscode.l10n.t('Allow the production key {0} in this workspace?', masked),
      vscode.l10n.t(
        'No one who opens this workspace will be warned about it. Only allow a key that is revoked or was never real.',
      ),
      allow,
    )) === allow
  );
}
