export { Documents } from './documents.ts';
export { DocumentsFeature } from './feature.ts';
