import * as vscode from 'vscode';
import { allowEntry } from '../../../secrets/detector/allow-list.ts';
import { leakFor, readLeakedKey } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { addToSetting } from '../setting.ts';
import { confirm, showWarning } from '../../../ui/show.ts';

/** Puts a salted hash of the key on the allow-list. */
export async function allowKey({ leaks }: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(leaks, rows);
  if (leak === undefined) return;
  const { finding } = leak;
  if (finding.kind === 'production' && !vscode.workspace.isTrusted) {
    await showWarning(
      vscode.l10n.t(
        'In Restricted Mode a workspace cannot allow a production key. Trust the workspace first, or revoke the key.',
      ),
    );
    return;
  }
  if (finding.kind === 'production' && !(await confirmAllowing(finding.masked))) return;
  const key = await readLeakedKey(leak);
  // The bare hash says the same; the salt only keeps two lists from telling that they allow the same key.
  await addToSetting('allow', key === undefined ? finding.keyHash : allowEntry(key.reveal()), leak.uri);
}

async function confirmAllowing(masked: string): Promise<boolean> {
  const allow = vscode.l10n.t('Allow Key');
  return (
    (await confirm(
      vscode.l10n.t('Allow the production key {0} in this workspace?', masked),
      vscode.l10n.t(
        'Nobody who opens this workspace is warned of it any more. Do this for a key that is revoked or was never real.',
      ),
      allow,
    )) === allow
  );
}
