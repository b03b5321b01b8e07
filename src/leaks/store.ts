import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import type { Finding } from '../secrets/detector/finding.ts';
import type { UnknownVerdict, Verdict } from '../secrets/verdict.ts';
import { createLeak, type Leak, type LeakContainer, type Leaks } from './model.ts';

/** A finding and its range in a document. */
export interface LocatedFinding {
  readonly range: vscode.Range;
  readonly finding: Finding;
}

export interface Verdicts {
  readonly byKey: ReadonlyMap<string, Verdict | UnknownVerdict>;
  /** The root of the document's work tree, if it has one. */
  readonly root?: string | undefined;
}

/** Where the findings of a document come from. Those in the text of an open document replace those in its file. */
type FindingSource = 'buffer' | 'file' | 'output';

/** What the store calls while detection runs. */
interface Engine {
  readonly git: { check(uri: vscode.Uri, keyHashes: readonly string[]): Promise<Verdicts> };
  readonly scanner: { refresh(uris: readonly vscode.Uri[] | undefined): Promise<void> };
}

interface DocumentEntry {
  readonly uri: vscode.Uri;
  readonly findings: Map<FindingSource, readonly LocatedFinding[]>;
  verdicts: Verdicts;
  /** Counts changes: verdicts on an earlier version are dropped. */
  version: number;
  leaks: readonly Leak[] | undefined;
}

/** All known leaks, by document. Findings contain hashes and masked keys, never a key. */
export class LeakStore extends Disposable implements Leaks {
  readonly #changed = this._register(new vscode.EventEmitter<readonly vscode.Uri[]>());
  readonly onDidChange = this.#changed.event;
  readonly #entries = new Map<string, DocumentEntry>();
  /** Leaks in the histories and indexes of repositories. */
  readonly #gitLeaks = new Map<string, readonly Leak[]>();
  /** Pending git queries, with the document of each. */
  readonly #checks = new Map<Promise<void>, DocumentEntry>();
  #engine: Engine | undefined;

  /** Without an engine, leaks get no verdict. */
  set engine(engine: Engine | undefined) {
    this.#engine = engine;
  }

