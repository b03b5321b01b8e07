export { OrdersFeature } from './feature.ts';
