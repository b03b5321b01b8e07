import { readdirSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { excludeMatcher } from './exclude.ts';

/**
 * Lists the files below a folder. Symbolic links are listed, not followed. `.git` and folders that cannot be read are
 * skipped.
 *
 * @param exclude Glob patterns relative to the folder, of files and folders to skip; see {@link excludeMatcher}.
 */
export function* walk(folder: string, exclude: readonly string[] = []): Generator<string> {
  const isExcluded = excludeMatcher(exclude);
  const open = [''];
  for (let relative = open.pop(); relative !== undefined; relative = open.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(path.join(folder, relative), { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (entry.name === '.git') continue;
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (isExcluded(name)) continue;
      if (entry.isDirectory()) open.push(name);
      else if (entry.isFile() || entry.isSymbolicLink()) yield path.join(folder, name);
    }
  }
}
