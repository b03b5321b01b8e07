/**
 * Whether the editor goes on while 46,000 files are scanned in it: how long the extension host's thread, which all
 * extensions share, is busy at a stretch, before the scan and during it. The time of the processor counts, since
 * browser, server and scan share this machine; the clock's is shown beside it.
 * Run: npm run bench -- leaks-editor
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium } from '../support/browser.ts';
import { cached, cacheRoot } from '../support/cache.mjs';
import { buildForUsers, measuredExtension, readNotes } from '../support/measured-extension.ts';
import { endCleanly, temporaryFolder } from '../support/processes.ts';
import { startServer } from '../support/vscode-server.ts';
import { commitAll } from '../support/workspace.ts';

const SCANS = 3;

interface Stretch {
  readonly what: string;
  /** Milliseconds. */
  readonly busiest: number;
  readonly longest: number;
  readonly whole: number;
  readonly said: string;
}

/** Ticks every 5 ms and notes the longest stretch between two ticks; a scan is over when its summary is shown. */
const entry = `
  import { appendFileSync } from 'node:fs';
  import * as vscode from 'vscode';
  import { activate as own } from './dist/extension.js';
  const processor = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
  async function watch(what, work) {
    const began = performance.now();
    let [busiest, longest, lastProcessor, lastTick] = [0, 0, processor(), performance.now()];
    const timer = setInterval(() => {
      busiest = Math.max(busiest, processor() - lastProcessor);
      longest = Math.max(longest, performance.now() - lastTick);
      [lastProcessor, lastTick] = [processor(), performance.now()];
    }, 5);
    const said = await work();
    clearInterval(timer);
    appendFileSync(process.env.TRUEWORK_BENCH_STRETCHES, JSON.stringify({ what, busiest, longest, whole: performance.now() - began, said }) + '\\n');
  }
  export function activate(context) {
    own(context);
    const show = vscode.window.showInformationMessage;
    void (async () => {
      await new Promise((resolve) => { setTimeout(resolve, 20_000); });
      await watch('nothing, for 5 s', () => new Promise((resolve) => { setTimeout(resolve, 5_000, ''); }));
      await watch('side bar opened', async () => {
        await vscode.commands.executeCommand('truework.leakedKeys.focus');
        await new Promise((resolve) => { setTimeout(resolve, 3_000); });
        return '';
      });
      for (let scan = 1; scan <= ${SCANS}; scan += 1) {
        await watch('scan ' + scan, () => new Promise((resolve) => {
          vscode.window.showInformationMessage = (message) => { resolve(message); return Promise.resolve(undefined); };
          void vscode.commands.executeCommand('truework.scanWorkspaceForLeakedKeys');
        }));
        vscode.window.showInformationMessage = show;
      }
    })();
  }
`;

endCleanly();
const files = path.join(cacheRoot, 'bench-workspace-46000');
if (!existsSync(files)) throw new Error('The 46,000 files are made by the benchmark leaks-workspace: run that first.');
const tree = await cached('bench-repository-46000', makeRepository);
buildForUsers();

const file = path.join(temporaryFolder('bench-stretches'), 'stretches');
const [server, browser] = await Promise.all([
  startServer({
    version: 'newest',
    env: { TRUEWORK_BENCH_STRETCHES: file },
    onExit: () => {
      throw new Error("The editor's server ended in the middle of the measurement.");
    },
  }),
  launchChromium(),
]);
await (await browser.newPage()).goto(server.address({ workspace: tree, extension: measuredExtension(entry) }));
for (let shown = 0; shown < SCANS + 2; ) {
  const stretches = readNotes<Stretch>(file);
  for (const { what, busiest, longest, whole, said } of stretches.slice(shown)) {
    console.log(
      `${what.padEnd(18)}busy for ${busiest.toFixed(1)} ms at a stretch at most (by the clock ${longest.toFixed(0)} ms), ${(whole / 1000).toFixed(1)} s in all${said === '' ? '' : `: ${said}`}`,
    );
  }
  shown = stretches.length;
  await sleep(500);
}
await Promise.all([browser.close(), server.stop()]);
process.exit(0);

/** The same files under other names, since a scan leaves out installed packages; all committed. */
function makeRepository(into: string): void {
  for (const entry of readdirSync(files, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const copy = path.join(
      into,
      path.relative(files, file).replaceAll('node_modules', 'packages').replaceAll('.git', '_git'),
    );
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
  if (!commitAll(into)) throw new Error('git could not commit the files.');
}
