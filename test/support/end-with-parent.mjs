// Loaded into the editor's server: ends it, with all it started, when the program that started it is gone without
// having been able to do so (killed the hard way). On Windows nothing shows that, and the server stays.
import { setInterval } from 'node:timers';

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(-process.pid, 'SIGTERM');
}, 1000).unref();
