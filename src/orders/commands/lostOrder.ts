import * as vscode from 'vscode';
import type { TrueworkApi } from '../../truework/client.ts';
import type { LostOrder } from '../../truework/correlate.ts';
import { isTrueworkError } from '../../truework/error-shape.ts';
import type { Order } from '../../truework/schemas/order.ts';
import { showWarning } from '../../ui/show.ts';

/**
 * Sends what makes a new order, once. When the answer gets lost, the order is looked up instead of being sent again.
 * @returns undefined when it is not known, or not so, that the order was made; the person has been told
 * @throws TrueworkError when Truework refused, or was never reached
 */
export async function sendOnce(api: TrueworkApi, send: () => Promise<Order>, lost: LostOrder): Promise<Order | undefined> {
  try {
    return await send();
  } catch (error) {
    if (!isTrueworkError(error) || !error.requestMayHaveBeenDone) throw error;
  }
  const { findLostOrder } = await import('../../truework/correlate.ts');
  const found = await findLostOrder(api, lost);
  if (found.known === 'created') return found.order;
  await showWarning(found.known === 'not-found'
    ? vscode.l10n.t('The answer to the new order was lost, and Truework does not list the order: it was most likely not created. You can create it again.')
    : vscode.l10n.t('The answer to the new order was lost, and it could not be looked up. Refresh the orders before you create it again.'));
  return undefined;
}
