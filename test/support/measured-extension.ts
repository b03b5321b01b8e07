/** The built extension behind an entry of a benchmark's own, which can look at the clock on the way in. */
import { spawnSync } from 'node:child_process';
import { readFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './cache.mjs';
import { temporaryFolder } from './processes.ts';
import { copyExtension } from './workspace.ts';

/** Builds dist/ as it is packaged. */
export function buildForUsers(): void {
  const built = spawnSync(process.execPath, ['esbuild.config.mjs', '--production'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('The build failed.');
}

/** What an entry has noted so far: a file with a line of JSON for each note. */
export function readNotes<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/**
 * A copy of what is packaged, in a temporary folder.
 * @param entry an ES module that exports `activate`; the extension's own entry lies at `./dist/extension.js` from there
 */
export function measuredExtension(entry: string): string {
  const folder = temporaryFolder('bench');
  copyExtension(folder);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, main: './start.js' }));
  writeFileSync(path.join(folder, 'start.js'), entry);
  return folder;
}
