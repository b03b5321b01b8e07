export { registerOrders, type OrdersFeature } from './register.ts';
export type { ReportTarget } from './targets.ts';
