import * as vscode from 'vscode';
import { Disposable } from '../../ui/disposable.ts';
import { Throttle } from '../../ui/timers.ts';
import { describeView, plainTreeItem } from '../../ui/tree-item.ts';
import { severityOfLeak } from '../diagnostics/severity.ts';
import { compareSeverities, compareSituations } from '../../secrets/situation.ts';
import type { Leaks } from '../model.ts';
import type { SettingsReader } from '../settings.ts';
import { KeyNode, type LeakNode, type ShownLeak } from './nodes.ts';

/** A scan reports findings one by one: the tree is redrawn a few times a second. */
const REDRAW_INTERVAL_MS = 100;

/** The Leaked Keys view: its rows, badge and message. */
export class LeakedKeysView extends Disposable implements vscode.TreeDataProvider<LeakNode> {
  readonly #changed = this._register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #leaks: Leaks;
  readonly #settings: SettingsReader;
  readonly #view: vscode.TreeView<LeakNode>;
  #keys: readonly KeyNode[] = [];
  readonly #redraw = this._register(
    new Throttle(REDRAW_INTERVAL_MS, () => {
      this.#draw();
    }),
  );

  constructor(leaks: Leaks, settings: SettingsReader) {
    super();
    this.#leaks = leaks;
    this.#settings = settings;
    this.#view = this._register(
      vscode.window.createTreeView('truework.leakedKeys', {
        treeDataProvider: this,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    const onChange = () => {
      this.#redraw.schedule();
    };
    this._register(leaks.onDidChange(onChange));
    this._register(settings.onDidChange(onChange));
  }

  get selection(): readonly LeakNode[] {
    return this.#view.selection;
  }

  /** Shown above the rows, such as the progress of a history scan. */
  set message(text: string | undefined) {
    describeView(this.#view, { message: text });
  }

  async show(): Promise<void> {
    this.#draw();
    const [first] = this.#keys;
    if (first === undefined) await vscode.commands.executeCommand('truework.leakedKeys.focus');
    else await this.#view.reveal(first, { select: true, focus: true, expand: true });
  }

  getTreeItem(node: LeakNode): vscode.TreeItem {
    return plainTreeItem(node.item());
  }

  getChildren(node?: LeakNode): LeakNode[] {
    if (node === undefined) return [...this.#keys];
    return node instanceof KeyNode ? [...node.locations] : [];
  }

  getParent(node: LeakNode): LeakNode | undefined {
    return node instanceof KeyNode ? undefined : node.parent;
  }

  resolveTreeItem(item: vscode.TreeItem, node: LeakNode): vscode.TreeItem {
    item.tooltip = node.tooltip();
    return item;
  }

  #draw(): void {
    this.#redraw.cancel();
    const shown = this.#leaks.all().flatMap((leak): ShownLeak[] => {
      const severity = severityOfLeak(leak, this.#settings);
      return severity === undefined ? [] : [{ leak, severity }];
    });
    this.#keys = [...Map.groupBy(shown, ({ leak }) => leak.finding.keyHash)]
      .map(([keyHash, leaks]) => new KeyNode(keyHash, leaks))
      .sort(compareKeys);
    // A key in an ignored file is listed but needs no action.
    const count = this.#keys.filter(({ severity }) => severity === 'error' || severity === 'warning').length;
    describeView(this.#view, {
      badge:
        count === 0
          ? undefined
          : {
              value: count,
              tooltip: count === 1 ? vscode.l10n.t('1 leaked key') : vscode.l10n.t('{0} leaked keys', count),
            },
    });
    this.#changed.fire(undefined);
  }
}

function compareKeys(one: KeyNode, other: KeyNode): number {
  const bySeverity = compareSeverities(one.severity, other.severity);
  if (bySeverity !== 0 || one.worst === undefined || other.worst === undefined) return bySeverity;
  return (
    compareSituations(one.worst.leak.situation, other.worst.leak.situation) || one.keyHash.localeCompare(other.keyHash)
  );
}
