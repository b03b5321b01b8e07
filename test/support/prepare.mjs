// Scripts in package.json begin with `exec` so that the shell gives way to Node: some shells (dash) keep signals to
// themselves, and Ctrl-C would end npm with an error. Windows has no such word; npm finds this one on its PATH.
import { writeFileSync } from 'node:fs';

if (process.platform === 'win32') writeFileSync('node_modules/.bin/exec.cmd', '@%*\r\n');
