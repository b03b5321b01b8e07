import * as vscode from 'vscode';
import { allowEntry } from '../../detector/index.ts';
import { leakFor, readLeakedKey } from '../reference.ts';
import type { FixesDeps } from '../register.ts';
import { addToSetting } from '../setting.ts';

/** Puts a salted hash of the key on the allow-list. */
export async function allowKey({ leaks }: FixesDeps, given: unknown): Promise<void> {
  const leak = await leakFor(leaks, given);
  if (leak === undefined) return;
  const { finding } = leak;
  if (finding.kind === 'production' && !vscode.workspace.isTrusted) {
    await vscode.window.showWarningMessage(vscode.l10n.t('In Restricted Mode a workspace cannot allow a production key. Trust the workspace first, or revoke the key.'));
    return;
  }
  if (finding.kind === 'production' && !await confirm(finding.masked)) return;
  const key = await readLeakedKey(leak);
  // The bare hash says the same; the salt only keeps two lists from telling that they allow the same key.
  await addToSetting('allow', key === undefined ? finding.keyHash : allowEntry(key.reveal()), leak.uri);
}

async function confirm(masked: string): Promise<boolean> {
  const allow = vscode.l10n.t('Allow Key');
  return await vscode.window.showWarningMessage(
    vscode.l10n.t('Allow the production key {0} in this workspace?', masked),
    { modal: true, detail: vscode.l10n.t('Nobody who opens this workspace is warned of it any more. Do this for a key that is revoked or was never real.') },
    allow,
  ) === allow;
}
