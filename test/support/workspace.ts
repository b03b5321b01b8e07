/** Workspaces for tests: made fresh for each run, gone afterwards. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './cache.mjs';
import { temporaryFolder } from './processes.ts';

/** File contents by path inside the folder. */
export type Files = Readonly<Record<string, string>>;

const demo = path.join(import.meta.dirname, 'demo');

/** A folder with these files, or with those of the demo: a small integration with Truework. Under git, all committed. */
export function createWorkspace(files?: Files): string {
  const folder = temporaryFolder('workspace');
  if (files === undefined) copyDemo(folder);
  else writeFiles(folder, files);
  commitAll(folder);
  return folder;
}

/** A workspace file over several such folders, by folder name; returns the path of the `.code-workspace` file. */
export function createMultiRootWorkspace(folders: Readonly<Record<string, Files>>): string {
  const parent = temporaryFolder('workspace');
  for (const [name, files] of Object.entries(folders)) {
    const folder = path.join(parent, name);
    writeFiles(folder, files);
    commitAll(folder);
  }
  const file = path.join(parent, 'truework.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: Object.keys(folders).map((name) => ({ path: name })) }));
  return file;
}

/** Copies the demo project's files into a folder. */
export function copyDemo(folder: string): void {
  cpSync(demo, folder, { recursive: true });
}

/** Copies the built extension, as it would be installed, into a folder. */
export function copyExtension(folder: string): void {
  for (const name of ['dist', 'media', 'l10n', ...globSync('package*.json', { cwd: root })])
    if (existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
}

/** Writes files into a folder, with the folders they lie in. */
export function writeFiles(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Makes the folder a git repository with one commit of everything in it; false when this machine has no git. */
export function commitAll(folder: string): boolean {
  return (
    git(folder, 'init', '--quiet', '--initial-branch=main') &&
    git(folder, 'add', '--all') &&
    git(folder, 'commit', '--quiet', '--no-gpg-sign', '--no-verify', '--message=Start')
  );
}

/** Runs git in a folder, unmoved by the settings of whoever runs the tests; false when it fails. */
export function git(folder: string, ...args: readonly string[]): boolean {
  const nowhere = process.platform === 'win32' ? 'NUL' : '/dev/null';
  const run = spawnSync('git', args, {
    cwd: folder,
    stdio: 'ignore',
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: nowhere,
      GIT_CONFIG_SYSTEM: nowhere,
      GIT_AUTHOR_NAME: 'Demo',
      GIT_AUTHOR_EMAIL: 'demo@example.com',
      GIT_COMMITTER_NAME: 'Demo',
      GIT_COMMITTER_EMAIL: 'demo@example.com',
    },
  });
  return run.status === 0;
}
