/**
 * A whole VS Code (workbench, extension host, built-in extensions) from the npm registry: the npm package `code-server`
 * carries VS Code's server, which any Chromium can show. So a machine that cannot download the desktop editor still
 * has a real one.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cached } from './cache.mjs';
import { npm } from './npm.mjs';
import { spawnGroup, stopGroup, temporaryFolder } from './processes.ts';
import { quietSettings, type Settings } from './settings.ts';
import { fetchNode } from './with-node.mjs';

/** The newest VS Code we test with, and the oldest we support (`engines.vscode`). */
export type ServerVersion = 'newest' | 'oldest';

interface Recipe {
  /** The npm package's version; VS Code's own is one digit group shorter: 4.139.1 carries 1.139.1. */
  readonly codeServer: string;
  readonly vscode: string;
  readonly node: number;
  /** Dependencies that npm can only install in another version, with the reason. */
  readonly replace: Readonly<Record<string, string>>;
}

const recipes: Readonly<Record<ServerVersion, Recipe>> = {
  newest: { codeServer: '4.139.1', vscode: '1.139.1', node: 24, replace: {} },
  oldest: {
    codeServer: '4.105.1',
    vscode: '1.105.1',
    node: 22,
    replace: {
      // Named as a git repository, which a machine behind a registry cannot reach.
      '@parcel/watcher': '2.5.6',
      // Older versions download their binary in an install script.
      '@vscode/ripgrep': '1.18.0',
    },
  },
};

/** The VS Code version behind a name, for messages: `1.139.1`. */
export function versionOf(version: ServerVersion): string {
  return recipes[version].vscode;
}

/** The server's folder, fetched from the npm registry into .cache on first use (about a minute). */
export async function fetchServer(version: ServerVersion): Promise<string> {
  const recipe = recipes[version];
  return await cached(`vscode-server-${recipe.vscode}`, async (into) => {
    console.error(`Fetching VS Code ${recipe.vscode} (the npm package code-server) into .cache (once)…`);
    await npm(['pack', `code-server@${recipe.codeServer}`], into);
    const archive = readdirSync(into).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error('npm pack left no archive.');
    const tar = spawnSync('tar', ['-xzf', archive, 'package/lib/vscode'], { cwd: into, encoding: 'utf8' });
    if (tar.status !== 0) throw new Error(`tar could not unpack ${archive}: ${tar.error?.message ?? tar.stderr}`);
    const server = path.join(into, 'server');
    renameSync(path.join(into, 'package/lib/vscode'), server);
    rmSync(path.join(into, archive));
    rmSync(path.join(into, 'package'), { recursive: true });
    const replaced = Object.entries(recipe.replace);
    if (replaced.length > 0) {
      const manifestFile = path.join(server, 'package.json');
      const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as { dependencies: Record<string, string> };
      for (const [name, wanted] of replaced) manifest.dependencies[name] = wanted;
      writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
      rmSync(path.join(server, 'npm-shrinkwrap.json'));
    }
    // Without install scripts nothing needs a compiler; what stays unbuilt (@vscode/spdlog), the server does without.
    await npm(['install', '--omit=dev', '--ignore-scripts'], server);
  });
}

/** Installs a packaged extension into a folder, for {@link ServerOptions.extensions}. */
export async function installExtension(version: ServerVersion, vsix: string, into: string): Promise<void> {
  const folder = path.join(await fetchServer(version), 'server');
  const node = await fetchNode(recipes[version].node);
  const install = spawnSync(
    node,
    [
      path.join(folder, 'out/server-main.js'),
      '--accept-server-license-terms',
      '--extensions-dir',
      into,
      '--server-data-dir',
      temporaryFolder('install'),
      '--install-extension',
      vsix,
    ],
    { encoding: 'utf8' },
  );
  if (install.status !== 0) throw new Error(`${vsix} could not be installed:\n${install.stdout}${install.stderr}`);
}

/** How a server is started. */
export interface ServerOptions {
  readonly version: ServerVersion;
  /** Every folder is trusted, unless this is false: then the editor asks, and starts in Restricted Mode. */
  readonly trusted?: boolean;
  /** For the server and with it the extension host, on top of this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** A free port is taken when it is left out. */
  readonly port?: number;
  /** Where the server keeps its data: a fresh temporary folder unless named. */
  readonly dataFolder?: string;
  /**
   * A folder of installed extensions. Without it the server loads the extension under development that an address names,
   * and shows no notifications of extensions: both come with the same flag.
   */
  readonly extensions?: string;
  /** The folder or `.code-workspace` file that {@link VSCodeServer.shortAddress} opens; an empty window when left out. */
  readonly workspace?: string;
  /** Told when the server ends by itself. */
  readonly onExit?: (code: number | null) => void;
}

