// What the tests and `npm start` fetch once and keep: everything lies in .cache/, which git ignores.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const cacheRoot = path.join(root, '.cache');

/**
 * The folder `.cache/NAME`, filled by `fill(folder)` on first use. A fill that fails or is interrupted leaves nothing
 * behind: it works in a folder of its own, which takes the final name only when it is complete.
 */
export async function cached(name, fill) {
  const folder = path.join(cacheRoot, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheRoot, { recursive: true });
  sweep();
  const unfinished = mkdtempSync(path.join(cacheRoot, `.unfinished-${name}-`));
  const discard = () => {
    rmSync(unfinished, { recursive: true, force: true });
  };
  process.once('exit', discard);
  try {
    await fill(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    // Another run may have been quicker; its folder is as good as ours.
    if (!existsSync(folder)) throw error;
  } finally {
    discard();
    process.off('exit', discard);
  }
  return folder;
}

/** Removes what a killed run left half done. An hour is far longer than any fill takes, so no other run is using it. */
function sweep() {
  for (const name of readdirSync(cacheRoot)) {
    const folder = path.join(cacheRoot, name);
    if (name.startsWith('.unfinished-') && statSync(folder).mtimeMs < Date.now() - 3_600_000)
      rmSync(folder, { recursive: true, force: true });
  }
}
