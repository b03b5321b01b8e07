/**
 * Runs the suites below test/host/ in a real editor.
 *
 *     npm run test:host -- [--host newest|oldest|desktop] [--grep PATTERN] [--timeout SECONDS] [--verbose] [PART OF A PATH …]
 *
 * `--host` may be given several times. Without it the best host this machine can have is taken.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheRoot, root } from './cache.mjs';
import { reportCounts } from './counts.ts';
import { chooseHost, describeHost, editorHosts, runSession, type EditorHost } from './editor-host.ts';
import type { HostEvent } from './host-protocol.ts';
import { endCleanly } from './processes.ts';
import { sessionOf, sessions } from './sessions.ts';

const { values, positionals } = parseArgs({
  options: {
    host: { type: 'string', multiple: true },
    grep: { type: 'string' },
    timeout: { type: 'string', default: '300' },
    verbose: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
endCleanly();

const unknown = values.host?.find((name) => !(editorHosts as readonly string[]).includes(name));
if (unknown !== undefined) fail(`There is no host "${unknown}": choose newest, oldest or desktop.`);
const choice = chooseHost();
const hosts = values.host === undefined ? [choice.host] : (values.host as EditorHost[]);
if (values.host === undefined) console.log(`Host: ${describeHost(choice.host)}, because ${choice.reason}.`);

const suites = globSync('**/*.test.ts', { cwd: path.join(root, 'test/host') })
  .filter((file) => positionals.length === 0 || positionals.some((part) => path.join('test/host', file).includes(part)))
  .sort();
if (suites.length === 0) fail(`No suite below test/host/ matches ${positionals.join(', ')}.`);

if (process.env['TRUEWORK_BUILT'] === undefined) {
  const build = spawnSync(process.execPath, ['esbuild.config.mjs', '--tests'], { cwd: root, stdio: 'inherit' });
  if (build.status !== 0) fail('The build failed.');
}

let passed = 0;
let failed = 0;
let skipped = 0;
let broken = 0;
for (const host of hosts) {
  for (const session of sessions) {
    const files = suites
      .filter((file) => sessionOf(file) === session)
      .map((file) => path.join('host', file.replace(/\.ts$/, '.js')));
    if (files.length === 0) continue;
    console.log(`\n${describeHost(host)}, ${session.name}`);
    let latest: readonly string[] = [];
    const failures: string[] = [];
    const show = (event: HostEvent): void => {
      if (event.kind === 'started') latest = event.title;
      if (event.kind === 'passed') {
        passed += 1;
        console.log(`  ✔ ${event.title.join(' › ')} (${event.milliseconds} ms)`);
      }
      if (event.kind === 'skipped') {
        skipped += 1;
        console.log(`  - ${event.title.join(' › ')}`);
      }
      if (event.kind === 'failed') {
        failures.push(event.title.join(' › '));
        console.log(`  ✖ ${event.title.join(' › ')}\n${indent(event.error)}`);
      }
      if (event.kind === 'error') {
        broken += 1;
        failures.push(event.message);
        console.log(`  ✖ The suites could not be run\n${indent(event.message)}`);
      }
    };
    const log = await runSession(host, {
      session,
      files,
      grep: values.grep,
      timeout: Number(values.timeout) * 1_000,
      onEvent: show,
    });
    if (log.broken !== undefined && failures.length === 0) {
      broken += 1;
      failures.push(log.broken);
      console.log(`  ✖ ${log.broken}${latest.length === 0 ? '' : ` The last test begun was: ${latest.join(' › ')}.`}`);
    }
    failed += failures.length;
    if (failures.length > 0 || values.verbose) {
      const file = path.join(
        cacheRoot,
        'logs',
        `host-${host}-${session.folder === '' ? 'trusted' : session.folder}.log`,
      );
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, log.lines.join('\n'));
      console.log(
        values.verbose ? indent(log.lines.join('\n')) : `  What the editor printed: ${path.relative(root, file)}`,
      );
    }
  }
}
if (passed + failed + skipped === 0) fail(`No test matches ${values.grep ?? ''}.`);
reportCounts({ passed, failed, broken });
console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exit(failed === 0 ? 0 : 1);

function indent(text: string): string {
  return text.replaceAll(/^/gm, '      ');
}

function fail(message: string): never {
  console.error(message);
  reportCounts({ passed: 0, failed: 1 });
  process.exit(1);
}
