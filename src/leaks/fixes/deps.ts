import type { Connections } from '../../connections/index.ts';
import type { Log } from '../../ui/log.ts';
import type { Leaks } from '../model.ts';

/** What a fix works with. */
export interface FixesDeps {
  readonly connections: Connections;
  readonly leaks: Leaks;
  readonly log: Log;
}
