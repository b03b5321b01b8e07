/**
 * What the extension costs a window that only opens: the time from the call of activate() to its return and the time to
 * load the entry before it, both inside the extension host over 20 starts of it, and the size of what is loaded.
 * Run: npm run bench -- activate
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { launchChromium } from '../support/browser.ts';
import { root } from '../support/cache.mjs';
import { buildForUsers, measuredExtension, readNotes } from '../support/measured-extension.ts';
import { endCleanly, temporaryFolder } from '../support/processes.ts';
import { startServer } from '../support/vscode-server.ts';
import { createWorkspace } from '../support/workspace.ts';

const STARTS = 20;

interface Start {
  readonly load: number;
  readonly activate: number;
}

/** Stops the times around the extension's own entry. */
const entry = `
  import { appendFileSync } from 'node:fs';
  const before = performance.now();
  const extension = await import('./dist/extension.js');
  const load = performance.now() - before;
  export function activate(context) {
    const called = performance.now();
    const result = extension.activate(context);
    const activate = performance.now() - called;
    appendFileSync(process.env.TRUEWORK_BENCH_STARTS, JSON.stringify({ load, activate }) + '\\n');
    return result;
  }
`;

endCleanly();
buildForUsers();

await showSizes();
showTimes(await measure(measuredExtension(entry)));
process.exit(0);

async function measure(extension: string): Promise<Start[]> {
  const file = path.join(temporaryFolder('bench-starts'), 'starts');
  const read = () => readNotes<Start>(file);
  const [server, browser] = await Promise.all([
    startServer({
      version: 'newest',
      env: { TRUEWORK_BENCH_STARTS: file },
      onExit: () => {
        throw new Error("The editor's server ended in the middle of the measurement.");
      },
    }),
    launchChromium(),
  ]);
  const workspace = createWorkspace();
  // One more than counts: the first start of a server also fills the system's file cache.
  for (let start = 0; start <= STARTS; start += 1) {
    const context = await browser.newContext();
    await (await context.newPage()).goto(server.address({ workspace, extension }));
    const deadline = Date.now() + 60_000;
    while (read().length <= start) {
      if (Date.now() > deadline)
        throw new Error(`Start ${start + 1}: the extension was not activated within a minute.`);
      await sleep(100);
    }
    await context.close();
  }
  await Promise.all([browser.close(), server.stop()]);
  return read().slice(1);
}

function showTimes(starts: readonly Start[]): void {
  const measures: readonly (readonly [string, (start: Start) => number, string])[] = [
    ['loading the entry', ({ load }) => load, ''],
    ['call of activate() to its return', ({ activate }) => activate, ''],
    ['both', ({ load, activate }) => load + activate, '; aim 10 ms'],
  ];
  for (const [what, timeOf, aim] of measures) {
    const times = starts.map(timeOf).sort((a, b) => a - b);
    const ms = (index: number): string => `${(times[index] ?? Number.NaN).toFixed(2)} ms`;
    console.log(
      `${what.padEnd(48)}median ${ms(times.length >> 1)}, best ${ms(0)}, worst ${ms(times.length - 1)} (${times.length} starts)${aim}`,
    );
  }
}

/** The entry with everything it imports statically; what is behind an import() does not count. */
async function showSizes(): Promise<void> {
  const { metafile } = await build({
    entryPoints: ['dist/extension.js'],
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['vscode'],
    outdir: 'dist',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path: imported, kind, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) load(imported);
    }
  };
  load('dist/extension.js');
  const kilobytes = [...loaded].reduce((sum, file) => sum + statSync(path.join(root, file)).size, 0) / 1024;
  console.log(`${'entry with its static imports'.padEnd(48)}${kilobytes.toFixed(1)} KB in ${loaded.size} files`);
}
