import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { ProductionLock } from '../production-lock.ts';
import { showInformation } from '../../ui/show.ts';

export async function unlockProduction({ current }: Connections, lock: ProductionLock): Promise<void> {
  if (current?.environment === 'production') await lock.ensureUnlocked(current);
  else await showInformation(vscode.l10n.t('The current connection is not a production connection.'));
}

export function lockProduction({ current }: Connections, lock: ProductionLock): void {
  if (current) lock.lock(current);
}
