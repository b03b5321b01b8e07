/**
 * `npm test`: everything that is checked. Two lanes run beside each other: one computes (lint, types, unit tests), the other
 * mostly waits, for an editor's extension host and for its windows, once they have been built and fetched. The last line
 * counts the tests; a step that is not made of tests counts as one when it fails.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { styleText } from 'node:util';
import { findChromium, noChromium } from './browser.ts';
import { root } from './cache.mjs';
import type { Counts } from './counts.ts';
import { endCleanly, spawnGroup } from './processes.ts';
import { fetchServer } from './vscode-server.ts';
import { fetchNode } from './with-node.mjs';

interface Result extends Counts {
  readonly step: string;
  readonly seconds: number;
}

endCleanly();
const results: Result[] = [];
const counts = mkdtempSync(path.join(tmpdir(), 'truework-counts-'));
process.on('exit', () => {
  rmSync(counts, { recursive: true, force: true });
});

const [, built] = await Promise.all([computing(), editors()]);
report();
process.exit(built && results.every(({ failed }) => failed === 0) ? 0 : 1);

async function computing(): Promise<void> {
  await step('format', [tool('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '--colors=off']);
  await step('lint', [tool('eslint/bin/eslint.js'), '-c', '.eslint.config.mjs', '--max-warnings', '0', '.']);
  await step('unused code', [tool('knip/bin/knip.js'), '--no-progress']);
  await step('typecheck', [tool('typescript/bin/tsc'), '-p', 'tsconfig.json']);
  await step('unit tests', ['test/support/unit.ts']);
  // Those of changed files as far as half a minute goes; all of them: npm run mutate.
  await step('mutants', ['test/support/mutate.ts', '--changed', '--level', 'unit', '--seconds', '25', '--jobs', '1']);
}

async function editors(): Promise<boolean> {
  // Packaging comes first: it builds what is shipped, where the build for the host suites goes then.
  const built =
    (await step('package', ['test/support/package.ts'])) && (await step('build', ['esbuild.config.mjs', '--tests']));
  if (!built) return false;
  const fetched = await attempt('fetch the editors', async () => {
    if (findChromium() === undefined) throw new Error(noChromium);
    await Promise.all([fetchNode(24), fetchNode(22), fetchServer('newest'), fetchServer('oldest')]);
    return undefined;
  });
  if (!fetched) return false;
  // One editor at a time: two on two cores wait for each other longer than people do.
  await suites('host suite', 'test/support/test-host.ts');
  await suites('UI suite', 'test/support/test-ui.ts');
  return true;
}

async function suites(name: string, program: string): Promise<void> {
  await step(`${name}, newest VS Code`, [program, '--host', 'newest']);
  await step(`${name}, oldest VS Code`, [program, '--host', 'oldest']);
}

/** Runs a program under this Node and shows its output in one piece when it has ended, so that lanes do not mix. */
async function step(name: string, args: readonly string[]): Promise<boolean> {
  const file = path.join(counts, `${results.length}-${name.replaceAll(/\W+/g, '-')}.json`);
  return await attempt(name, async () => {
    const child = spawnGroup(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        TRUEWORK_TEST_COUNTS: file,
        TRUEWORK_BUILT: '1',
        ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    console.log(`\n${styleText('bold', `── ${name}`)}\n${output.trimEnd()}`);
    const counted = readCounts(file);
    if (code !== 0 && (counted?.failed ?? 0) === 0) return { passed: counted?.passed ?? 0, failed: 1 };
    return counted;
  });
}

/** Times something and notes its result; what throws, and what counts nothing but fails, is one failure. */
async function attempt(name: string, work: () => Promise<Counts | undefined>): Promise<boolean> {
  const start = performance.now();
  let outcome: Counts = { passed: 0, failed: 0 };
  try {
    outcome = (await work()) ?? outcome;
  } catch (error) {
    console.error(`\n── ${name}\n${error instanceof Error ? error.message : String(error)}`);
    outcome = { passed: 0, failed: 1 };
  }
  results.push({ step: name, ...outcome, seconds: (performance.now() - start) / 1_000 });
  return outcome.failed === 0;
}

function readCounts(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}

function report(): void {
  console.log('');
  for (const { step: name, passed, failed, seconds } of results) {
    const tests = passed + failed === 0 ? '' : `  ${passed} passed, ${failed} failed`;
    console.log(`${failed === 0 ? '✔' : '✖'} ${name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s${tests}`);
  }
  const total = (key: 'passed' | 'failed'): number => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
}

function tool(file: string): string {
  return path.join(root, 'node_modules', file);
}
