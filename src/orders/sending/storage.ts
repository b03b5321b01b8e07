/** Storage that outlives the window: the part of `vscode.Memento` that is needed here. */
export interface Storage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export const UNRESOLVED_ORDERS = 'truework.unresolvedOrders';
/** IDs of reverifications that belong to a known request. */
export const REVERIFICATIONS = 'truework.reverifications';
export const DRAFTS = 'truework.drafts';
