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
 * Lists the files of the work tree with git, one class after the other, and yields names while git is still listing. A
 * tracked file may be missing on disk. A submodule is listed like a file; its own files are not listed.
 * @param onOddName called with the label of each name that leads out of the work tree or into git's own folder
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
      for await (const paths of splitNames(listing.stdout)) {
        const files: ListedFile[] = [];
        for (const path of paths) {
          // A conflicted file is listed once for each side.
          if (path !== last) {
            // The name of a nested repository ends with a slash.
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

/** No file system supports longer names. */
const MAX_NAME_LENGTH = 64 * 1024;

async function* splitNames(stdout: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stdout) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\0');
    rest = (parts.pop() ?? '').slice(0, MAX_NAME_LENGTH);
    yield parts;
  }
}
