/** Real git repositories in temporary folders, for the tests beside this file. */
import { type SpawnOptionsWithoutStdio, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scanBytes } from '../../../../src/secrets/detector/bytes.ts';
import { type ListedFile, listFiles } from '../../../../src/secrets/git/files.ts';
import type { ScanBytes } from '../../../../src/secrets/git/scan-bytes.ts';
import {
  type Discovered,
  discoverRepository,
  type DiscoverOptions,
  type Repository,
} from '../../../../src/secrets/git/repository.ts';
import { type History, scanHistory, type ScanHistoryOptions } from '../../../../src/secrets/git/history.ts';
import { verdictsOf } from '../../../../src/secrets/git/verdict.ts';
import type { UnknownVerdict, Verdict } from '../../../../src/secrets/verdict.ts';
import { key as keyOf } from '../../../support/keys.ts';

// The settings of the developer must not affect the tests.
process.env['GIT_CONFIG_GLOBAL'] = path.join(os.tmpdir(), 'no-such-gitconfig');
process.env['GIT_CONFIG_NOSYSTEM'] = '1';

const made: string[] = [];
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'truework-git-')));
  made.push(folder);
  return folder;
}

/** Keys that were written to files; none may be on a command line. */
const keys = new Set<string>();

/** A different key for each name. */
export function key(name: string, kind: 'production' | 'sandbox' = 'production'): string {
  const text = keyOf(name, kind);
  keys.add(text);
  return text;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const scan: ScanBytes = (bytes) => scanBytes(bytes).findings;

/** Command lines of every git that the code under test started. */
export const commandLines: string[][] = [];

export function recordingSpawn(file: string, args: readonly string[], options: SpawnOptionsWithoutStdio) {
  commandLines.push([file, ...args]);
  if ([file, ...args].some((arg) => [...keys].some((each) => arg.includes(each.slice(0, 12))))) {
    throw new Error('A key was put on a command line.');
  }
  return spawn(file, args, options);
}

/** All files of the work tree. */
export async function listed(repository: Repository): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for await (const listed of listFiles(repository, ['tracked', 'untracked', 'ignored'])) files.push(...listed);
  return files;
}

/** A verdict that is not unknown. */
export function certain(verdict: Verdict | UnknownVerdict | undefined): Verdict {
  if (verdict === undefined || verdict.location === 'unknown')
    throw new Error(`There is no verdict: ${verdict?.reason ?? 'not asked'}.`);
  return verdict;
}

/** A repository in which git runs as for a developer. */
export class Workbench {
  readonly folder: string;
  #clock = 1_700_000_000;

  /** @param folder an existing repository, such as a clone */
  constructor(folder: string) {
    this.folder = folder;
  }

  static init(...args: string[]): Workbench {
    const bench = new Workbench(temporaryFolder());
    bench.git('init', '--quiet', '--initial-branch=main', ...args);
    return bench;
  }

  static clone(from: string, ...args: string[]): Workbench {
    const folder = path.join(temporaryFolder(), 'clone');
    run(path.dirname(folder), ['clone', '--quiet', ...args, from, folder]);
    return new Workbench(folder);
  }

  git(...args: string[]): string {
    // Commits a minute apart, so that their order is certain.
    this.#clock += 60;
    const date = `${this.#clock} +0200`;
    return run(this.folder, args, { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, text: string | Buffer): this {
    mkdirSync(path.dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
    return this;
  }

  /** @returns the commit's ID */
  commit(files: Record<string, string | Buffer> = {}): string {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message=a change');
    return this.git('rev-parse', 'HEAD');
  }

  discover(name: string, options: DiscoverOptions = {}): Promise<Discovered> {
    return discoverRepository(this.file(name), { spawn: recordingSpawn, ...options });
  }

  async scanHistory(options: Partial<ScanHistoryOptions> = {}, discover: DiscoverOptions = {}): Promise<History> {
    const { repository } = await this.discover('.', discover);
    using open = repository;
    return await scanHistory(open, { scan, ...options });
  }

  /** The verdict on one key of one file, with a newly scanned history by default. */
  async verdict(name: string, text: string, options: { history?: boolean } = {}): Promise<Verdict> {
    const { repository, relativePath } = await this.discover(name);
    using open = repository;
    const history = options.history === false ? undefined : await scanHistory(open, { scan });
    const verdict = (await verdictsOf(open, relativePath, [hashOf(text)], { scan, history })).get(hashOf(text));
    return certain(verdict);
  }
}

function run(cwd: string, args: readonly string[], env: Record<string, string> = {}): string {
  const result = spawnSync('git', ['-c', 'protocol.file.allow=always', '-c', 'commit.gpgSign=false', ...args], {
    cwd,
    encoding: 'utf8',
    // Plain git may hang in a trap.
    timeout: 20_000,
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      ...env,
    },
  });
  if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}
