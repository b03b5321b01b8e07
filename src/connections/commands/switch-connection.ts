import * as vscode from 'vscode';
import { BACK, pick } from '../../ui/steps.ts';
import type { Connection } from '../connection.ts';
import type { Connections } from '../connections.ts';
import type { LocalSandbox } from '../local-sandbox.ts';
import type { ProductionLock } from '../production-lock.ts';
import { connectionItem } from '../pick-connection.ts';

interface SwitchItem extends vscode.QuickPickItem {
  readonly run?: () => Promise<unknown>;
}

/** Lets the user choose the connection of this workspace, or add one. */
export async function switchConnection(
  connections: Connections,
  sandbox: LocalSandbox,
  lock: ProductionLock,
): Promise<void> {
  const { all, current } = connections;
  const use = (connection: Connection) => async () => {
    await connections.use(connection);
  };
  const known: SwitchItem[] = all.map((connection) => ({
    ...connectionItem(connection, current),
    run: use(connection),
  }));
  const items: SwitchItem[] = [...known, { label: '', kind: vscode.QuickPickItemKind.Separator }];
  if (current?.environment === 'production') {
    items.push(
      lock.isUnlocked(current)
        ? {
            label: vscode.l10n.t('Lock "{0}" Again', current.alias),
            iconPath: new vscode.ThemeIcon('lock'),
            run: async () => {
              lock.lock(current);
              return Promise.resolve();
            },
          }
        : {
            label: vscode.l10n.t('Unlock "{0}" for Changes…', current.alias),
            iconPath: new vscode.ThemeIcon('unlock'),
            run: () => lock.ensureUnlocked(current),
          },
    );
  }
  items.push({
    label: vscode.l10n.t('Add API Key…'),
    iconPath: new vscode.ThemeIcon('add'),
    run: async () => vscode.commands.executeCommand('truework.addApiKey'),
  });
  if (!sandbox.isRunning)
    items.push({
      label: vscode.l10n.t('Start Local Sandbox'),
      iconPath: new vscode.ThemeIcon('beaker'),
      run: async () => vscode.commands.executeCommand('truework.startLocalSandbox'),
    });
  const chosen = await pick({
    title: vscode.l10n.t('Switch Connection'),
    placeholder: vscode.l10n.t('Select the connection for this workspace'),
    items,
    active: known[all.findIndex(({ id }) => id === current?.id)],
  });
  if (chosen !== undefined && chosen !== BACK) await chosen.run?.();
}
