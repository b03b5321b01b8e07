import * as vscode from 'vscode';
import { Disposable } from '../../ui/disposable.ts';
import { severityOfLeak } from '../diagnostics/severity.ts';
import { situationOfLeak } from '../diagnostics/sentences.ts';
import type { Leaks } from '../model.ts';
import type { SettingsReader } from '../settings.ts';

const REDRAW = 100;

/** How many keys have leaked or are about to; nothing when there is none. */
export class LeakStatus extends Disposable {
  readonly #item = this._register(
    vscode.window.createStatusBarItem('truework.leakedKeys', vscode.StatusBarAlignment.Left, 9),
  );
  readonly #leaks: Leaks;
  readonly #settings: SettingsReader;
  #timer: NodeJS.Timeout | undefined;

  constructor(leaks: Leaks, settings: SettingsReader) {
    super();
    this.#leaks = leaks;
    this.#settings = settings;
    this.#item.name = vscode.l10n.t('Truework Leaked Keys');
    this.#item.command = 'truework.showLeakedKeys';
    const soon = () => {
      this.#timer ??= setTimeout(() => {
        this.#draw();
      }, REDRAW);
    };
    this._register(leaks.onDidChange(soon));
    this._register(settings.onDidChange(soon));
    this._register({
      dispose: () => {
        clearTimeout(this.#timer);
      },
    });
  }

  #draw(): void {
    this.#timer = undefined;
    const { l10n } = vscode;
    const counted = this.#leaks.all().filter((leak) => {
      const severity = severityOfLeak(leak, this.#settings);
      return severity === 'error' || severity === 'warning';
    });
    const keys = new Set(counted.map(({ finding }) => finding.keyHash)).size;
    if (keys === 0) {
      this.#item.hide();
      return;
    }
    const next = new Set(
      counted
        .filter((leak) => ['staged', 'commit-message'].includes(situationOfLeak(leak).kind))
        .map(({ finding }) => finding.keyHash),
    ).size;
    const text = keys === 1 ? l10n.t('1 leaked Truework key') : l10n.t('{0} leaked Truework keys', keys);
    const staged =
      next === 0
        ? undefined
        : next === 1
          ? l10n.t('1 of them would be in the next commit')
          : l10n.t('{0} of them would be in the next commit', next);
    const description = staged === undefined ? text : `${text}, ${staged}`;
    this.#item.text = `$(key) ${keys}`;
    this.#item.tooltip = l10n.t('{0}. Select to show.', description);
    this.#item.accessibilityInformation = { label: description, role: 'button' };
    this.#item.backgroundColor =
      staged === undefined ? undefined : new vscode.ThemeColor('statusBarItem.warningBackground');
    this.#item.show();
  }
}
