import path from 'node:path';
import { scanBytes, type ByteScan } from '../detector/bytes.ts';
import { isReported } from '../detector/finding.ts';
import { GitError } from '../git/error.ts';
import { listFiles } from '../git/files.ts';
import { scanHistory, type HistoryHit, type Incomplete } from '../git/history.ts';
import { discoverRepository, type Repository } from '../git/repository.ts';
import { stagedFindings } from '../git/staging.ts';
import { FileReader } from '../scan/file-reader.ts';
import type { PlacedFinding } from '../scan/files.ts';
import { placed } from '../scan/positions.ts';
import { walk } from '../scan/walk.ts';
import type { Scope } from './arguments.ts';
import { toLeak, maskKeys, type ReportedKey, type ScanReport } from './report.ts';
import { readRuleSettings, type RuleSettings } from './rule-options.ts';

interface CliContext {
  readonly folder: string;
  /** The index that git names to a hook when only a part is committed. */
  readonly indexFile?: string | undefined;
}

/**
 * @throws GitError if there is no repository or git fails; UsageError if the configuration is invalid
 */
export async function scanScope(scope: Scope, paths: readonly string[], context: CliContext): Promise<ScanReport> {
  const repository = await findRepository(scope, context);
  try {
    const root = repository?.root ?? context.folder;
    const settings = await readRuleSettings(root);
    const wanted = pathFilter(root, paths, context.folder);
    if (!repository) return { scope, ...scanWalked(root, settings, wanted) };
    if (scope === 'staged') return { scope, ...(await scanStaged(repository, settings, wanted)) };
    if (scope === 'all') return { scope, ...(await scanWorkTree(repository, root, settings, wanted)) };
    return { scope, ...(await scanCommits(repository, settings, wanted)) };
  } finally {
    repository?.close();
  }
}

async function findRepository(scope: Scope, { folder, indexFile }: CliContext): Promise<Repository | undefined> {
  try {
    return (await discoverRepository(folder, { indexFile })).repository;
  } catch (error) {
    const isOptional =
      scope === 'all' && error instanceof GitError && (error.code === 'not-a-repository' || error.code === 'not-found');
    if (isOptional) return undefined;
    throw error;
  }
}

type ScanOutcome = Pick<ScanReport, 'leaks' | 'notes' | 'incomplete'>;
type PathFilter = (relativePath: string) => boolean;

function pathFilter(root: string, paths: readonly string[], folder: string): PathFilter {
  if (paths.length === 0) return () => true;
  const wanted = paths.map((each) => path.relative(root, path.resolve(folder, each)).split(path.sep).join('/'));
  return (relativePath) =>
    wanted.some((each) => each === '' || relativePath === each || relativePath.startsWith(`${each}/`));
}

function toReported(scan: ByteScan, settings: RuleSettings): PlacedFinding[] {
  return placed(
    scan.text,
    scan.findings.filter((finding) => settings.shouldReport(scan.text, finding)),
  );
}

async function scanStaged(repository: Repository, settings: RuleSettings, wanted: PathFilter): Promise<ScanOutcome> {
  const notes: string[] = [];
  let incomplete = false;
  const scan = (bytes: Uint8Array) => {
    const result = scanBytes(bytes, settings);
    return toReported(result, settings).map((finding) => ({
      ...finding,
      isBinary: result.encoding === 'binary',
      capped: result.capped,
    }));
  };
  const leaks: ReportedKey[] = [];
  for (const file of await stagedFindings(repository, { scan })) {
    if (!wanted(file.path)) continue;
    if (file.unread !== undefined) {
      incomplete = true;
      notes.push(`${maskKeys(file.path)} ${UNREAD[file.unread]} and was not scanned.`);
    }
    if (file.findings[0]?.capped) notes.push(cappedNote(file.path));
    leaks.push(...file.findings.map((finding) => toLeak(file.path, finding, finding.isBinary)));
  }
  return { leaks, notes, incomplete };
}

const UNREAD = {
  'too-large': 'is too large to be read from the index',
  unreadable: 'could not be read from the index',
} as const;

async function scanWorkTree(
  repository: Repository,
  root: string,
  settings: RuleSettings,
  wanted: PathFilter,
): Promise<ScanOutcome> {
  const scan = new ScopeScan(root, settings);
  const listing = listFiles(repository, ['tracked', 'untracked'], undefined, (label) => {
    scan.notes.push(`${maskKeys(label)} is in the index under a name that no file can have and was not scanned.`);
  });
  for await (const files of listing) for (const file of files) if (wanted(file.path)) scan.read(file.path);
  return scan;
}

