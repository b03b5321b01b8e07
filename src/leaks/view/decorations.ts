import * as vscode from 'vscode';
import { Disposable } from '../../ui/disposable.ts';
import { severityOfLeak } from '../diagnostics/severity.ts';
import { compareSeverities, type Severity } from '../../secrets/situation.ts';
import type { Leaks } from '../model.ts';
import type { SettingsReader } from '../settings.ts';

const COLORS: Readonly<Partial<Record<Severity, string>>> = {
  error: 'list.errorForeground',
  warning: 'list.warningForeground',
};

/** A letter next to each file that contains a key, in the Explorer and on its tab. */
export class LeakDecorations extends Disposable implements vscode.FileDecorationProvider {
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri[]>());
  readonly onDidChangeFileDecorations = this.#changed.event;
  readonly #leaks: Leaks;
  readonly #settings: SettingsReader;

  constructor(leaks: Leaks, settings: SettingsReader) {
    super();
    this.#leaks = leaks;
    this.#settings = settings;
    this._register(
      leaks.onDidChange((uris) => {
        this.#changed.fire([...uris]);
      }),
    );
    this._register(
      settings.onDidChange(() => {
        this.#changed.fire(leaks.all().map(({ uri }) => uri));
      }),
    );
    this._register(vscode.window.registerFileDecorationProvider(this));
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const leaks = this.#leaks.in(uri);
    if (leaks.length === 0) return undefined;
    const [worst] = leaks.map((leak) => severityOfLeak(leak, this.#settings)).toSorted(compareSeverities);
    if (worst === undefined) return undefined;
    const keys = new Set(leaks.map(({ finding }) => finding.keyHash)).size;
    const color = COLORS[worst];
    return new vscode.FileDecoration(
      'K',
      keys === 1 ? vscode.l10n.t('Contains a Truework key') : vscode.l10n.t('Contains {0} Truework keys', keys),
      color === undefined ? undefined : new vscode.ThemeColor(color),
    );
  }
}
