/** The packaged extension: what it holds, and what it may hold. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './cache.mjs';

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

/** Runs vsce, which never asks anything here, and returns what it printed; throws with its words when it fails. */
export function vsce(...args: readonly string[]): string {
  const run = spawnSync(process.execPath, [path.join(root, 'node_modules/@vscode/vsce/vsce'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`vsce ${args.join(' ')} failed:\n${run.stdout}${run.stderr}`);
  return run.stdout;
}
