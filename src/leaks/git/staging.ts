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

/**
 * Takes a file out of the index and leaves it where it is, as `git rm --cached` does. The index alone is touched:
 * no filter that the repository names is started to compare the file.
 */
export async function removeFromIndex(repository: Repository, relativePath: string): Promise<void> {
  await repository.run(['update-index', '-z', '--force-remove', '--stdin'], { input: `${relativePath}\0` });
}

/** Makes the index hold what HEAD holds of a file, as `git restore --staged` does; a file that HEAD has not becomes untracked. */
export async function unstage(repository: Repository, relativePath: string): Promise<void> {
  const head = await repository.head();
  const entry = head.kind === 'unborn' ? undefined : await treeEntry(repository, relativePath);
  if (entry === undefined) {
    await removeFromIndex(repository, relativePath);
    return;
  }
  await repository.run(['update-index', '-z', '--index-info'], { input: `${entry.mode} ${entry.oid}\t${relativePath}\0` });
}

async function treeEntry(repository: Repository, relativePath: string): Promise<{ mode: string; oid: string } | undefined> {
  const { stdout } = await repository.run(['ls-tree', '-z', '--full-tree', 'HEAD', '--', relativePath]);
  const [, mode, oid] = /^(\d+) (?:blob|commit) ([0-9a-f]+)\t/.exec(stdout.toString()) ?? [];
  return mode === undefined || oid === undefined ? undefined : { mode, oid };
}

