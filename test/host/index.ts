/**
 * What the extension host runs instead of a test framework's own program: it loads the suites that were bundled next
 * to it into mocha and reports each result, at once, to the runner that started the editor.
 */
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import type { HostEvent, HostRun } from '../support/host-protocol.ts';
import { sessionOf, sessions } from '../support/sessions.ts';

/** Called by VS Code (`extensionTestsPath`); rejects when a test failed. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const given = process.env['TRUEWORK_HOST_RUN'];
  const wanted = given === undefined ? undefined : (JSON.parse(given) as HostRun);
  const socket = wanted === undefined ? undefined : await connected(wanted.port);
  try {
    const mocha = new Mocha({
      ui: 'bdd',
      timeout: 20_000,
      reporter: socket === undefined ? 'spec' : reporterTo(socket),
      ...(wanted?.grep === undefined ? {} : { grep: new RegExp(wanted.grep, 'i') }),
    });
    // Not mocha's own loadFilesAsync: it tries require() first, which hangs in the extension host of VS Code 1.105.
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
    // Before any suite replaces parts of the API, which the extension would then use to register its commands.
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
    for (const file of wanted?.files ?? allSuites())
      await import(pathToFileURL(path.join(import.meta.dirname, file)).href);
    const failures = await new Promise<number>((resolve) => {
      mocha.run(resolve);
    });
    if (failures > 0) throw new Error(`${failures} of the tests in the editor host failed.`);
  } catch (error) {
    if (socket !== undefined)
      send(socket, { kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    throw error;
  } finally {
    if (socket !== undefined) {
      send(socket, { kind: 'end' });
      await new Promise<void>((resolve) => {
        socket.end(resolve);
      });
    }
  }
}

/** Every suite for a trusted folder: what a start from the editor's debugger runs. */
function allSuites(): string[] {
  return readdirSync(path.join(import.meta.dirname, 'host'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js') && sessionOf(file) === sessions[0])
    .map((file) => path.join('host', file));
}

/** Mocha makes its reporter itself, with `new`. */
function reporterTo(socket: Socket): Mocha.ReporterConstructor {
  return class extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner) {
      super(runner);
      runner.on('test', (test) => {
        send(socket, { kind: 'started', title: test.titlePath() });
      });
      runner.on('pass', (test) => {
        send(socket, { kind: 'passed', title: test.titlePath(), milliseconds: test.duration ?? 0 });
      });
      runner.on('pending', (test) => {
        send(socket, { kind: 'skipped', title: test.titlePath() });
      });
      runner.on('fail', (test, error: unknown) => {
        send(socket, {
          kind: 'failed',
          title: test.titlePath(),
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      });
    }
  };
}

function send(socket: Socket, event: HostEvent): void {
  if (socket.writable) socket.write(`${JSON.stringify(event)}\n`);
}

async function connected(port: number): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
