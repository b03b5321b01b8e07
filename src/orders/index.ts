export { registerOrders, type OrdersFeature } from './register.ts';
export type { ReportTarget } from './targets.ts';
export type { Node as OrdersNode } from './nodes/node.ts';
