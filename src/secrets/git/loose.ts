import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readRegularFile } from '../../files/regular-file.ts';

/** How far alternate object stores are followed, as git does. */
const MAX_DEPTH = 5;

/**
 * The IDs of the objects in files of their own. Git verifies what it reads from a pack, but not that such a file
 * contains the object that it is named after.
 */
export async function looseObjects(commonFolder: string): Promise<Set<string>> {
  const found = new Set<string>();
  let stores = [path.join(commonFolder, 'objects')];
  for (let depth = 0; depth <= MAX_DEPTH && stores.length > 0; depth++) {
    stores = (
      await Promise.all(
        stores.map(async (store) => {
          for (const name of await namesIn(store)) {
            if (/^[0-9a-f]{2}$/.test(name))
              for (const rest of await namesIn(path.join(store, name))) found.add(name + rest);
          }
          return alternates(store);
        }),
      )
    ).flat();
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function alternates(store: string): Promise<string[]> {
  const text = await readRegularFile(path.join(store, 'info', 'alternates')).catch(() => '');
  return text
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => path.resolve(store, line));
}
