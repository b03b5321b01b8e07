/**
 * Runs the suites below test/ui/ in one version of VS Code, with the packaged extension installed:
 *
 *     npm run test:ui -- [--host newest|oldest] [--grep PATTERN] [PART OF A PATH …]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from './cache.mjs';
import { runTestFiles } from './node-tests.ts';
import { endCleanly } from './processes.ts';
import { versionOf } from './vscode-server.ts';

endCleanly();
const {
  values: { host, grep },
  positionals,
} = parseArgs({
  options: { host: { type: 'string', default: 'newest' }, grep: { type: 'string' } },
  allowPositionals: true,
});
if (host !== 'newest' && host !== 'oldest') {
  console.error(`There is no host "${host}": choose newest or oldest.`);
  process.exit(1);
}
if (process.env['TRUEWORK_BUILT'] === undefined) {
  const packaged = spawnSync(process.execPath, ['test/support/package.ts'], { cwd: root, stdio: 'inherit' });
  if (packaged.status !== 0) process.exit(1);
}
console.log(`VS Code ${versionOf(host)} (${host})`);
// For the driver: the suites run in this process.
process.env['TRUEWORK_UI_HOST'] = host;
const { failed } = await runTestFiles('test/ui', {
  oneProcess: true,
  args: [...(grep === undefined ? [] : ['--grep', grep]), ...positionals],
});
process.exit(failed === 0 ? 0 : 1);
