/**
 * Runs the model-based tests with many more sequences than the unit tests take:
 * `npm run fuzz -- [--runs 5000] [--seed N]`. A failure prints its seed and the shortest sequence that fails; the seed,
 * with the same number of runs, repeats it.
 */
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { root } from './cache.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5000' }, seed: { type: 'string' } } });
if (!/^[1-9]\d{0,6}$/.test(values.runs) || (values.seed !== undefined && !/^-?\d+$/.test(values.seed))) {
  console.error('Usage: npm run fuzz -- [--runs 1…9999999] [--seed WHOLE NUMBER]');
  process.exit(2);
}
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`${values.runs} sequences, seed ${seed}`);
process.env['TRUEWORK_FUZZ_RUNS'] = values.runs;
process.env['TRUEWORK_FUZZ_SEED'] = seed;
const stream = run({ files: globSync('test/unit/**/*.model.test.ts', { cwd: root }) });
stream.on('test:fail', () => {
  process.exitCode = 1;
});
stream.pipe(new spec()).pipe(process.stdout);