/** What the workbench shows and loads. */
export interface PageOptions {
  /** The folder or `.code-workspace` file to open; an empty window when left out. */
  readonly workspace?: string | undefined;
  /** The folder of an extension to load as one under development. */
  readonly extension?: string | undefined;
  /** The module whose `run()` the extension host calls once it is up. */
  readonly tests?: string | undefined;
}

/** A running VS Code server. */
export interface VSCodeServer {
  /** VS Code's version, e.g. `1.139.1`. */
  readonly version: string;
  readonly port: number;
  /** The address of a workbench with no more in it than the secret, so that it fits on a line. */
  readonly shortAddress: string;
  /** The address of a workbench; it carries the secret without which nobody may connect. */
  address(page: PageOptions): string;
  /** Replaces the machine settings (on top of the quiet ones); open workbenches follow at once. */
  setMachineSettings(settings: Settings): void;
  /** Where extensions keep their global storage. */
  readonly dataFolder: string;
  /** What the server printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a server (fetching it first if need be) and resolves once it accepts connections. */
export async function startServer(options: ServerOptions): Promise<VSCodeServer> {
  const folder = path.join(await fetchServer(options.version), 'server');
  const recipe = recipes[options.version];
  const node = await fetchNode(recipe.node);
  const dataFolder = options.dataFolder ?? temporaryFolder('server');
  const extensions = options.extensions ?? path.join(dataFolder, 'extensions');
  const machineSettings = path.join(dataFolder, 'data/Machine/settings.json');
  mkdirSync(extensions, { recursive: true });
  mkdirSync(path.dirname(machineSettings), { recursive: true });
  const setMachineSettings = (settings: Settings): void => {
    writeFileSync(machineSettings, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  };
  setMachineSettings({});

  const main = path.join(folder, 'out/server-main.js');
  // Not an argument, which every user of the machine could read in the list of processes.
  const token = randomBytes(16).toString('hex');
  const tokenFile = path.join(dataFolder, 'connection-token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const child = spawnGroup(
    node,
    [
      '--import',
      pathToFileURL(path.join(import.meta.dirname, 'end-with-parent.mjs')).href,
      main,
      '--accept-server-license-terms',
      '--extensions-dir',
      extensions,
      '--server-data-dir',
      dataFolder,
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      '--connection-token-file',
      tokenFile,
      '--disable-telemetry',
      '--force-disable-user-env',
      ...(options.extensions === undefined ? ['--enable-smoke-test-driver'] : []),
      ...(options.workspace === undefined
        ? []
        : [
            options.workspace.endsWith('.code-workspace') ? '--default-workspace' : '--default-folder',
            options.workspace,
          ]),
      ...(options.trusted === false ? [] : ['--disable-workspace-trust']),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
  );
  const output = collectOutput(child);
  const port = await listening(child, output, recipe.vscode);
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) options.onExit?.(code);
  });

  return {
    version: recipe.vscode,
    port,
    dataFolder,
    setMachineSettings,
    shortAddress: `http://127.0.0.1:${port}/?tkn=${token}`,
    address: (page) => address(port, token, page),
    log: () => output.text,
    stop: () => {
      stopping = true;
      return stopGroup(child);
    },
  };
}

function address(port: number, token: string, { workspace, extension, tests }: PageOptions): string {
  const authority = `127.0.0.1:${port}`;
  const remote = (file: string): string => `vscode-remote://${authority}${asUriPath(file)}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (extension !== undefined) payload.push(['extensionDevelopmentPath', remote(extension)]);
  if (tests !== undefined) payload.push(['extensionTestsPath', remote(tests)]);
  const query = new URLSearchParams({ tkn: token });
  if (workspace === undefined) query.set('ew', 'true');
  else query.set(workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', asUriPath(workspace));
  query.set('payload', JSON.stringify(payload));
  return `http://${authority}/?${query.toString()}`;
}

/** `C:\a\b` is `/C:/a/b` in a URI. */
function asUriPath(file: string): string {
  const slashes = file.replaceAll('\\', '/');
  return slashes.startsWith('/') ? slashes : `/${slashes}`;
}

interface Output {
  text: string;
}

function collectOutput(child: ChildProcess): Output {
  const output: Output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output.text = (output.text + chunk).slice(-200_000);
    });
  }
  return output;
}

async function listening(child: ChildProcess, output: Output, version: string): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer);
      void stopGroup(child);
      reject(new Error(`The VS Code ${version} server ${reason}.\n${output.text.slice(-2_000)}`));
    };
    const timer = setTimeout(() => {
      fail('did not start within a minute');
    }, 60_000);
    child.once('error', (error) => {
      fail(`could not be started (${error.message})`);
    });
    child.once('exit', (code) => {
      fail(`ended with exit code ${String(code)} while starting`);
    });
    child.stdout?.on('data', () => {
      const found = /Extension host agent listening on (\d+)/.exec(output.text);
      if (found === null) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(Number(found[1]));
    });
  });
}
