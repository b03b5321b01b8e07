import { PLAIN_DIFF } from './process.ts';
import type { Repository } from './repository.ts';
import type { ScannedKey } from './scan-bytes.ts';

export interface StagedFile<Found extends ScannedKey> {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly findings: readonly Found[];
  /** What the next commit holds; missing when it is larger than is read. */
  readonly content?: Buffer;
}

/**
 * The files whose next commit brings in a key, as they are in the index: what the working tree holds does not
 * matter. A file too large to be read is listed too, with no findings and no content.
 */
export async function stagedFindings<Found extends ScannedKey>(
  repository: Repository,
  options: { readonly scan: (bytes: Uint8Array) => readonly Found[]; readonly signal?: AbortSignal | undefined },
): Promise<StagedFile<Found>[]> {
  const found: StagedFile<Found>[] = [];
  for (const path of await stagedFiles(repository, options.signal)) {
    for (const object of await repository.indexed(path)) {
      if (object.type !== 'blob') continue;
      if (object.content === undefined) {
        found.push({ path, findings: [] });
        continue;
      }
      const findings = options.scan(object.content);
      if (findings.length > 0) found.push({ path, findings, content: object.content });
    }
  }
  return found;
}

/** Files that the next commit adds or changes; on a branch without commits, all of the index. */
export async function stagedFiles(repository: Repository, signal?: AbortSignal): Promise<string[]> {
  const { stdout } = await repository.run(
    ['diff', '--cached', '--name-only', '-z', '--diff-filter=ACMRTU', '--ignore-submodules=dirty', ...PLAIN_DIFF],
    { signal, maxBytes: 256 * 1024 * 1024 },
  );
  return [...new Set(stdout.toString().split('\0').filter((path) => path !== ''))];
}

/** Takes a file out of the index and leaves it where it is, as `git rm --cached` does. */
export async function removeFromIndex(repository: Repository, relativePath: string): Promise<void> {
  await updateIndex(repository, ['--force-remove', '--stdin'], `${relativePath}\0`);
}

/** Makes the index hold what HEAD holds of a file, as `git restore --staged` does; a file that HEAD has not becomes untracked. */
export async function unstage(repository: Repository, relativePath: string): Promise<void> {
  const head = await repository.head();
  const entry = head.kind === 'unborn' ? undefined : await treeEntry(repository, relativePath);
  if (entry === undefined) {
    await removeFromIndex(repository, relativePath);
    return;
  }
  await updateIndex(repository, ['--index-info'], `${entry.mode} ${entry.oid}\t${relativePath}\0`);
}

async function treeEntry(repository: Repository, relativePath: string): Promise<{ mode: string; oid: string } | undefined> {
  const { stdout } = await repository.run(['ls-tree', '-z', '--full-tree', 'HEAD', '--', relativePath]);
  const [, mode, oid] = /^(\d+) (?:blob|commit) ([0-9a-f]+)\t/.exec(stdout.toString()) ?? [];
  return mode === undefined || oid === undefined ? undefined : { mode, oid };
}


/**
 * While it writes the index, git compares files that changed at about the same time, and starts the filters that
 * the repository names for them. Without the filters it compares the plain files: at worst a file is compared
 * again by the next git.
 */
async function updateIndex(repository: Repository, args: readonly string[], input: string): Promise<void> {
  const { stdout } = await repository.run(['config', '--null', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$'], { exitCodes: [0, 1] });
  const names = stdout.toString().split('\0').filter((name) => name !== '');
  const config = Object.fromEntries(names.map((name) => [name, name.endsWith('.required') ? 'false' : '']));
  await repository.run(['update-index', '-z', ...args], { input, config });
}
