export type { Connection } from './connection.ts';
export { Connections } from './connections.ts';
export { probeKey, storeKey } from './keyServices.ts';
export { LocalSandbox } from './localSandbox.ts';
export { ProductionLock } from './productionLock.ts';
export { Sessions, type Session } from './sessions.ts';
export { registerConnections } from './register.ts';
