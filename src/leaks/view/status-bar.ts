import * as vscode from 'vscode';
import { Disposable } from '../../ui/disposable.ts';
import { Throttle } from '../../ui/timers.ts';
import { severityOfLeak } from '../diagnostics/severity.ts';
import type { Leaks } from '../model.ts';
import type { SettingsReader } from '../settings.ts';

const REDRAW_INTERVAL_MS = 100;

/** The number of leaked keys in the status bar; hidden when there is none. */
export class LeakStatus extends Disposable {
  readonly #item = this._register(
    vscode.window.createStatusBarItem('truework.leakedKeys', vscode.StatusBarAlignment.Left, 9),
  );
  readonly #leaks: Leaks;
  readonly #settings: SettingsReader;

  constructor(leaks: Leaks, settings: SettingsReader) {
    super();
    this.#leaks = leaks;
    this.#settings = settings;
    this.#item.name = vscode.l10n.t('Truework Leaked Keys');
    this.#item.command = 'truework.showLeakedKeys';
    const redraw = this._register(
      new Throttle(REDRAW_INTERVAL_MS, () => {
        this.#draw();
      }),
    );
    const onChange = () => {
      redraw.schedule();
    };
    this._register(leaks.onDidChange(onChange));
    this._register(settings.onDidChange(onChange));
  }

  #draw(): void {
    const counted = this.#leaks.all().filter((leak) => {
      const severity = severityOfLeak(leak, this.#settings);
      return severity === 'error' || severity === 'warning';
    });
    const keys = new Set(counted.map(({ finding }) => finding.keyHash)).size;
    if (keys === 0) {
      this.#item.hide();
      return;
    }
    const stagedKeys = new Set(
      counted
        .filter(({ situation }) => situation.kind === 'staged' || situation.kind === 'commit-message')
        .map(({ finding }) => finding.keyHash),
    ).size;
    const sentences = [
      keys === 1 ? vscode.l10n.t('1 leaked Truework key.') : vscode.l10n.t('{0} leaked Truework keys.', keys),
      ...(stagedKeys === 0
        ? []
        : [
            stagedKeys === 1
              ? vscode.l10n.t('1 key would be in the next commit.')
              : vscode.l10n.t('{0} keys would be in the next commit.', stagedKeys),
          ]),
    ];
    this.#item.text = `$(key) ${keys}`;
    this.#item.tooltip = [...sentences, vscode.l10n.t('Select to show.')].join(' ');
    this.#item.accessibilityInformation = { label: sentences.join(' '), role: 'button' };
    this.#item.backgroundColor =
      stagedKeys === 0 ? undefined : new vscode.ThemeColor('statusBarItem.warningBackground');
    this.#item.show();
  }
}
