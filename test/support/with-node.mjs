// Runs a TypeScript file under a Node that can (22.18 or newer strips types itself): the one on the PATH when it is
// new enough, otherwise one fetched from the npm registry into .cache. Usage: with-node.mjs FILE.ts [ARGS…]
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { cached } from './cache.mjs';
import { npm } from './npm.mjs';

const binary = path.join('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The path of a Node binary of this major version; fetched from the npm registry on first use. */
export async function fetchNode(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const folder = await cached(`node-${major}`, async (into) => {
    console.error(`Fetching Node ${major} from the npm registry into .cache/node-${major} (once)…`);
    writeFileSync(path.join(into, 'package.json'), '{"private":true}\n');
    try {
      // The package `node` gets its binary in an install script.
      await npm(['install', '--ignore-scripts=false', `node@${major}`], into);
    } catch (error) {
      throw new Error(
        `Node ${major} could not be fetched from the npm registry. Check the connection to it, or install Node ${major} yourself.\n${error.message}`,
        { cause: error },
      );
    }
  });
  return path.join(folder, binary);
}

async function usable() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18) ? process.execPath : await fetchNode(24);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file, ...args] = process.argv;
  try {
    const child = spawn(await usable(), ['--disable-warning=ExperimentalWarning', path.resolve(file), ...args], {
      stdio: 'inherit',
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    // Killed the hard way, npm can no longer tell us to end.
    if (process.env.npm_lifecycle_event !== undefined) {
      const npmProcess = process.ppid;
      setInterval(() => {
        if (process.ppid !== npmProcess) child.kill('SIGTERM');
      }, 500).unref();
    }
    child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
