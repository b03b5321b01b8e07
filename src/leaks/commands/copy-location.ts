import * as vscode from 'vscode';
import { KeyNode, PlaceNode, type LeakNode } from '../view/nodes.ts';
import { showInformation, showStatus } from '../../ui/show.ts';

/** Copies the places of the rows it was called on, else of the selected ones, one on a line. */
export async function copyLocation(args: readonly unknown[], selection: readonly LeakNode[]): Promise<void> {
  const { l10n } = vscode;
  const given = [args[0], ...(Array.isArray(args[1]) ? (args[1] as unknown[]) : [])].filter(
    (node) => node instanceof PlaceNode || node instanceof KeyNode,
  );
  const places = new Set(
    (given.length > 0 ? given : selection).flatMap((node) => (node instanceof KeyNode ? node.places : node)),
  );
  if (places.size === 0) {
    await showInformation(l10n.t('Select a place in the Leaked Keys view first.'));
    return;
  }
  await vscode.env.clipboard.writeText([...places].map(({ location }) => location).join('\n'));
  showStatus(places.size === 1 ? l10n.t('Location copied') : l10n.t('{0} locations copied', places.size));
}
