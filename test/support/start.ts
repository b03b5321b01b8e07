/**
 * Builds the extension and opens it in a real editor: VS Code's server, shown by the browser at hand, with a demo
 * project and a local sandbox of Truework that the extension starts and connects to (`TRUEWORK_DEMO`).
 *
 *     npm start -- [--port NUMBER] [--no-open] [--fresh] [--folder FOLDER]
 *
 * `--fresh` makes the demo project anew; `--folder` is where it and the editor's data are kept, instead of .cache.
 * Ctrl-C ends everything.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheRoot, root } from './cache.mjs';
import { endCleanly } from './processes.ts';
import { startServer } from './vscode-server.ts';
import { commitAll, copyDemo, copyExtension } from './workspace.ts';

/** The browser keeps the editor's state (layout, keys) by address, so the port should stay the same. */
const usualPort = 8737;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    folder: { type: 'string', default: cacheRoot },
  },
});
// Ctrl-C is how this program is meant to end.
endCleanly(0);

if (process.env['TRUEWORK_BUILT'] === undefined) {
  const build = spawnSync(process.execPath, ['esbuild.config.mjs'], { cwd: root, stdio: 'inherit' });
  if (build.status !== 0) process.exit(1);
}

const base = path.resolve(values.folder);
const workspace = demoWorkspace();
const server = await startServer({
  version: 'newest',
  env: { TRUEWORK_DEMO: '1' },
  port: await choosePort(),
  dataFolder: path.join(base, 'start'),
  workspace,
  extensions: installedExtension(),
  onExit: (code) => {
    console.error(`The editor's server ended (exit code ${String(code)}).`);
    process.exit(1);
  },
});
// VS Code's server comes without TypeScript, which the language features of JavaScript need.
server.setMachineSettings({ 'typescript.tsdk': path.join(root, 'node_modules/typescript/lib') });

console.log(`${server.shortAddress}

Truework for VS Code runs at this address, in VS Code ${server.version}: open it in a browser. The demo project lies in ${path.relative(process.cwd(), workspace) || '.'}. Ctrl-C ends the editor.`);
if (onPath('code')) {
  console.log('To use your own VS Code instead: open this folder in it and press F5.');
}
if (!values['no-open']) openBrowser(server.shortAddress);

function demoWorkspace(): string {
  const folder = path.join(base, 'demo');
  if (values.fresh) rmSync(folder, { recursive: true, force: true });
  if (!existsSync(path.join(folder, 'README.md'))) {
    mkdirSync(folder, { recursive: true });
    copyDemo(folder);
    if (!commitAll(folder)) console.error('No git was found, so the demo project is not a git repository.');
  }
  return folder;
}

/**
 * A folder with the extension installed in it. Not loaded as one under development: the server does that only with a flag
 * that also hides every notification.
 */
function installedExtension(): string {
  const folder = path.join(base, 'start', 'extensions');
  rmSync(folder, { recursive: true, force: true });
  copyExtension(path.join(folder, 'truework'));
  return folder;
}

async function choosePort(): Promise<number> {
  if (values.port !== undefined) {
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      stop(`--port takes a number from 1 to 65535, not "${values.port}".`);
    if (!(await isFree(port))) stop(`Port ${port} is in use. Choose another with --port.`);
    return port;
  }
  return (await isFree(usualPort)) ? usualPort : 0;
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** Best effort: the address is on the screen in any case. */
function openBrowser(url: string): void {
  const [command, args]: [string, string[]] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  const opener = spawn(command, args, { stdio: 'ignore', detached: true });
  opener.once('error', () => undefined);
  opener.unref();
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => existsSync(path.join(folder, process.platform === 'win32' ? `${name}.cmd` : name)));
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
