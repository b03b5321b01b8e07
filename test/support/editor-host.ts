/** Running one session of suites in an editor: the three kinds of editor, and the choice between them. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { findChromium, launchChromium, noChromium, openWorkbenchPage } from './browser.ts';
import { root } from './cache.mjs';
import type { HostEvent, HostRun } from './host-protocol.ts';
import { hasOpenssl, makeFlawedCertificates } from './network/certificates.ts';
import { spawnGroup, stopGroup, temporaryFolder } from './processes.ts';
import { CERTIFICATES, type Session } from './sessions.ts';
import { quietSettings, quietUserSettings } from './settings.ts';
import { startServer, versionOf, type ServerVersion } from './vscode-server.ts';
import { createMultiRootWorkspace, createWorkspace } from './workspace.ts';

/** VS Code's server in a headless Chromium, in one of two versions, or the desktop editor. */
export type EditorHost = ServerVersion | 'desktop';

export const editorHosts: readonly EditorHost[] = ['newest', 'oldest', 'desktop'];

/** A host, and why it. */
export interface Choice {
  readonly host: EditorHost;
  readonly reason: string;
}

/** The host to use when nobody named one: a desktop VS Code that was named, else the newest server, else a download. */
export function chooseHost(env: NodeJS.ProcessEnv = process.env, chromium: string = findChromium() ?? ''): Choice {
  const named = env['TRUEWORK_VSCODE'];
  if (named !== undefined && named !== '') return { host: 'desktop', reason: `TRUEWORK_VSCODE names ${named}` };
  if (chromium !== '')
    return {
      host: 'newest',
      reason: `no desktop VS Code was named in TRUEWORK_VSCODE, and ${chromium} can show the server`,
    };
  return { host: 'desktop', reason: 'there is no Chromium to show a server, so the desktop editor is downloaded' };
}

/** A host in words. */
export function describeHost(host: EditorHost): string {
  return host === 'desktop' ? 'desktop VS Code' : `VS Code ${versionOf(host)} (server, ${host})`;
}

/** One run of suites in one window. */
export interface SessionRun {
  readonly session: Session;
  /** Bundled suites, relative to dist-test/. */
  readonly files: readonly string[];
  readonly grep?: string | undefined;
  /** After so many milliseconds the run is given up. */
  readonly timeout: number;
  readonly onEvent: (event: HostEvent) => void;
}

/** What is left of a run: everything the editor printed, for whoever has to find out why a test failed. */
export interface SessionLog {
  readonly lines: readonly string[];
  /** Set when the editor did not get as far as running all suites. */
  readonly broken?: string;
}

/** Runs suites in an editor, in a fresh window with fresh data and a fresh workspace, and ends it. */
export async function runSession(host: EditorHost, run: SessionRun): Promise<SessionLog> {
  const workspace = createSessionWorkspace(run.session);
  const events = await listenForEvents(run.onEvent);
  const environment: HostRun = {
    port: events.port,
    files: run.files,
    ...(run.grep === undefined ? {} : { grep: run.grep }),
  };
  // Without openssl the suites skip what needs certificates.
  const certificates =
    run.session.privateAuthority === true && hasOpenssl
      ? makeFlawedCertificates(['DNS:api.truework-sandbox.com', 'DNS:api.truework.com'])
      : undefined;
  const env = {
    TRUEWORK_HOST_RUN: JSON.stringify(environment),
    ...(certificates !== undefined && {
      [CERTIFICATES]: certificates,
      NODE_EXTRA_CA_CERTS: path.join(certificates, 'ca.pem'),
    }),
  };
  const giveUp = new AbortController();
  const timer = setTimeout(() => {
    giveUp.abort();
  }, run.timeout);
  const lines: string[] = [];
  try {
    const work = host === 'desktop' ? runDesktop : runServer;
    const finished = work({ host, session: run.session, workspace, env, lines, signal: giveUp.signal });
    // A host that crashes or never starts says nothing more: the end of its connection and the time limit do.
    const outcome = await Promise.race([finished, events.closed.then(() => 'closed' as const), aborted(giveUp.signal)]);
    if (outcome === 'aborted') return { lines, broken: `No end after ${Math.round(run.timeout / 1_000)} s.` };
    giveUp.abort();
    await finished;
    return events.ended() ? { lines } : { lines, broken: 'The extension host ended before the suites did.' };
  } catch (error) {
    return { lines, broken: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
    giveUp.abort();
    events.close();
    if (certificates !== undefined) rmSync(certificates, { recursive: true });
  }
}

function createSessionWorkspace({ workspace }: Session): string | undefined {
  switch (workspace) {
    case 'folder':
      return createWorkspace();
    case 'multi-root':
      return createMultiRootWorkspace({ service: { 'README.md': '# Service\n' }, web: { 'README.md': '# Web\n' } });
    case 'none':
      return undefined;
  }
}

interface EditorRun {
  readonly host: EditorHost;
  readonly session: Session;
  readonly workspace: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly lines: string[];
  readonly signal: AbortSignal;
}

const tests = path.join(root, 'dist-test/index.js');

async function runServer({ host, session, workspace, env, lines, signal }: EditorRun): Promise<void> {
  if (host === 'desktop') throw new TypeError('A desktop editor is no server.');
  if (findChromium() === undefined) throw new Error(noChromium);
  const [server, browser] = await Promise.all([
    startServer({ version: host, trusted: session.trusted, env }),
    launchChromium(),
  ]);
  try {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => {
      lines.push(`[page] ${error.message}`);
    });
    const { promise: exited, resolve: exit } = Promise.withResolvers<string>();
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      lines.push(`[${type}] ${args.map(String).join(' ')}`);
    });
    await page.exposeFunction('codeAutomationExit', () => {
      exit('exit');
    });
    page.on('crash', () => {
      exit('crash');
    });
    await openWorkbenchPage(page, server.address({ workspace, extension: root, tests }), quietUserSettings);
    await Promise.race([exited, aborted(signal)]);
  } finally {
    lines.push(
      ...server
        .log()
        .split('\n')
        .map((line) => `[server] ${line}`),
    );
    await Promise.all([browser.close(), server.stop()]);
  }
}

