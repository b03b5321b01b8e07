/** Runs the benchmarks in test/bench/, one after the other: `npm run bench -- [PART OF A NAME …]`. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { root } from './cache.mjs';
import { endCleanly } from './processes.ts';

endCleanly();
const wanted = process.argv.slice(2);
const benches = globSync('test/bench/*.ts', { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.some((part) => path.basename(file).includes(part)))
  .sort();
if (benches.length === 0) throw new Error(`No benchmark in test/bench/ matches ${wanted.join(', ')}.`);

let failed = false;
for (const file of benches) {
  console.log(`\n── ${path.basename(file, '.ts')}`);
  const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--expose-gc', file], {
    cwd: root,
    stdio: 'inherit',
  });
  if (run.status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
