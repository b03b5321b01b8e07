import { isInWorkTree, labelOf } from './paths.ts';
import type { Repository } from './repository.ts';

export type FileClass = 'tracked' | 'untracked' | 'ignored';

export interface ListedFile {
  /** Relative to the repository's root, with slashes. */
  readonly path: string;
  readonly class: FileClass;
}

const ARGS: Record<FileClass, readonly string[]> = {
  tracked: ['--cached'],
  untracked: ['--others', '--exclude-standard'],
  ignored: ['--others', '--ignored', '--exclude-standard'],
};

/**
 * The files of the work tree, as git lists them, one class after the other. Names come while git is still
 * listing, as many at a time as arrive. A tracked file may be missing from the disk; a submodule is listed as if it were a file, its own files are not.
 * @param onOddName gets the label of each name that leads out of the work tree or into git's own folder: it is that of no file here
 * @throws GitError
 */
export async function* listFiles(
  repository: Repository,
  classes: readonly FileClass[],
  signal?: AbortSignal,
  onOddName: (label: string) => void = () => undefined,
): AsyncGenerator<readonly ListedFile[]> {
  if (repository.bare) return;
  for (const each of classes) {
    const listing = repository.stream(['ls-files', '-z', '--full-name', ...ARGS[each]], { signal });
    listing.stdin.end();
    try {
      let last = '';
      for await (const paths of names(listing.stdout)) {
        const files: ListedFile[] = [];
        for (const path of paths) {
          // A file in conflict is listed once for each side.
          if (path !== last) {
            // A repository within the repository ends with a slash.
            if (isInWorkTree(path.endsWith('/') ? path.slice(0, -1) : path)) files.push({ path, class: each });
            else onOddName(labelOf(path));
          }
          last = path;
        }
        yield files;
      }
      await listing.done;
    } catch (error) {
      await listing.done;
      throw error;
    } finally {
      listing.kill();
    }
  }
}

/** No name that a file system takes is longer. */
const MAX_NAME_LENGTH = 64 * 1024;

async function* names(stdout: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stdout) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\0');
    rest = (parts.pop() ?? '').slice(0, MAX_NAME_LENGTH);
    yield parts;
  }
}
