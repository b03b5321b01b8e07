import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { LocalSandbox } from '../local-sandbox.ts';
import { showInformation, withProgress } from '../../ui/show.ts';

export async function startLocalSandbox(connections: Connections, sandbox: LocalSandbox): Promise<void> {
  await withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the local sandbox…') },
    async () => {
      await connections.use(await sandbox.start());
    },
  );
}

export async function stopLocalSandbox(sandbox: LocalSandbox): Promise<void> {
  if (!(await sandbox.stop())) await showInformation(vscode.l10n.t('The local sandbox is not running.'));
}
