export { addApiKey } from './commands/add-api-key.ts';
export type { Connection } from './connection.ts';
export type { Connections } from './connections.ts';
export { ConnectionsFeature } from './feature.ts';
export { sessionOrOffer } from './offer-connection.ts';
export type { ProductionLock } from './production-lock.ts';
export type { Session, Sessions } from './sessions.ts';
export { tryKey, tryNewKey } from './try-key.ts';
