export type { Leak, Leaks } from './model.ts';
export { registerLeaks, type LeaksFeature } from './register.ts';
