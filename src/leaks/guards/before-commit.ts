import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../../ui/log.ts';
import { Disposable } from '../../ui/disposable.ts';
import { Debounce } from '../../ui/timers.ts';
import { scanBytes } from '../../secrets/detector/bytes.ts';
import type { Finding } from '../../secrets/detector/finding.ts';
import { indexUri } from '../diagnostics/locations.ts';
import { keyName } from '../diagnostics/sentences.ts';
import { severityOfLeak } from '../diagnostics/severity.ts';
import { type StagedFile, stagedFindings } from '../../secrets/git/staging.ts';
import { createLeak, type Leak } from '../model.ts';
import { isKnown } from '../../secrets/verdict.ts';
import { exclusionOf, hides } from '../exclusion.ts';
import { SECTION, type SettingsReader } from '../settings.ts';
import type { ClosedFiles } from '../sources/closed-files.ts';
import type { LeakStore } from '../store.ts';
import type { GitStatus } from '../verdicts/git-status.ts';
import type { RepositoryState } from '../verdicts/repositories.ts';
import { showWarning } from '../../ui/show.ts';

const SETTING = 'warnBeforeCommit';

/** Several files are staged at once, and verdicts follow: one warning covers them. */
const WARNING_DEBOUNCE_MS = 400;

/** Warns before a key is committed: one that is staged, or in the commit message. */
export class CommitGuard extends Disposable {
  readonly #store: LeakStore;
  readonly #settings: SettingsReader;
  readonly #files: ClosedFiles;
  readonly #gitStatus: GitStatus;
  readonly #log: Log;
  readonly #staged = new Map<RepositoryState, readonly Leak[]>();
  /** Leaks that a warning was shown for. One that leaves the index and comes back gets another warning. */
  #warned = new Set<string>();
  readonly #scheduleWarning = this._register(
    new Debounce(WARNING_DEBOUNCE_MS, () => {
      void this.#warn();
    }),
  );
  readonly #stamps = new WeakMap<RepositoryState, string>();
  readonly #scans = new Map<RepositoryState, AbortController>();

  constructor(deps: {
    readonly store: LeakStore;
    readonly settings: SettingsReader;
    readonly files: ClosedFiles;
    readonly check: GitStatus;
    readonly log: Log;
  }) {
    super();
    this.#store = deps.store;
    this.#settings = deps.settings;
    this.#files = deps.files;
    this.#gitStatus = deps.check;
    this.#log = deps.log;
    this._register(
      deps.check.onDidFindRepository((state) => {
        void this.#scanStaged(state);
      }),
    );
    this._register(
      deps.check.onDidChangeRepository((state) => {
        void this.#scanStaged(state);
      }),
    );
    this._register(
      deps.store.onDidChange((uris) => {
        if (uris.some(({ scheme }) => scheme === 'vscode-scm')) this.#scheduleWarning.schedule();
      }),
    );
    this._register({
      dispose: () => {
        for (const scan of this.#scans.values()) scan.abort();
      },
    });
  }

  /** The index can contain a key in a file that is not open, or that the file itself no longer contains. */
  async #scanStaged(state: RepositoryState): Promise<void> {
    const { repository } = state;
    const { root } = repository;
    if (root === undefined) return;
    // Change events also come for other files, and reading the index is expensive.
    const stamp = await stampOf([
      path.join(repository.gitFolder, 'index'),
      path.join(repository.gitFolder, 'HEAD'),
      path.join(repository.gitFolder, 'logs', 'HEAD'),
    ]);
    if (this.isDisposed() || this.#stamps.get(state) === stamp) return;
    this.#stamps.set(state, stamp);
    this.#scans.get(state)?.abort();
    const abort = new AbortController();
    this.#scans.set(state, abort);
    try {
      const staged: Leak[] = [];
      const files: string[] = [];
      const { allow } = this.#settings.for(vscode.Uri.file(root));
      for (const file of await stagedFindings(repository, {
        scan: (bytes) => scanBytes(bytes, { allow }).findings,
        signal: abort.signal,
      })) {
        if (file.findings.length === 0) continue;
        files.push(path.join(root, file.path));
        staged.push(...(await this.#stagedLeaks(root, file)));
      }
      if (this.#scans.get(state) !== abort) return;
      this.#staged.set(state, staged);
      this.#store.setGitLeaks(state.id, 'index', staged);
      this.#scheduleWarning.schedule();
      await this.#files.scanPaths(files);
    } catch (error) {
      this.#stamps.delete(state);
      if (!abort.signal.aborted) this.#log.error('The staged changes could not be scanned for keys', error);
    } finally {
      if (this.#scans.get(state) === abort) this.#scans.delete(state);
    }
  }

  /** The keys that the next commit adds: without those that the file already contains in HEAD. */
  async #stagedLeaks(root: string, { path: name, findings }: StagedFile<Finding>): Promise<Leak[]> {
    const file = vscode.Uri.file(path.join(root, name));
    const excluded = exclusionOf(file, this.#settings.for(file));
    const { byKey } = await this.#gitStatus.check(
      file,
      findings.map(({ keyHash }) => keyHash),
    );
    return findings.flatMap((finding): Leak[] => {
      const verdict = byKey.get(finding.keyHash);
      if (!isKnown(verdict) || !verdict.locations.includes('staged') || hides(excluded, finding.kind)) return [];
      const range = new vscode.Range(0, 0, 0, 0);
      return [createLeak({ uri: indexUri(file), range, finding, verdict, root, in: 'index' })];
    });
  }

  async #warn(): Promise<void> {
    const inMessages = this.#store.all().filter(({ uri }) => uri.scheme === 'vscode-scm');
    const leaks = new Map(
      [...inMessages, ...[...this.#staged.values()].flat()]
        .filter((leak) => leak.finding.suppressedBy === undefined && severityOfLeak(leak, this.#settings) !== undefined)
        .map((leak) => [leakId(leak), leak]),
    );
    const unwarned = [...leaks].filter(([id]) => !this.#warned.has(id)).map(([, leak]) => leak);
    this.#warned = new Set(leaks.keys());
    const [first] = unwarned;
    if (first === undefined || !this.#settings.for().warnBeforeCommit) return;
    const show = vscode.l10n.t('Show Leaked Keys');
    const never = vscode.l10n.t("Don't Show Again");
    const answer = await showWarning(warning(first, unwarned.length - 1), show, never);
    if (answer === show) await vscode.commands.executeCommand('truework.showLeakedKeys');
    if (answer === never)
      await vscode.workspace.getConfiguration(SECTION).update(SETTING, false, vscode.ConfigurationTarget.Global);
  }
}

/** @returns a text that changes when one of the files does */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => undefined);
      return found === undefined ? '' : `${found.mtimeNs} ${found.size} ${found.ino}`;
    }),
  );
  return stamps.join();
}

function leakId({ uri, finding }: Leak): string {
  return `${finding.keyHash} ${uri.toString()}`;
}

function warning(leak: Leak, more: number): string {
  const key = keyName(leak.finding);
  const file = path.posix.basename(leak.uri.path);
  const first =
    leak.uri.scheme === 'vscode-scm'
      ? vscode.l10n.t('{0} is in the commit message.', key)
      : vscode.l10n.t('{0} is staged in {1} and would be in the next commit.', key, file);
  if (more === 0) return first;
  const others =
    more === 1
      ? vscode.l10n.t('1 more key would be committed.')
      : vscode.l10n.t('{0} more keys would be committed.', more);
  return `${first} ${others}`;
}
