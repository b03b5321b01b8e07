import * as vscode from 'vscode';
import { showInformation } from '../ui/show.ts';
import type { Session, Sessions } from './sessions.ts';

/** @returns the session of the current connection; undefined without one, after offering the two ways to get one */
export async function sessionOrOffer(sessions: Pick<Sessions, 'current'>): Promise<Session | undefined> {
  const session = await sessions.current();
  if (!session) await offerConnection();
  return session;
}

async function offerConnection(): Promise<void> {
  const add = vscode.l10n.t('Add API Key…');
  const start = vscode.l10n.t('Start Local Sandbox');
  const answer = await showInformation(
    vscode.l10n.t('There is no Truework connection yet. Add a sandbox API key, or start the local sandbox.'),
    add,
    start,
  );
  if (answer === add) await vscode.commands.executeCommand('truework.addApiKey');
  if (answer === start) await vscode.commands.executeCommand('truework.startLocalSandbox');
}
