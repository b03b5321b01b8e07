export { ReportsFeature } from './feature.ts';
