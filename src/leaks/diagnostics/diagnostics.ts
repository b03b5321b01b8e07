import * as vscode from 'vscode';
import { Disposable } from '../../ui/disposable.ts';
import { Throttle } from '../../ui/timers.ts';
import { plain } from '../../ui/text.ts';
import { isGitObject, type Leak } from '../model.ts';
import { isKnown } from '../../secrets/verdict.ts';
import { linkTo } from '../fixes/links.ts';
import type { SettingsReader } from '../settings.ts';
import type { LeakStore } from '../store.ts';
import { dayOf, locationText, sentenceOf, shortId } from './sentences.ts';
import { commitUri, ignoreLocation } from './locations.ts';
import { severityOfLeak } from './severity.ts';
import type { Severity } from '../../secrets/situation.ts';

/** Other locations of the same key that a problem lists; the view lists all. */
const MAX_OTHER_LOCATIONS = 5;

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Leaks in the Problems view. */
export class LeakDiagnostics extends Disposable {
  readonly #collection = this._register(vscode.languages.createDiagnosticCollection('truework'));
  readonly #store: LeakStore;
  readonly #changed = new Map<string, vscode.Uri>();
  /** A scan finds many files in one go: they are shown together. */
  readonly #update = this._register(
    new Throttle(0, () => {
      this.#show();
    }),
  );
  readonly #shownKeys = new Map<string, ReadonlySet<string>>();
  /** The problems of each document, serialized with its version. */
  readonly #shown = new Map<string, string>();

  readonly #settings: SettingsReader;

  constructor(store: LeakStore, settings: SettingsReader) {
    super();
    this.#store = store;
    this.#settings = settings;
    this._register(
      store.onDidChange((uris) => {
        this.#schedule(uris);
      }),
    );
    this._register(
      settings.onDidChange(() => {
        this.#schedule(store.documents());
      }),
    );
    this.#schedule(store.documents());
  }

  #schedule(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) this.#changed.set(uri.toString(), uri);
    this.#update.schedule();
  }

  #show(): void {
    const uris = [...this.#changed.values()];
    this.#changed.clear();
    const byKey = Map.groupBy(this.#store.all(), ({ finding }) => finding.keyHash);
    const touched = new Map<string, vscode.Uri>();
    const affected = new Set<string>();
    for (const uri of uris) {
      const key = uri.toString();
      touched.set(key, uri);
      const now = new Set(this.#store.in(uri).map(({ finding }) => finding.keyHash));
      for (const keyHash of [...now, ...(this.#shownKeys.get(key) ?? [])]) affected.add(keyHash);
      if (now.size > 0) this.#shownKeys.set(key, now);
      else this.#shownKeys.delete(key);
    }
    // Other documents with the same key list this one as another location.
    for (const keyHash of affected) {
      const leaks = byKey.get(keyHash) ?? [];
      if (leaks.length <= MAX_OTHER_LOCATIONS * 4) for (const { uri } of leaks) touched.set(uri.toString(), uri);
    }
    const versions = new Map(vscode.workspace.textDocuments.map(({ uri, version }) => [uri.toString(), version]));
    this.#collection.set(
      [...touched].flatMap(([key, uri]): [vscode.Uri, vscode.Diagnostic[] | undefined][] => {
        if (uri.scheme === 'git') return [];
        const diagnostics = this.#store
          .in(uri)
          .flatMap((leak) => diagnosticOf(leak, byKey.get(leak.finding.keyHash) ?? [], this.#settings) ?? []);
        // Setting equal problems again would redraw an open quick fix menu under the mouse after each git query.
        const shown =
          diagnostics.length === 0
            ? undefined
            : JSON.stringify([
                versions.get(key),
                diagnostics.map((diagnostic) => [diagnostic, diagnostic.relatedInformation]),
              ]);
        if (shown === this.#shown.get(key)) return [];
        if (shown === undefined) this.#shown.delete(key);
        else this.#shown.set(key, shown);
        return [[uri, shown === undefined ? undefined : diagnostics]];
      }),
    );
  }
}

/** @returns undefined when the leak is not shown */
function diagnosticOf(leak: Leak, sameKey: readonly Leak[], settings: SettingsReader): vscode.Diagnostic | undefined {
  const severity = severityOfLeak(leak, settings);
  if (severity === undefined) return undefined;
  const diagnostic = new vscode.Diagnostic(leak.range, plain(sentenceOf(leak)), SEVERITIES[severity]);
  diagnostic.source = 'Truework';
  diagnostic.code = { value: `${leak.finding.kind}-key-${leak.situation.kind}`, target: linkTo('rotation') };
  diagnostic.relatedInformation = relatedInformation(leak, sameKey);
  return diagnostic;
}

function relatedInformation(leak: Leak, sameKey: readonly Leak[]): vscode.DiagnosticRelatedInformation[] {
  const { verdict, root } = leak;
  const related: vscode.DiagnosticRelatedInformation[] = [];
  const add = (location: vscode.Location, message: string) => {
    related.push(new vscode.DiagnosticRelatedInformation(location, plain(message)));
  };
  if (root !== undefined && isKnown(verdict)) {
    const { firstCommit, ignoredBy } = verdict;
    if (firstCommit !== undefined) {
      add(
        new vscode.Location(commitUri(root, firstCommit), new vscode.Position(0, 0)),
        vscode.l10n.t(
          'Introduced in {0} by {2} on {1}',
          shortId(firstCommit.commit),
          dayOf(firstCommit.authorDate),
          firstCommit.authorName,
        ),
      );
    }
    if (ignoredBy !== undefined)
      add(ignoreLocation(root, ignoredBy), vscode.l10n.t('Ignored by this pattern: {0}', ignoredBy.pattern));
  }
  const others = sameKey.filter(
    (other) =>
      !isGitObject(other) && !(other.uri.toString() === leak.uri.toString() && other.range.isEqual(leak.range)),
  );
  for (const other of others.slice(0, MAX_OTHER_LOCATIONS))
    add(new vscode.Location(other.uri, other.range), vscode.l10n.t('Same key: {0}', locationText(other.situation)));
  return related;
}
