export type { Connection } from './connection.ts';
export type { Connections } from './connections.ts';
export { probeKey, storeKey } from './key-services.ts';
export type { ProductionLock } from './production-lock.ts';
export type { ConnectionsRoom } from './room.ts';
export type { Session, Sessions } from './sessions.ts';
export { registerConnections } from './register.ts';
