// Runs a TypeScript file under a Node that can (22.18 or newer strips types itself): the one on the PATH when it is
// new enough, otherwise one fetched from the npm registry into .cache. Usage: with-node.mjs FILE.ts [ARGS…]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The path of a Node binary of this major version; fetched from the npm registry on first use. */
export function fetchNode(major) {
  const folder = path.join(root, '.cache', `node-${major}`);
  const binary = path.join(folder, 'node_modules/node/bin/node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
    console.error(`Fetching Node ${major} from the npm registry into .cache/node-${major}…`);
    const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `node@${major}`], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
    if (npm.status !== 0 || !existsSync(binary)) throw new Error(`Node ${major} could not be fetched from the npm registry. Install Node 22.18 or newer and run this again.`);
  }
  return binary;
}

function usable() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18) ? process.execPath : fetchNode(24);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file, ...args] = process.argv;
  const child = spawn(usable(), ['--disable-warning=ExperimentalWarning', path.resolve(file), ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
