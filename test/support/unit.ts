/** Runs the unit tests with Node's own test runner; arguments narrow them to files whose path contains one of them. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const wanted = process.argv.slice(2);
const files = globSync('test/unit/**/*.test.ts', { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No unit test file matches ${wanted.join(', ')}.`);
  process.exit(1);
}
const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--test', ...files], { cwd: root, stdio: 'inherit' });
process.exit(run.status ?? 1);
