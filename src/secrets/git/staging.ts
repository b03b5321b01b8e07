import { isUnreadable } from './error.ts';
import { labelOf } from './paths.ts';
import { PLAIN_DIFF } from './process.ts';
import type { Repository } from './repository.ts';
import type { ScannedKey } from './scan-bytes.ts';

export interface StagedFile<Found extends ScannedKey> {
  /** Relative to the repository's root. A name that would lead out of it is escaped; see `labelOf`. */
  readonly path: string;
  readonly findings: readonly Found[];
  /** The content in the next commit; left out if it was not read. */
  readonly content?: Buffer;
  /** Why it was not read. */
  readonly unread?: 'too-large' | 'unreadable';
}

/**
 * Finds the files that are staged with a key. The working tree does not matter. A file that cannot be read, or is too
 * large, is listed without findings and content.
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
  /** Blobs: one, or one for each side of an unresolved conflict. */
  readonly oids: readonly string[];
}

const SUBMODULE = '160000';

/** Lists the files that the next commit adds or changes; on a branch without commits, the whole index. */
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
  // ":mode mode oid oid status", then the path; for a conflict, it gives no blobs.
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

/** Removes a file from the index but not from disk, like `git rm --cached`. */
export async function removeFromIndex(repository: Repository, relativePath: string): Promise<void> {
  await updateIndex(repository, ['--force-remove', '--stdin'], `${relativePath}\0`);
}

/**
 * Resets a file in the index to HEAD, like `git restore --staged`. A file that HEAD does not contain becomes untracked.
 */
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
 * While it writes the index, git compares files that changed at about the same time, and runs the filters that the
 * repository configures for them. Without filters it compares the plain files; at worst the next git compares one
 * again.
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
