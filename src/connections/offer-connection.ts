import * as vscode from 'vscode';
import { showInformation } from '../ui/show.ts';
import type { Session, Sessions } from './sessions.ts';

/** The session of the current connection. Without one, says which two ways there are to get one, and gives undefined. */
export async function sessionOrOffer(sessions: Pick<Sessions, 'current'>): Promise<Session | undefined> {
  const session = await sessions.current();
  if (!session) await offerConnection();
  return session;
}

async function offerConnection(): Promise<void> {
  const add = vscode.l10n.t('Add API Key…');
  const start = vscode.l10n.t('Start Local Sandbox');
  const answer = await showInformation(
    vscode.l10n.t('There is no Truework connection yet. Add a sandbox key, or try everything with the local sandbox.'),
    add,
    start,
  );
  if (answer === add) await vscode.commands.executeCommand('truework.addApiKey');
  if (answer === start) await vscode.commands.executeCommand('truework.startLocalSandbox');
}
