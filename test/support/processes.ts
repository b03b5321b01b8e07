/**
 * Child processes and temporary folders that never outlive the program that made them, however it ends (short of
 * SIGKILL). Each process leads a group of its own, so that what it starts goes with it.
 */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const windows = process.platform === 'win32';
const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** Starts a process in a group of its own; see {@link stopGroup}. */
export function spawnGroup(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, args, { ...options, detached: !windows });
  running.add(child);
  child.once('error', () => running.delete(child));
  // At once, not when we end: by then its number may be that of somebody else's group.
  child.once('exit', () => {
    signalGroup(child, 'SIGKILL');
    running.delete(child);
  });
  return child;
}

/** Ends a process and everything it started: politely first, after four seconds by force. */
export async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    signalGroup(child, 'SIGTERM');
    await Promise.race([exited, sleep(4_000, undefined, { ref: false })]);
    if (running.has(child)) signalGroup(child, 'SIGKILL');
    await exited;
  }
}

/** A fresh folder below the system's temporary folder, removed when this program ends. */
export function temporaryFolder(name: string): string {
  // The real path: VS Code compares paths, and the temporary folder is a symbolic link on macOS.
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), `truework-${name}-`)));
  folders.add(folder);
  return folder;
}

/**
 * How a program of ours ends: with `code` when it is interrupted (130 is what a shell expects), and with the message
 * alone of an error that nobody handled.
 */
export function endCleanly(code = 130): void {
  process.on('uncaughtException', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  // Not once(): Ctrl-C reaches us twice, from the terminal and from npm, and the second must not end us by default.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(code));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (windows) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group is gone already.
  }
}

process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
