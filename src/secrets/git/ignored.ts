import path from 'node:path';
import { assertRegular, type Repository } from './repository.ts';

/** The line that makes git ignore a file. */
export interface IgnoredBy {
  /** Relative to the repository's root for its own files, absolute for the user's global one. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly pattern: string;
}

/**
 * Which of these files git ignores, and why. A tracked file is never ignored, whatever pattern matches it.
 * @param relativePaths relative to the repository's root
 * @throws GitError; `failed` if a path is in a submodule or beyond a symbolic link, `unreadable` if a `.gitignore` is
 * not a regular file
 */
export async function ignoredBy(
  repository: Repository,
  relativePaths: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, IgnoredBy>> {
  const { root } = repository;
  if (relativePaths.length === 0 || root === undefined) return new Map();
  await assertRegular(ignoreFiles(root, relativePaths));
  const { stdout } = await repository.run(['check-ignore', '--stdin', '-z', '--verbose'], {
    // The only command that refuses --literal-pathspecs; after `./` no name is read as a pattern.
    literalPaths: false,
    input: relativePaths.map((name) => `./${name}\0`).join(''),
    signal,
    exitCodes: [0, 1],
  });
  const found = new Map<string, IgnoredBy>();
  const fields = stdout.toString().split('\0');
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [file = '', line, pattern = '', name = ''] = fields.slice(at, at + 4);
    // The last matching pattern may include the file again.
    if (!pattern.startsWith('!')) found.set(name.slice(2), { file, line: Number(line), pattern });
  }
  return found;
}

/** The `.gitignore` files that git reads for these paths. */
function ignoreFiles(root: string, relativePaths: readonly string[]): string[] {
  const folders = new Set<string>(['']);
  for (const name of relativePaths) {
    for (
      let end = name.lastIndexOf('/');
      end !== -1 && !folders.has(name.slice(0, end));
      end = name.lastIndexOf('/', end - 1)
    )
      folders.add(name.slice(0, end));
  }
  return [...folders].map((folder) => path.join(root, folder, '.gitignore'));
}
