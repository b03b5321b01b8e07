/**
 * How long the git history takes to search, next to `git log --all -S tw_sk_` on the same history, in the same run.
 * The history is made once (.cache/bench) and used again. Run: node test/support/with-node.mjs test/bench/leaks-history.ts
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scanBytes } from '../../src/secrets/detector/bytes.ts';
import { scanHistory, type History, type HistoryProgress } from '../../src/secrets/git/history.ts';
import { discoverRepository } from '../../src/secrets/git/repository.ts';
import { verdictsOf } from '../../src/secrets/git/verdict.ts';
import { key } from '../support/keys.ts';

const COMMITS = 60_000;
const FILES = 3_000;
const LINES = 300;
const RUNS = 3;

const root = path.resolve(import.meta.dirname, '../..');
const shape = createHash('sha256')
  .update(JSON.stringify([COMMITS, FILES, LINES, 4]))
  .digest('hex')
  .slice(0, 8);
const folder = path.join(root, '.cache/bench', `history-${shape}`);
const scan = (bytes: Uint8Array) => scanBytes(bytes).findings;

/** mulberry32: the same history every time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function git(cwd: string, ...args: string[]): string {
  const run = spawnSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

async function fastImport(cwd: string, stream: Iterable<string>): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet', '--force'], { cwd, stdio: ['pipe', 'inherit', 'inherit'] });
  for (const text of stream) if (!child.stdin.write(text)) await once(child.stdin, 'drain');
  child.stdin.end();
  await once(child, 'close');
}

const WORDS =
  'order report verify cancel status client request employer income const return await if else for of new function string number import from export interface readonly test assert equal'.split(
    ' ',
  );

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function line(random: (below: number) => number): string {
  let text = '  ';
  for (let words = 3 + random(8); words > 0; words--)
    text += ` ${WORDS[random(WORDS.length)] ?? ''}${random(10) === 0 ? random(100_000).toString(36) : ''}`;
  return text;
}

/** Every version of every file, file by file as a repacked repository stores them; then the commits that use them. */
function* history(): Generator<string> {
  const random = randomNumbers(7);
  const changes: number[][] = Array.from({ length: COMMITS }, (_, commit) => {
    if (commit === 0) return Array.from({ length: FILES }, (_file, file) => file);
    // Some files change all the time, most hardly ever.
    return Array.from({ length: 1 + random(3) }, () => Math.floor(FILES * (random(1 << 20) / (1 << 20)) ** 3));
  });
  const versions = new Map<number, number[]>();
  for (const [commit, files] of changes.entries()) {
    for (const file of new Set(files)) {
      const before = versions.get(file);
      if (before === undefined) versions.set(file, [commit]);
      else before.push(commit);
    }
  }
  let mark = COMMITS + 10;
  const blobOf = new Map<string, number>();
  for (const [file, commits] of versions) {
    const lines = Array.from({ length: LINES / 2 + random(LINES) }, () => line(random));
    for (const commit of commits) {
      for (let edits = 1 + random(6); edits > 0; edits--) lines[random(lines.length)] = line(random);
      mark++;
      blobOf.set(`${commit} ${file}`, mark);
      yield `blob\nmark :${mark}\n${data(lines.join('\n'))}`;
    }
  }
  for (const [commit, files] of changes.entries()) {
    const side = commit % 20 === 10;
    const merge = commit % 20 === 11;
    let text = `commit refs/heads/${side ? 'side' : 'main'}\nmark :${commit + 1}\ncommitter Ada <ada@example.com> ${1_400_000_000 + commit * 600} +0000\n${data('a change')}`;
    if (commit > 0) text += `from :${merge ? commit - 1 : commit}\n`;
    if (merge) text += `merge :${commit}\n`;
    for (const file of new Set(files)) text += `M 100644 :${blobOf.get(`${commit} ${file}`) ?? 0} ${nameOf(file)}\n`;
    if (commit === 1200) text += `M 100644 inline config/old.env\n${data(`TRUEWORK_API_KEY=${key('removed')}\n`)}`;
    if (commit === 1300) text += 'D config/old.env\n';
    if (commit === COMMITS - 9) text += `M 100644 inline config/tip.env\n${data(`TRUEWORK_API_KEY=${key('tip')}\n`)}`;
    if (commit === 40_011) text += `M 100644 inline config/merged.env\n${data(`TRUEWORK_API_KEY=${key('merge')}\n`)}`;
    if (commit === 40_012) text += 'D config/merged.env\n';
    yield text;
  }
}

function nameOf(file: number): string {
  return `src/part${file % 37}/area${file % 11}/file${file}.ts`;
}

function* moreCommits(count: number): Generator<string> {
  const random = randomNumbers(99);
  for (let commit = 0; commit < count; commit++) {
    const files = new Set([random(FILES), random(FILES)]);
    let text = `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_600_000_000 + commit * 600} +0000\n${data('a change')}`;
    if (commit === 0) text += 'from refs/heads/main^0\n';
    for (const file of files)
      text += `M 100644 inline ${nameOf(file)}\n${data(Array.from({ length: LINES }, () => line(random)).join('\n'))}`;
    if (commit === 200) text += `M 100644 inline config/new.env\n${data(`TRUEWORK_API_KEY=${key('new')}\n`)}`;
    yield text;
  }
}

