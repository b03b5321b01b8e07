import { isUnreadable } from './error.ts';
import { labelOf } from './paths.ts';
import { PLAIN_DIFF } from './process.ts';
import type { Repository } from './repository.ts';
import type { ScannedKey } from './scan-bytes.ts';

export interface StagedFile<Found extends ScannedKey> {
  /** Relative to the repository's root. A name that would lead out of it leads nowhere here; see `labelOf`. */
  readonly path: string;
  readonly findings: readonly Found[];
  /** What the next commit holds; missing when it was not read. */
  readonly content?: Buffer;
  /** Why it was not read. */
  readonly unread?: 'too-large' | 'unreadable';
}

/**
 * The files whose next commit brings in a key, as they are in the index: what the working tree holds does not
 * matter. A file that cannot be read, or is too large to be, is listed too, with no findings and no content.
 */
export async function stagedFindings<Found extends ScannedKey>(
  repository: Repository,
  options: { readonly scan: (bytes: Uint8Array) => readonly Found[]; readonly signal?: AbortSignal | undefined },
): Promise<StagedFile<Found>[]> {
  const found: StagedFile<Found>[] = [];
  for (const { path, oids } of await stagedFiles(repository, options.signal)) {
    const label = labelOf(path);
    for (const oid of oids) {
      try {
        const { content } = await repository.required(oid, options.signal);
        const findings = content === undefined ? [] : options.scan(content);
        if (content === undefined) found.push({ path: label, findings: [], unread: 'too-large' });
        else if (findings.length > 0) found.push({ path: label, findings, content });
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        found.push({ path: label, findings: [], unread: 'unreadable' });
      }
    }
  }
  return found;
}

interface Staged {
  readonly path: string;
  /** Blobs: one, or while a conflict is unresolved one for each side. */
  readonly oids: readonly string[];
}

const SUBMODULE = '160000';

/** Files that the next commit adds or changes; on a branch without commits, all of the index. */
export async function stagedFiles(repository: Repository, signal?: AbortSignal): Promise<Staged[]> {
  const options = { signal, maxBytes: 256 * 1024 * 1024 };
  const { stdout } = await repository.run(
    [
      'diff',
      '--cached',
      '--raw',
      '--no-abbrev',
      '-z',
      '--diff-filter=ACMRTU',
      '--ignore-submodules=dirty',
      ...PLAIN_DIFF,
    ],
    options,
  );
  const staged = new Map<string, string[]>();
  let conflicts = false;
  // ":mode mode oid oid status", then the path; both sides of the conflict say that there is one, not what it is.
  const fields = stdout.toString().split('\0');
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode, , oid = '', status] = (fields[at] ?? '').split(' ');
    const path = fields[at + 1] ?? '';
    if (status === 'U') conflicts = true;
    else if (mode !== SUBMODULE) staged.set(path, [oid]);
  }
  if (conflicts) {
    const { stdout: sides } = await repository.run(['ls-files', '--unmerged', '-z'], options);
    for (const entry of sides.toString().split('\0')) {
      const [, mode, oid = '', path = ''] = /^(\d+) ([0-9a-f]+) \d\t(.*)$/s.exec(entry) ?? [];
      if (mode !== undefined && mode !== SUBMODULE) staged.set(path, [...(staged.get(path) ?? []), oid]);
    }
  }
  return [...staged].map(([path, oids]) => ({ path, oids }));
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

async function treeEntry(
  repository: Repository,
  relativePath: string,
): Promise<{ mode: string; oid: string } | undefined> {
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
  const { stdout } = await repository.run(
    ['config', '--null', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$'],
    { exitCodes: [0, 1] },
  );
  const names = stdout
    .toString()
    .split('\0')
    .filter((name) => name !== '');
  const config = Object.fromEntries(names.map((name) => [name, name.endsWith('.required') ? 'false' : '']));
  await repository.run(['update-index', '-z', ...args], { input, config });
}
