/**
 * How long a workspace of 46,000 files takes to scan for keys, next to ripgrep, and gitleaks when it is installed, on the
 * same tree in the same run, in turn. The tree is copied from node_modules once (.cache) and used again.
 * Run: node test/support/with-node.mjs test/bench/leaks-workspace.ts
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { FileToScan } from '../../src/secrets/scan/files.ts';
import { scanFiles, walkFiles, type FilesToScan } from '../../src/secrets/scan/scan-files.ts';
import { cached, root } from '../support/cache.mjs';
import { key } from '../support/keys.ts';
import { npm } from '../support/npm.mjs';

const FILES = 46_000;
const PLANTED = 46;
const RUNS = 7;

const needles = ['tw_sk_', 'dHdfc2tf', 'R3X3NrX', '0d19za1'];

const folder = await cached(`bench-workspace-${FILES}`, makeTree);
const ripgrep = await findRipgrep();
const bundled = path.join(root, '.cache/bench-leaks');
await build({
  entryPoints: ['worker', 'scan-files'].map((name) => path.join(root, `src/secrets/scan/${name}.ts`)),
  outdir: bundled,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
});
const worker = path.join(bundled, 'worker.mjs');

const contestants: Record<string, () => Promise<string>> = {
  'truework, walk included': () => scan(walkFiles(folder, { worker })),
  'truework, files listed before': (() => {
    const files = list(folder);
    return () => scan(files);
  })(),
  ...(ripgrep && {
    'ripgrep, four needles': () =>
      run(ripgrep, ['-uuu', '-F', '-l', ...needles.flatMap((needle) => ['-e', needle]), folder]),
    'ripgrep, one needle': () => run(ripgrep, ['-uuu', '-F', '-l', '-e', needles[0] ?? '', folder]),
  }),
};
const times = new Map<string, number[]>();
for (let round = 0; round <= RUNS; round++) {
  for (const [name, contestant] of Object.entries(contestants)) {
    const before = performance.now();
    const found = await contestant();
    // The first round warms the page cache.
    if (round === 0) console.log(`${name}: ${found}`);
    else times.set(name, [...(times.get(name) ?? []), performance.now() - before]);
  }
}
const median = (values: readonly number[] = []) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const base = median(times.get('ripgrep, four needles'));
for (const [name, values] of times) {
  const sorted = values.toSorted((a, b) => a - b);
  console.log(
    `${name.padEnd(32)} median ${median(values).toFixed(0)} ms (${sorted[0]?.toFixed(0)}-${sorted.at(-1)?.toFixed(0)}), ${(median(values) / base).toFixed(2)} times ripgrep`,
  );
}
if (spawnSync('gitleaks', ['version']).status === 0) {
  const config = path.join(root, '.cache/bench-gitleaks.toml');
  const { gitleaksToml } = await import('../../src/secrets/formats/gitleaks.ts');
  writeFileSync(config, gitleaksToml());
  const before = performance.now();
  await run('gitleaks', ['dir', folder, '-c', config, '--no-banner', '--exit-code', '0']);
  console.log(`gitleaks: ${(performance.now() - before).toFixed(0)} ms, once`);
}
console.log(`memory, most at any time: ${await peakMemory()} MB of the whole process, Node itself included`);

async function scan(files: FilesToScan): Promise<string> {
  // Processor time between two ticks of this thread: other programs do not count.
  let most = 0;
  let last = threadTime();
  const timer = setInterval(() => {
    most = Math.max(most, threadTime() - last);
    last = threadTime();
  }, 5);
  const summary = await scanFiles(files, { worker, folders: [folder], onResult: () => undefined });
  clearInterval(timer);
  return `${summary.filesWithKeys} files with keys of ${Object.values(summary.read).reduce((a, b) => a + b)}, ${(summary.bytes / 1e6).toFixed(0)} MB; calling thread busy for ${most.toFixed(0)} ms at a stretch at most`;
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function run(program: string, args: string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      resolve(`${lines} files`);
    });
  });
}

function list(below: string): FileToScan[] {
  return readdirSync(below, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ path: path.join(entry.parentPath, entry.name), class: 'no-repository' }));
}

/** Measured in a process of its own, whose only work is one scan. */
async function peakMemory(): Promise<number> {
  const script = `
    import { scanFiles, walkFiles } from ${JSON.stringify(path.join(bundled, 'scan-files.mjs'))};
    await scanFiles(walkFiles(${JSON.stringify(folder)}, { worker: ${JSON.stringify(worker)} }), { worker: ${JSON.stringify(worker)}, folders: [${JSON.stringify(folder)}], onResult() {} });
    console.log(process.resourceUsage().maxRSS / 1024);`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => {
    child.on('close', resolve);
  });
  return Math.round(Number(output));
}

async function findRipgrep(): Promise<string | undefined> {
  try {
    const packages = await cached('bench-ripgrep', (into) =>
      npm(['install', '--prefix', into, '@vscode/ripgrep@1'], into),
    );
    return globSync('node_modules/@vscode/ripgrep*/bin/**/rg{,.exe}', { cwd: packages })
      .map((file) => path.join(packages, file))
      .find((file) => spawnSync(file, ['--version']).status === 0);
  } catch (error) {
    console.error(`No ripgrep to compare with: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Copies of the files that are installed here, and keys of every form among them. */
function makeTree(into: string): Promise<void> {
  const files = readdirSync(path.join(root, 'node_modules'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.cache'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  for (let i = 0; i < FILES - PLANTED; i++) {
    const file = files[i % files.length] ?? '';
    const copy = path.join(into, `copy-${Math.floor(i / files.length)}`, file);
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(path.join(root, file), copy);
  }
  for (let i = 0; i < PLANTED; i++) {
    const planted = key(`planted ${i}`);
    const content =
      [
        Buffer.from(`key = '${planted}'\n`),
        Buffer.from(`key: ${Buffer.from(`user:${planted}`).toString('base64')}\n`),
        Buffer.from(`\ufeffkey=${planted}`, 'utf16le'),
        Buffer.concat([Buffer.alloc(5000), Buffer.from(planted)]),
      ][i % 4] ?? '';
    writeFileSync(path.join(into, `copy-${i % 2}`, `planted-${i}.txt`), content);
  }
  return Promise.resolve();
}
