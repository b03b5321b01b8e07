/** What is kept from one window to the next: `vscode.Memento`, as far as it is needed here. */
export interface Storage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export const UNRESOLVED_ORDERS = 'truework.unresolvedOrders';
/** Ids of reverifications that are accounted for. */
export const REVERIFICATIONS = 'truework.reverifications';
export const DRAFTS = 'truework.drafts';

/** True when a window that opens has orders to look for. */
export function hasUnresolvedOrders(storage: Pick<Storage, 'get'>): boolean {
  return storage.get(UNRESOLVED_ORDERS) !== undefined;
}