async function runDesktop({ session, workspace, env, lines, signal }: EditorRun): Promise<void> {
  const executable = await desktopExecutable();
  const data = temporaryFolder('desktop');
  const settings = path.join(data, 'User/settings.json');
  mkdirSync(path.dirname(settings), { recursive: true });
  writeFileSync(settings, JSON.stringify({ ...quietSettings, ...quietUserSettings }));
  const child = spawnGroup(
    executable,
    [
      ...(workspace === undefined ? ['--new-window'] : [workspace]),
      '--no-sandbox',
      '--disable-gpu-sandbox',
      '--disable-updates',
      '--disable-telemetry',
      '--skip-welcome',
      '--skip-release-notes',
      ...(session.trusted ? ['--disable-workspace-trust'] : []),
      `--extensions-dir=${path.join(data, 'extensions')}`,
      `--user-data-dir=${data}`,
      `--extensionDevelopmentPath=${root}`,
      `--extensionTestsPath=${tests}`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  );
  try {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        lines.push(...chunk.trimEnd().split('\n'));
      });
    }
    const exited = new Promise<void>((resolve, reject) => {
      child.once('exit', () => {
        resolve();
      });
      child.once('error', (error) => {
        reject(new Error(`The desktop editor ${executable} could not be started: ${error.message}`));
      });
    });
    await Promise.race([exited, aborted(signal)]);
  } finally {
    await stopGroup(child);
  }
}

async function desktopExecutable(): Promise<string> {
  const named = process.env['TRUEWORK_VSCODE'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named))
      throw new Error(`TRUEWORK_VSCODE names ${named}, which does not exist. Give the path of VS Code's program.`);
    return named;
  }
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', cachePath: path.join(root, '.cache/vscode-desktop') });
  } catch (error) {
    throw new Error(
      `Desktop VS Code could not be downloaded (${error instanceof Error ? error.message : String(error)}). Name an installed one in TRUEWORK_VSCODE, or use --host newest.`,
      { cause: error },
    );
  }
}

async function aborted(signal: AbortSignal): Promise<'aborted'> {
  return await new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve('aborted');
        },
        { once: true },
      );
  });
}

interface Events {
  readonly port: number;
  /** Settles when the suites' connection is gone. */
  readonly closed: Promise<void>;
  /** Whether the suites said that they were through. */
  ended(): boolean;
  close(): void;
}

async function listenForEvents(onEvent: (event: HostEvent) => void): Promise<Events> {
  const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
  let ended = false;
  const server = createServer((socket) => {
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = JSON.parse(line) as HostEvent;
        if (event.kind === 'end') ended = true;
        onEvent(event);
      }
    });
    socket.on('error', () => {
      socket.destroy();
    });
    socket.on('close', () => {
      close(undefined);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The event server has no port.');
  return {
    port: address.port,
    closed,
    ended: () => ended,
    close: () => {
      server.close();
    },
  };
}
