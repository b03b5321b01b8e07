export { LeaksFeature } from './feature.ts';
