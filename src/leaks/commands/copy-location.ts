import * as vscode from 'vscode';
import { KeyNode, LocationNode } from '../view/nodes.ts';
import { showInformation, showStatus } from '../../ui/show.ts';

/** Copies the locations of the rows, one per line. */
export async function copyLocation(rows: readonly unknown[]): Promise<void> {
  const nodes = rows.filter((row) => row instanceof LocationNode || row instanceof KeyNode);
  const locations = new Set(nodes.flatMap((node) => (node instanceof KeyNode ? node.locations : node)));
  if (locations.size === 0) {
    await showInformation(vscode.l10n.t('Select a location in the Leaked Keys view first.'));
    return;
  }
  await vscode.env.clipboard.writeText([...locations].map(({ location }) => location).join('\n'));
  showStatus(
    locations.size === 1 ? vscode.l10n.t('Location copied') : vscode.l10n.t('{0} locations copied', locations.size),
  );
}