async function make(): Promise<void> {
  if (existsSync(path.join(folder, 'made'))) return;
  console.log(`Making a history of ${COMMITS} commits…`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet', '--initial-branch=main', 'repository');
  const repository = path.join(folder, 'repository');
  await fastImport(repository, history());
  // As `git gc` would leave it; differences that are there are kept, which saves minutes.
  git(repository, 'repack', '-a', '-d', '-q', '--window=0');
  git(repository, 'reset', '--quiet', '--hard', 'main');
  writeFileSync(path.join(folder, 'made'), '');
}

async function timed<T>(work: () => Promise<T> | T): Promise<{ seconds: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function found(history: History): string {
  return ['removed', 'tip', 'merge', 'new']
    .filter((name) => history.hits.get(createHash('sha256').update(key(name)).digest('hex'))?.committed === true)
    .join(', ');
}

const makeTime = await timed(make);
if (makeTime.seconds > 1) console.log(`made in ${makeTime.seconds.toFixed(1)} s`);
const repositoryFolder = path.join(folder, 'repository');
console.log(
  git(repositoryFolder, 'count-objects', '-vH')
    .split('\n')
    .filter((each) => /in-pack|size-pack/.test(each))
    .join(', '),
);

const ours: number[] = [];
const theirs: number[] = [];
let theirCommits = 0;
let names = '';
for (let run = 0; run < RUNS; run++) {
  const pickaxe = await timed(() => git(repositoryFolder, 'log', '--all', '-S', 'tw_sk_', '--format=%H'));
  theirs.push(pickaxe.seconds);
  theirCommits = pickaxe.result.trim().split('\n').length;
  const { repository } = await discoverRepository(repositoryFolder);
  using open = repository;
  const phases: Record<string, number> = {};
  let since = performance.now();
  let phase: HistoryProgress['phase'] = 'blobs';
  const scanned = await timed(() =>
    scanHistory(open, {
      scan,
      onProgress: (progress) => {
        if (progress.phase === phase) return;
        phases[phase] = Math.round(performance.now() - since);
        since = performance.now();
        phase = progress.phase;
      },
    }),
  );
  phases[phase] = Math.round(performance.now() - since);
  ours.push(scanned.seconds);
  names = found(scanned.result);
  console.log(
    `  run ${run + 1}: git log -S ${pickaxe.seconds.toFixed(2)} s, scan ${scanned.seconds.toFixed(2)} s (${JSON.stringify(phases)} ms)`,
  );
}
console.log(`first scan            ${median(ours).toFixed(2)} s, finds: ${names}`);
console.log(`git log --all -S      ${median(theirs).toFixed(2)} s, ${theirCommits} commits, not the key of the merge`);
console.log(`ratio                 ${(median(ours) / median(theirs)).toFixed(2)} (below 1 is faster than git log -S)`);

const copy = path.join(folder, 'copy');
rmSync(copy, { recursive: true, force: true });
git(folder, 'clone', '--quiet', '--shared', '--no-checkout', repositoryFolder, copy);
git(copy, 'fetch', '--quiet', 'origin', 'refs/heads/*:refs/heads/*', '--update-head-ok');
git(copy, 'reset', '--quiet', '--hard');
const { repository, relativePath } = await discoverRepository(path.join(copy, 'config/tip.env'));
// A scan of the copy itself, which has a remote that the original has not.
const { cache } = await scanHistory(repository, { scan });
await fastImport(copy, moreCommits(400));
const later = await timed(() => scanHistory(repository, { scan, cache }));
console.log(`400 new commits       ${later.seconds.toFixed(2)} s, finds: ${found(later.result)}`);
const nothing = await timed(() => scanHistory(repository, { scan, cache: later.result.cache }));
console.log(`no new commit         ${nothing.seconds.toFixed(2)} s`);

const hash = createHash('sha256').update(key('tip')).digest('hex');
for (const [what, file] of [
  ['tracked file', relativePath],
  ['new file', 'config/not-yet-tracked.env'],
] as const) {
  const ask = () => verdictsOf(repository, file, [hash], { scan, history: nothing.result });
  const cold = await timed(ask);
  const warm: number[] = [];
  for (let run = 0; run < 30; run++) warm.push((await timed(ask)).seconds * 1000);
  console.log(
    `verdict, ${what.padEnd(12)} ${(cold.seconds * 1000).toFixed(0)} ms first (${cold.result.get(hash)?.location ?? ''}), then ${median(warm).toFixed(1)} ms median, ${Math.max(...warm).toFixed(1)} ms longest of ${warm.length}`,
  );
}

const controller = new AbortController();
const canceled = scanHistory(repository, { scan, signal: controller.signal });
await new Promise((resolve) => setTimeout(resolve, 1500));
const stopping = await timed(async () => {
  controller.abort();
  await canceled.catch(() => undefined);
});
console.log(`canceled within      ${(stopping.seconds * 1000).toFixed(0)} ms`);
repository.close();
rmSync(copy, { recursive: true, force: true });
