export { registerFixes } from './fixes/register.ts';
export type { Leak, Leaks } from './model.ts';
export { registerLeaks, type LeaksFeature } from './register.ts';
export { registerSetup } from './setup/register.ts';
export type { LeakNode } from './view/nodes.ts';
