/** The packaged extension: what it holds, and what it may hold. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'fflate';
import type { ArchivedFiles } from './archive.ts';
import { root } from './cache.mjs';

/** What the package may weigh, in bytes: people download it with each update. */
const MAX_PACKAGE_BYTES = 600 * 1024;
const SHOWN_ENTRIES = 10;

const expected: readonly RegExp[] = [
  /^dist\/(extension|leak-worker|sandbox|secretlint-rule-truework|truework-secrets)\.js$/,
  /^dist\/chunks\/[\w.-]+-[0-9A-Z]{8}\.js$/,
  /^dist\/THIRD-PARTY-NOTICES\.txt$/,
  /^media\/.+\.(svg|png|css|md)$/,
  /^l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^package(\.nls(\.[\w-]+)?)?\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
];

/** Where `npm run package` puts the package. */
export function vsixFile(): string {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return path.join(root, `${name}-${version}.vsix`);
}

/** The files that have no business in the package. */
export function unexpectedFiles(files: readonly string[]): string[] {
  return files.filter((file) => !expected.some((pattern) => pattern.test(file)));
}

/** What would go into the package now, by path with forward slashes. */
export function packagedFiles(): string[] {
  return vsce('ls', '--no-dependencies')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A line for each of the files that add most to a package, the largest first: its packed size and its path. */
export function largestEntries(files: ArchivedFiles): string[] {
  return Array.from(files, ([file, bytes]) => ({ file, size: deflateSync(bytes, { level: 9 }).length }))
    .sort((a, b) => b.size - a.size || (a.file < b.file ? -1 : 1))
    .slice(0, SHOWN_ENTRIES)
    .map(({ file, size }) => `${kilobytes(size).padStart(9)}  ${file}`);
}

/** @param size of a package in bytes */
export function faultsOfSize(size: number): string[] {
  return size <= MAX_PACKAGE_BYTES
    ? []
    : [`${kilobytes(size)}, of ${kilobytes(MAX_PACKAGE_BYTES)} that it may have (test/support/vsix.ts).`];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

/** Runs vsce, which never asks anything here, and returns what it printed; throws with its words when it fails. */
export function vsce(...args: readonly string[]): string {
  const run = spawnSync(process.execPath, [path.join(root, 'node_modules/@vscode/vsce/vsce'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`vsce ${args.join(' ')} failed:\n${run.stdout}${run.stderr}`);
  return run.stdout;
}
