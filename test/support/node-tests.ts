/** Runs test files with Node's own test runner and shows the results as they come. */
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { root } from './cache.mjs';
import { reportCounts, type Counts } from './counts.ts';

/** How test files are run. */
export interface RunOptions {
  /** In one process they run one after the other and can share what is slow to start. */
  readonly oneProcess: boolean;
  /** `[--watch] [--grep PATTERN] [PART OF A PATH …]`; the program's own arguments when left out. */
  readonly args?: readonly string[];
}

/**
 * Runs the files below a folder that the arguments ask for. With `--watch` it runs each again when it or what it imports
 * has changed, and never resolves; files in one process cannot be watched.
 */
export async function runTestFiles(
  folder: string,
  { oneProcess, args = process.argv.slice(2) }: RunOptions,
): Promise<Counts> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { grep: { type: 'string' }, watch: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const files = globSync(`${folder}/**/*.test.ts`, { cwd: root })
    .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
    .sort();
  if (files.length === 0) {
    console.error(`No test file below ${folder}/ matches ${positionals.join(', ')}.`);
    reportCounts({ passed: 0, failed: 1 });
    process.exit(1);
  }
  const stream = run({
    files,
    watch: values.watch,
    ...(oneProcess ? { isolation: 'none' } : { concurrency: true }),
    ...(values.grep === undefined ? {} : { testNamePatterns: new RegExp(values.grep, 'i') }),
  });
  const { promise, resolve } = Promise.withResolvers<Counts>();
  // A file that cannot be loaded is reported as a test by the file's own name.
  let broken = 0;
  stream.on('test:fail', ({ name, file }) => {
    if (name === file) broken += 1;
  });
  stream.on('test:summary', ({ file, success, counts }) => {
    if (file !== undefined || values.watch) return;
    const failed = counts.tests - counts.passed - counts.skipped - counts.todo;
    resolve({ passed: counts.passed, failed: failed === 0 && !success ? 1 : failed, broken });
  });
  stream.pipe(new spec()).pipe(process.stdout);
  const result = await promise;
  reportCounts(result);
  return result;
}
