/**
 * Runs the suites below test/ui/ in the newest VS Code, with what dist/ holds:
 * `npm run test:ui -- [--grep PATTERN] [PART OF A PATH …]`.
 */
import { spawnSync } from 'node:child_process';
import { root } from './cache.mjs';
import { runTestFiles } from './node-tests.ts';
import { endCleanly } from './processes.ts';

endCleanly();
if (process.env['TRUEWORK_BUILT'] === undefined) {
  const build = spawnSync(process.execPath, ['esbuild.config.mjs'], { cwd: root, stdio: 'inherit' });
  if (build.status !== 0) process.exit(1);
}
const { failed } = await runTestFiles('test/ui', { oneProcess: true });
process.exit(failed === 0 ? 0 : 1);
