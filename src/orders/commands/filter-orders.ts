import * as vscode from 'vscode';
import { SUMMARY_STATES, type SummaryState } from '../../truework/state.ts';
import { BACK, input, pick, pickMany } from '../../ui/steps.ts';
import { stateIcon, stateName } from '../nodes/states.ts';
import type { OrderStore } from '../store.ts';

/** Filters the view by state (among the loaded orders) or by search key (at Truework). */
export async function filterOrders(store: OrderStore): Promise<void> {
  const title = vscode.l10n.t('Filter Orders');
  const filter = await pick({
    title,
    placeholder: vscode.l10n.t('Filter orders by…'),
    items: [
      {
        label: vscode.l10n.t('State'),
        description: [...store.states].map(stateName).join(', '),
        detail: vscode.l10n.t('Filters the loaded orders.'),
        by: 'state' as const,
      },
      {
        label: vscode.l10n.t('Search key'),
        description: store.searchKey ?? '',
        detail: vscode.l10n.t('Searches all orders for an exact match.'),
        by: 'search-key' as const,
      },
    ],
  });
  if (filter === undefined || filter === BACK) return;
  if (filter.by === 'search-key') {
    const text = await input({
      title,
      prompt: vscode.l10n.t('Search key that was set when the order was created; leave empty to show all orders'),
      value: store.searchKey ?? '',
    });
    if (typeof text === 'string') await store.setSearchKey(text.trim() === '' ? undefined : text.trim());
    return;
  }
  const items = SUMMARY_STATES.map((state) => ({ label: stateName(state), iconPath: stateIcon(state), state }));
  const chosen = await pickMany({
    title,
    placeholder: vscode.l10n.t('Select the states to show; none shows all'),
    items,
    picked: items.filter(({ state }) => store.states.has(state)),
  });
  if (chosen !== undefined && chosen !== BACK) store.setStates(new Set<SummaryState>(chosen.map(({ state }) => state)));
}

export async function clearFilter(store: OrderStore): Promise<void> {
  store.setStates(new Set());
  await store.setSearchKey(undefined);
}
