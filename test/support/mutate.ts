/**
 * Takes out one defense after the other and checks that the tests named for it fail:
 *
 *     npm run mutate -- [--changed] [--level unit|host|ui] [--jobs N] [--seconds N] [PART OF A PATH …]
 *
 * The mutants are in test/mutants/. Each is made in a copy of the working tree, so nothing is left behind however this
 * ends. `--changed` takes only mutants whose file or test differs from the main branch (on the main branch: from the commit
 * before), or a few others when there is none. `--seconds` begins no further mutant after that time and says how many are left.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './cache.mjs';
import { reportCounts, type Counts } from './counts.ts';
import { mutate, readMutants, sampleOf, type Level, type Mutant } from './mutants.ts';
import { endCleanly, spawnGroup, stopGroup, temporaryFolder } from './processes.ts';

/** What became of a mutant; `killed` and `hung` are what is wanted: its tests failed, or ran into the time limit. */
type Outcome = 'killed' | 'hung' | 'survived' | 'not found' | 'not run';

interface Run extends Counts {
  readonly hung: boolean;
  readonly output: string;
  readonly seconds: number;
}

/** How many mutants `--changed` takes when nothing that has one was changed. */
const SAMPLE = 12;

const { values, positionals } = parseArgs({
  options: {
    changed: { type: 'boolean', default: false },
    level: { type: 'string' },
    jobs: { type: 'string' },
    seconds: { type: 'string' },
  },
  allowPositionals: true,
});
endCleanly();
const begun = performance.now();
const elapsed = (): number => (performance.now() - begun) / 1_000;

const all = readMutants().filter(
  ({ level, file, test }) =>
    (values.level === undefined || level === values.level) &&
    (positionals.length === 0 || positionals.some((part) => file.includes(part) || test.includes(part))),
);
const mutants = values.changed ? changedOrSample(all) : all;
if (mutants.length === 0) {
  console.error('No mutant matches.');
  reportCounts({ passed: 0, failed: 1 });
  process.exit(1);
}

const outcomes = new Map<Outcome, Mutant[]>();
let left = 0;
// One editor at a time: each takes all that this machine has.
await work(
  mutants.filter(({ level }) => level === 'unit'),
  values.jobs === undefined ? availableParallelism() : Number(values.jobs),
);
await work(
  mutants.filter(({ level }) => level !== 'unit'),
  1,
);

const count = (outcome: Outcome): number => outcomes.get(outcome)?.length ?? 0;
const killed = count('killed') + count('hung');
const failed = count('survived') + count('not found') + count('not run');
const levels = (['unit', 'host', 'ui'] as const)
  .map(
    (level) =>
      `${[...(outcomes.get('killed') ?? []), ...(outcomes.get('hung') ?? [])].filter((mutant) => mutant.level === level).length} ${level}`,
  )
  .join(', ');
console.log(
  `\n${killed} of ${killed + failed} mutants killed (${levels}), ${count('survived')} survived, ${count('not found')} not found, ${count('not run')} not run${left === 0 ? '' : `, ${left} left for want of time`}; ${elapsed().toFixed(0)} s`,
);
reportCounts({ passed: killed, failed });
process.exit(failed === 0 ? 0 : 1);

async function work(list: readonly Mutant[], jobs: number): Promise<void> {
  const queue = [...list];
  const baselines = new Map<string, Promise<Run>>();
  const worker = async (): Promise<void> => {
    const copy = copyOfWorkingTree();
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      if (values.seconds !== undefined && elapsed() > Number(values.seconds)) {
        left += 1;
        continue;
      }
      const test = `${mutant.test} ${mutant.grep ?? ''}`;
      let baseline = baselines.get(test);
      if (baseline === undefined) {
        // What was built last is a mutant.
        if (mutant.level !== 'unit' && !build(copy)) throw new Error('The build failed.');
        // Unmutated, the tests pass; otherwise that they fail would say nothing.
        baseline = runTests(copy, mutant, 600);
        baselines.set(test, baseline);
      }
      const [outcome, detail] = await judge(copy, mutant, await baseline);
      outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), mutant]);
      const good = outcome === 'killed' || outcome === 'hung';
      console.log(
        `${good ? '✔' : '✖'} ${outcome} ${mutant.file}: ${mutant.original.slice(0, 100)}${good ? '' : `\n    ${mutant.place}, ${mutant.test}${mutant.grep === undefined ? '' : `, "${mutant.grep}"`}\n${detail.replaceAll(/^/gm, '    ')}`}`,
      );
    }
    rmSync(copy, { recursive: true, force: true, maxRetries: 3 });
  };
  await Promise.all(Array.from({ length: Math.min(jobs, list.length) }, worker));
}

