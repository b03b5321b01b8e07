import * as vscode from 'vscode';
import { SUMMARY_STATES, type SummaryState } from '../../truework/state.ts';
import { BACK, input, pick, pickMany } from '../../ui/steps.ts';
import { stateIcon, stateName } from '../nodes/states.ts';
import type { OrderStore } from '../store.ts';

/** Narrows the view by state (sorted out here) or by search key (asked of Truework). */
export async function filterOrders(store: OrderStore): Promise<void> {
  const title = vscode.l10n.t('Filter Orders');
  const way = await pick({
    title,
    placeholder: vscode.l10n.t('What are the orders to be filtered by?'),
    items: [
      {
        label: vscode.l10n.t('State'),
        description: [...store.states].map(stateName).join(', '),
        detail: vscode.l10n.t('Among the orders that are loaded.'),
        by: 'state' as const,
      },
      {
        label: vscode.l10n.t('Search key'),
        description: store.searchKey ?? '',
        detail: vscode.l10n.t('Among all orders; asked of Truework, exact match.'),
        by: 'search-key' as const,
      },
    ],
  });
  if (way === undefined || way === BACK) return;
  if (way.by === 'search-key') {
    const text = await input({
      title,
      prompt: vscode.l10n.t('The search key given when the order was created; empty for all orders'),
      value: store.searchKey ?? '',
    });
    if (typeof text === 'string') await store.setSearchKey(text.trim() === '' ? undefined : text.trim());
    return;
  }
  const items = SUMMARY_STATES.map((state) => ({ label: stateName(state), iconPath: stateIcon(state), state }));
  const chosen = await pickMany({
    title,
    placeholder: vscode.l10n.t('States to show; none for all'),
    items,
    picked: items.filter(({ state }) => store.states.has(state)),
  });
  if (chosen !== undefined && chosen !== BACK) store.setStates(new Set<SummaryState>(chosen.map(({ state }) => state)));
}

export async function clearFilter(store: OrderStore): Promise<void> {
  store.setStates(new Set());
  await store.setSearchKey(undefined);
}
