import * as vscode from 'vscode';
import { Documents } from '../documents/index.ts';
import type { Order } from '../truework/schemas/order.ts';
import { orderState } from '../truework/state.ts';
import { showInformation } from '../ui/show.ts';
import { applicantName } from './nodes/order-node.ts';
import { stateName } from './nodes/states.ts';

/** Shows that an order has ended, unless the user turned that off. */
export async function notifyFinished(order: Order, connectionId: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('truework.orders');
  if (settings.get<boolean>('notifyWhenFinished') === false) return;
  const open = vscode.l10n.t('Open Order');
  const never = vscode.l10n.t("Don't Show Again");
  const message = vscode.l10n.t('Order for {0}: {1}', applicantName(order), stateName(orderState(order)));
  const answer = await showInformation(message, open, never);
  if (answer === open) await openOrderDocument(connectionId, order.id);
  if (answer === never) await settings.update('notifyWhenFinished', false, vscode.ConfigurationTarget.Global);
}

/** Opens an order as JSON. */
export async function openOrderDocument(connectionId: string, orderId: string): Promise<void> {
  const uri = Documents.uri(connectionId, 'orders', orderId);
  await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
}