async function judge(copy: string, mutant: Mutant, baseline: Run): Promise<readonly [Outcome, string]> {
  if (baseline.failed > 0 || baseline.passed === 0 || baseline.hung)
    return ['not run', `Its tests do not pass as they are.\n${baseline.output}`];
  const file = path.join(copy, mutant.file);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const mutated = mutate(text, mutant);
  if (mutated === undefined) return ['not found', `Not exactly once in the file: ${mutant.original}`];
  writeFileSync(file, mutated);
  try {
    if (mutant.level !== 'unit' && !build(copy)) return ['not run', 'The mutant does not build.'];
    const run = await runTests(copy, mutant, 20 + 4 * baseline.seconds);
    if (run.hung) return ['hung', ''];
    if (run.failed === 0) return ['survived', ''];
    // A file that does not load says nothing about the defense.
    return run.failed > (run.broken ?? 0) ? ['killed', ''] : ['not run', `No test came to run.\n${run.output}`];
  } finally {
    writeFileSync(file, text);
  }
}

/** Runs the tests of a mutant in the copy, as they are run by hand. */
async function runTests(copy: string, { level, test, grep }: Mutant, limitSeconds: number): Promise<Run> {
  const program: Record<Level, readonly string[]> = {
    unit: ['unit.ts'],
    host: ['test-host.ts', '--host', 'newest'],
    ui: ['test-ui.ts'],
  };
  const [name = '', ...args] = program[level];
  const counts = path.join(copy, 'counts.json');
  rmSync(counts, { force: true });
  const started = performance.now();
  const child = spawnGroup(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      path.join(copy, 'test/support', name),
      ...args,
      ...(grep === undefined ? [] : ['--grep', grep]),
      test,
    ],
    {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TRUEWORK_TEST_COUNTS: counts, TRUEWORK_BUILT: '1' },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-20_000);
    });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    void stopGroup(child);
  }, limitSeconds * 1_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  const counted = existsSync(counts) ? (JSON.parse(readFileSync(counts, 'utf8')) as Counts) : undefined;
  // Whatever ends without having counted anything has run no test.
  const result: Counts = counted ?? { passed: 0, failed: code === 0 ? 0 : 1, broken: 1 };
  return { ...result, hung, output, seconds: (performance.now() - started) / 1_000 };
}

function build(copy: string): boolean {
  return spawnSync(process.execPath, ['esbuild.config.mjs', '--tests'], { cwd: copy, stdio: 'ignore' }).status === 0;
}

/** A copy to make mutants in: everything but what is fetched or built, which is linked to or made anew. */
function copyOfWorkingTree(): string {
  const copy = temporaryFolder('mutant');
  const linked = ['node_modules', '.cache'];
  const left = new Set([...linked, '.git', 'dist', 'dist-test']);
  for (const name of readdirSync(root))
    if (!left.has(name) && !name.endsWith('.vsix'))
      cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  for (const name of linked)
    if (existsSync(path.join(root, name))) symlinkSync(path.join(root, name), path.join(copy, name), 'junction');
  return copy;
}

/** Mutants of changed files; a few others when there is none, other ones after each commit. */
function changedOrSample(list: readonly Mutant[]): readonly Mutant[] {
  const files = changedFiles();
  const concerned = list.filter(({ file, test, place }) =>
    [file, test, place.replace(/:\d+$/, '')].some((name) => files?.has(name)),
  );
  const seed = Number.parseInt(git('rev-list', '--count', 'HEAD') ?? '0', 10);
  if (concerned.length > 0) {
    console.log(`${concerned.length} mutants of changed files.`);
    // Where there is no time for all of them, each commit begins with others.
    const start = (seed * SAMPLE) % concerned.length;
    return [...concerned.slice(start), ...concerned.slice(0, start)];
  }
  console.log('No file with a mutant was changed; here are some others.');
  return sampleOf(list, SAMPLE, seed);
}

/** Files that differ from the main branch, or on the main branch from the commit before; undefined where there is no git. */
function changedFiles(): ReadonlySet<string> | undefined {
  const head = git('rev-parse', 'HEAD');
  const base = ['origin/main', 'main']
    .map((branch) => git('merge-base', 'HEAD', branch))
    .find((commit) => commit !== undefined && commit !== head);
  const changed = git('diff', '--name-only', base ?? 'HEAD~1');
  return changed === undefined
    ? undefined
    : new Set([...changed.split('\n'), ...(git('ls-files', '--others', '--exclude-standard')?.split('\n') ?? [])]);
}

function git(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