  all(): readonly Leak[] {
    const present = [...this.#entries.values()].flatMap((entry) => this.#leaksOf(entry));
    const presentKeys = new Set(present.map(({ finding }) => finding.keyHash));
    return [
      ...present,
      ...[...this.#gitLeaks.values()].flat().filter(({ finding }) => !presentKeys.has(finding.keyHash)),
    ];
  }

  in(uri: vscode.Uri): readonly Leak[] {
    const entry = this.#entries.get(uri.toString());
    return entry === undefined ? [] : this.#leaksOf(entry);
  }

  of(keyHash: string): readonly Leak[] {
    return this.all().filter(({ finding }) => finding.keyHash === keyHash);
  }

  async checked(uri?: vscode.Uri): Promise<void> {
    const wanted = uri?.toString();
    const pending = () =>
      [...this.#checks]
        .filter(([, entry]) => wanted === undefined || entry.uri.toString() === wanted)
        .map(([check]) => check);
    // A document that changes during a query starts another one.
    for (let checks = pending(); checks.length > 0; checks = pending()) await Promise.allSettled(checks);
  }

  async refresh(uris?: readonly vscode.Uri[]): Promise<void> {
    await this.#engine?.scanner.refresh(uris);
  }

  /** The documents with findings from this source. */
  documentsFrom(source: FindingSource): vscode.Uri[] {
    return [...this.#entries.values()].filter(({ findings }) => findings.has(source)).map(({ uri }) => uri);
  }

  /**
   * Replaces the findings of a document from one source. An empty list from `buffer` still hides those from `file`. Known
   * verdicts stay until git has been queried again.
   */
  set(uri: vscode.Uri, source: FindingSource, findings: readonly LocatedFinding[]): void {
    const key = uri.toString();
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (findings.length === 0 && source !== 'buffer') return;
      this.#entries.set(
        key,
        (entry = { uri, findings: new Map(), verdicts: { byKey: new Map() }, version: 0, leaks: undefined }),
      );
    }
    const before = this.#leaksOf(entry).length;
    if (findings.length === 0 && source !== 'buffer') entry.findings.delete(source);
    else entry.findings.set(source, findings);
    this.#onEntryChanged(entry, before);
  }

  /** Removes the findings from one source. */
  drop(uri: vscode.Uri, source: FindingSource): void {
    const entry = this.#entries.get(uri.toString());
    if (entry === undefined) return;
    const before = this.#leaksOf(entry).length;
    if (entry.findings.delete(source)) this.#onEntryChanged(entry, before);
  }

  /** Removes a document, or all documents in a folder. */
  forget(uri: vscode.Uri): void {
    const prefix = `${uri.toString()}/`;
    const removed = [...this.#entries].filter(([key]) => key === uri.toString() || key.startsWith(prefix));
    for (const [key] of removed) this.#entries.delete(key);
    const leaky = removed.filter(([, entry]) => this.#leaksOf(entry).length > 0).map(([, entry]) => entry.uri);
    if (leaky.length > 0) this.#changed.fire(leaky);
  }

  /** Replaces the leaks in git objects. They are listed as long as no file contains the same key. */
  setGitLeaks(repositoryId: string, container: 'history' | 'index', leaks: readonly Leak[]): void {
    const source = `${container} ${repositoryId}`;
    const before = this.#gitLeaks.get(source) ?? [];
    if (before.length === 0 && leaks.length === 0) return;
    this.#gitLeaks.set(source, leaks);
    this.#changed.fire([...before, ...leaks].map(({ uri }) => uri));
  }

  /** Queries git again for these documents. */
  async recheck(uris: Iterable<vscode.Uri>): Promise<void> {
    const entries = [...uris].map((uri) => this.#entries.get(uri.toString())).filter((entry) => entry !== undefined);
    await Promise.all(entries.map((entry) => this.#check(entry)));
  }

  /** The documents with leaks. */
  documents(): vscode.Uri[] {
    return [...this.#entries.values()].filter((entry) => this.#leaksOf(entry).length > 0).map(({ uri }) => uri);
  }

  clear(): void {
    const uris = [...this.documents(), ...[...this.#gitLeaks.values()].flat().map(({ uri }) => uri)];
    this.#entries.clear();
    this.#gitLeaks.clear();
    if (uris.length > 0) this.#changed.fire(uris);
  }

  #onEntryChanged(entry: DocumentEntry, before: number): void {
    entry.version += 1;
    entry.leaks = undefined;
    if (entry.findings.size === 0) this.#entries.delete(entry.uri.toString());
    const leaks = this.#leaksOf(entry);
    if (before === 0 && leaks.length === 0) return;
    this.#changed.fire([entry.uri]);
    if (leaks.length > 0) void this.#check(entry);
  }

  async #check(entry: DocumentEntry): Promise<void> {
    const check = this.#queryGit(entry).finally(() => {
      this.#checks.delete(check);
    });
    this.#checks.set(check, entry);
    await check;
  }

  async #queryGit(entry: DocumentEntry): Promise<void> {
    const engine = this.#engine;
    const { version } = entry;
    const keyHashes = [...new Set(this.#leaksOf(entry).map(({ finding }) => finding.keyHash))];
    if (engine === undefined || keyHashes.length === 0) return;
    const verdicts = await engine.git.check(entry.uri, keyHashes);
    if (entry.version !== version || this.#entries.get(entry.uri.toString()) !== entry) return;
    if (keyHashes.every((keyHash) => entry.verdicts.byKey.get(keyHash) === verdicts.byKey.get(keyHash))) return;
    entry.verdicts = verdicts;
    entry.leaks = undefined;
    this.#changed.fire([entry.uri]);
  }

  #leaksOf(entry: DocumentEntry): readonly Leak[] {
    return (entry.leaks ??= [
      ...(entry.findings.get('buffer') ?? entry.findings.get('file') ?? []).map((found) => leakOf(entry, found)),
      ...(entry.findings.get('output') ?? []).map((found) => leakOf(entry, found, 'output')),
    ]);
  }
}

function leakOf({ uri, verdicts }: DocumentEntry, { range, finding }: LocatedFinding, container?: LeakContainer): Leak {
  return createLeak({
    uri,
    range,
    finding,
    verdict: verdicts.byKey.get(finding.keyHash),
    root: verdicts.root,
    in: container,
  });
}
