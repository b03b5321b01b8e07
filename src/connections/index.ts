export type { Connection } from './connection.ts';
export type { Connections } from './connections.ts';
export { ConnectionsFeature } from './feature.ts';
export { probeKey, storeKey } from './key-services.ts';
export { sessionOrOffer } from './offer-connection.ts';
export type { ProductionLock } from './production-lock.ts';
export type { Session, Sessions } from './sessions.ts';