function scanWalked(root: string, settings: RuleSettings, wanted: PathFilter): ScanOutcome {
  const scan = new ScopeScan(root, settings);
  for (const file of walk(root)) {
    const relativePath = path.relative(root, file).split(path.sep).join('/');
    if (wanted(relativePath)) scan.read(relativePath);
  }
  return scan;
}

/** Scans files on disk, one after the other. Follows no links: a target inside the folder is listed itself. */
class ScopeScan implements ScanOutcome {
  readonly leaks: ReportedKey[] = [];
  readonly notes: string[] = [];
  incomplete = false;
  readonly #root: string;
  readonly #reader: FileReader;

  constructor(root: string, settings: RuleSettings) {
    this.#root = root;
    this.#reader = new FileReader({ allow: settings.allow, shouldReport: settings.shouldReport });
  }

  read(relativePath: string): void {
    try {
      const outcome = this.#reader.read(path.join(this.#root, relativePath));
      if (outcome.kind === 'no-file')
        this.notes.push(`${maskKeys(relativePath)} is not a regular file and was not scanned.`);
      if (outcome.kind !== 'read' || !outcome.scan) return;
      const { findings, encoding, capped } = outcome.scan;
      if (capped) this.notes.push(cappedNote(relativePath));
      this.leaks.push(...findings.map((finding) => toLeak(relativePath, finding, encoding === 'binary')));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return;
      this.notes.push(`${maskKeys(relativePath)} could not be read (${code ?? 'unknown error'}).`);
      this.incomplete = true;
    }
  }
}

function cappedNote(relativePath: string): string {
  return `${maskKeys(relativePath)} contains more keys than are listed.`;
}

const INCOMPLETE: Record<Incomplete, string> = {
  shallow: 'This is a shallow clone: earlier commits are not here and were not scanned.',
  'partial-clone': 'This is a partial clone: objects that are not here were not fetched and not scanned.',
  'objects-unreadable':
    'Some objects of the repository are missing or damaged and could not be read. Run "git fsck" to see which.',
  'objects-too-large': 'Some objects of the history are too large to be read and were not scanned.',
  'history-not-scanned': 'The history was not scanned completely.',
};

async function scanCommits(repository: Repository, settings: RuleSettings, wanted: PathFilter): Promise<ScanOutcome> {
  const scanBlob = (bytes: Uint8Array) => {
    const result = scanBytes(bytes, settings);
    return toReported(result, settings)
      .filter(isReported)
      .map((finding) => ({ finding, isBinary: result.encoding === 'binary' }));
  };
  const history = await scanHistory(repository, { scan: (bytes) => scanBlob(bytes).map(({ finding }) => finding) });
  const leaks: ReportedKey[] = [];
  let unreachable = 0;
  for (const hit of history.hits.values()) {
    // If commits cannot be read, a key cannot be assigned to one, nor said to be in none.
    if (hit.introductions.length === 0 && history.unreadable > 0)
      leaks.push(unplaced(`object ${hit.blobs[0] ?? ''}`, hit));
    else if (hit.introductions.length === 0) unreachable++;
    for (const { blob, path: relativePath, commit, authorDate, authorName } of hit.introductions) {
      if (!wanted(relativePath)) continue;
      const { content } = await repository.required(blob);
      const again = content && scanBlob(content).find(({ finding }) => finding.keyHash === hit.keyHash);
      const leak = again ? toLeak(relativePath, again.finding, again.isBinary) : unplaced(relativePath, hit);
      leaks.push({ ...leak, commit: { commit, authorDate, authorName, pushed: hit.pushed } });
    }
  }
  const notes = history.incompleteBecause === undefined ? [] : [INCOMPLETE[history.incompleteBecause]];
  if (unreachable > 0)
    notes.push(
      `${unreachable} more ${unreachable === 1 ? 'key is' : 'keys are'} in objects that no commit reaches, such as files that were staged once. git gc removes them eventually.`,
    );
  return {
    leaks,
    notes,
    incomplete: history.incompleteBecause !== undefined && history.incompleteBecause !== 'shallow',
  };
}

function unplaced(relativePath: string, { kind, masked, keyHash }: HistoryHit): ReportedKey {
  return { path: maskKeys(relativePath), kind, masked, keyHash, encoding: 'plain' };
}
