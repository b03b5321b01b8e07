import * as vscode from 'vscode';
import { BACK, pick } from '../ui/steps.ts';
import type { Connection } from './connection.ts';

interface ConnectionItem extends vscode.QuickPickItem {
  readonly connection: Connection;
}

export function connectionItem(connection: Connection, current: Connection | undefined): ConnectionItem {
  const production = connection.environment === 'production';
  return {
    label: connection.alias,
    iconPath: new vscode.ThemeIcon(
      production ? 'warning' : connection.local ? 'beaker' : 'key',
      production ? new vscode.ThemeColor('list.warningForeground') : undefined,
    ),
    description: production
      ? vscode.l10n.t('production')
      : connection.local
        ? vscode.l10n.t('local sandbox')
        : vscode.l10n.t('sandbox'),
    ...(connection.id === current?.id && { detail: vscode.l10n.t('Current connection') }),
    connection,
  };
}

export async function pickConnection(
  connections: readonly Connection[],
  current: Connection | undefined,
  title: string,
  placeholder: string,
): Promise<Connection | undefined> {
  const items = connections.map((connection) => connectionItem(connection, current));
  const chosen = await pick({
    title,
    placeholder,
    items,
    active: items.find(({ connection }) => connection.id === current?.id),
  });
  return chosen === undefined || chosen === BACK ? undefined : chosen.connection;
}
