import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import type { Finding } from '../secrets/detector/finding.ts';
import type { UnknownVerdict, Verdict } from '../secrets/verdict.ts';
import type { Leak, Leaks } from './model.ts';

/** A finding and where it stands in a document. */
export interface LocatedFinding {
  readonly range: vscode.Range;
  readonly finding: Finding;
}

export interface Verdicts {
  readonly byKey: ReadonlyMap<string, Verdict | UnknownVerdict>;
  /** The work tree of the document, if it has one. */
  readonly root?: string | undefined;
}

/** Where what is known of a document comes from. An open document's text wins over its file. */
export type Source = 'buffer' | 'file' | 'output';

/** What the store calls while detection runs. */
export interface Engine {
  readonly git: { check(uri: vscode.Uri, keyHashes: readonly string[]): Promise<Verdicts> };
  readonly scanner: { refresh(uris: readonly vscode.Uri[] | undefined): Promise<void> };
}

interface Entry {
  readonly uri: vscode.Uri;
  readonly findings: Map<Source, readonly LocatedFinding[]>;
  verdicts: Verdicts;
  /** Counts changes: an answer that comes late belongs to an earlier state. */
  version: number;
  leaks: readonly Leak[] | undefined;
}

/** A key of the history that no file of today holds. */
export interface HistoryLeak extends Leak {
  readonly in: 'history';
}

/** All leaks that are known, by document. Holds findings, which carry hashes and masked keys, never a key. */
export class LeakStore extends Disposable implements Leaks {
  readonly #changed = this._register(new vscode.EventEmitter<readonly vscode.Uri[]>());
  readonly onDidChange = this.#changed.event;
  readonly #entries = new Map<string, Entry>();
  readonly #historyLeaks = new Map<string, readonly HistoryLeak[]>();
  /** What git is being asked, and about which document. */
  readonly #checks = new Map<Promise<void>, Entry>();
  #engine: Engine | undefined;

  /** Until an engine is here, nothing is judged. */
  set engine(engine: Engine | undefined) {
    this.#engine = engine;
  }

  all(): readonly Leak[] {
    const present = [...this.#entries.values()].flatMap((entry) => this.#leaksOf(entry));
    const presentKeys = new Set(present.map(({ finding }) => finding.keyHash));
    return [
      ...present,
      ...[...this.#historyLeaks.values()].flat().filter(({ finding }) => !presentKeys.has(finding.keyHash)),
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
    const outstanding = () =>
      [...this.#checks]
        .filter(([, entry]) => wanted === undefined || entry.uri.toString() === wanted)
        .map(([judging]) => judging);
    // While git was answering, the document may have changed, and git have been asked again.
    for (let asked = outstanding(); asked.length > 0; asked = outstanding()) await Promise.allSettled(asked);
  }

  async refresh(uris?: readonly vscode.Uri[]): Promise<void> {
    await this.#engine?.scanner.refresh(uris);
  }

  /** The documents of which something is known from this source. */
  documentsFrom(source: Source): vscode.Uri[] {
    return [...this.#entries.values()].filter(({ findings: sightings }) => sightings.has(source)).map(({ uri }) => uri);
  }

  /**
   * Says what stands in a document; an empty list counts, because it wins over what was seen in the file. Verdicts
   * that are known stay until git has answered anew.
   */
  set(uri: vscode.Uri, source: Source, sightings: readonly LocatedFinding[]): void {
    const key = uri.toString();
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (sightings.length === 0 && source !== 'buffer') return;
      this.#entries.set(
        key,
        (entry = { uri, findings: new Map(), verdicts: { byKey: new Map() }, version: 0, leaks: undefined }),
      );
    }
    const before = this.#leaksOf(entry).length;
    if (sightings.length === 0 && source !== 'buffer') entry.findings.delete(source);
    else entry.findings.set(source, sightings);
    this.#onEntryChanged(entry, before);
  }

  /** Forgets what came from this source. */
  drop(uri: vscode.Uri, source: Source): void {
    const entry = this.#entries.get(uri.toString());
    if (entry === undefined) return;
    const before = this.#leaksOf(entry).length;
    if (entry.findings.delete(source)) this.#onEntryChanged(entry, before);
  }

  /** Forgets a document, and all below it when it is a folder. */
  forget(uri: vscode.Uri): void {
    const prefix = `${uri.toString()}/`;
    const gone = [...this.#entries].filter(([key]) => key === uri.toString() || key.startsWith(prefix));
    for (const [key] of gone) this.#entries.delete(key);
    const leaky = gone.filter(([, entry]) => this.#leaksOf(entry).length > 0).map(([, entry]) => entry.uri);
    if (leaky.length > 0) this.#changed.fire(leaky);
  }

  /** Says which keys only the history of a repository holds. */
  setHistoryLeaks(repository: string, leaks: readonly HistoryLeak[]): void {
    const before = this.#historyLeaks.get(repository) ?? [];
    if (before.length === 0 && leaks.length === 0) return;
    this.#historyLeaks.set(repository, leaks);
    this.#changed.fire([...before, ...leaks].map(({ uri }) => uri));
  }

  /** Asks git again about these documents. */
  async recheck(uris: Iterable<vscode.Uri>): Promise<void> {
    const entries = [...uris].map((uri) => this.#entries.get(uri.toString())).filter((entry) => entry !== undefined);
    await Promise.all(entries.map((entry) => this.#check(entry)));
  }

  /** The documents that hold a leak. */
  documents(): vscode.Uri[] {
    return [...this.#entries.values()].filter((entry) => this.#leaksOf(entry).length > 0).map(({ uri }) => uri);
  }

  clear(): void {
    const uris = [...this.documents(), ...[...this.#historyLeaks.values()].flat().map(({ uri }) => uri)];
    this.#entries.clear();
    this.#historyLeaks.clear();
    if (uris.length > 0) this.#changed.fire(uris);
  }

  #onEntryChanged(entry: Entry, before: number): void {
    entry.version += 1;
    entry.leaks = undefined;
    if (entry.findings.size === 0) this.#entries.delete(entry.uri.toString());
    const leaks = this.#leaksOf(entry);
    if (before === 0 && leaks.length === 0) return;
    this.#changed.fire([entry.uri]);
    if (leaks.length > 0) void this.#check(entry);
  }

  async #check(entry: Entry): Promise<void> {
    const judging = this.#askGit(entry).finally(() => {
      this.#checks.delete(judging);
    });
    this.#checks.set(judging, entry);
    await judging;
  }

  async #askGit(entry: Entry): Promise<void> {
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

  #leaksOf(entry: Entry): readonly Leak[] {
    return (entry.leaks ??= [
      ...(entry.findings.get('buffer') ?? entry.findings.get('file') ?? []).map((sighting) => leakOf(entry, sighting)),
      ...(entry.findings.get('output') ?? []).map((sighting): Leak => ({ ...leakOf(entry, sighting), in: 'output' })),
    ]);
  }
}

function leakOf({ uri, verdicts }: Entry, { range, finding }: LocatedFinding): Leak {
  return { uri, range, finding, verdict: verdicts.byKey.get(finding.keyHash), root: verdicts.root };
}
