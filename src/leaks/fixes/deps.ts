import type { Connections } from '../../connections/index.ts';
import type { Log } from '../../ui/log.ts';
import type { Leaks } from '../model.ts';

/** Dependencies of the fixes. */
export interface FixesDeps {
  readonly connections: Connections;
  readonly leaks: Leaks;
  readonly log: Log;
}
