import * as vscode from 'vscode';
import { age } from '../../ui/age.ts';
import { Tooltip } from '../../ui/tooltip.ts';
import type { UnresolvedOrder } from '../sending/unresolved-orders.ts';
import { kindName } from './kinds.ts';
import type { Node } from './node.ts';

/** An order that was sent, and for which it is not known whether it was created. */
export class UnresolvedNode implements Node {
  readonly id: string;
  readonly parent = undefined;
  readonly entry: UnresolvedOrder;
  readonly #connectionName: string;

  constructor(entry: UnresolvedOrder, connectionName: string) {
    this.id = `unresolved:${entry.id}`;
    this.entry = entry;
    this.#connectionName = connectionName;
  }

  item(): vscode.TreeItem {
    const { applicant, sentAt } = this.entry;
    const item = new vscode.TreeItem(applicant, vscode.TreeItemCollapsibleState.None);
    item.id = this.id;
    item.description = [
      vscode.l10n.t('not known yet whether created'),
      this.#connectionName,
      age(new Date(sentAt), 'narrow'),
    ].join(' · ');
    item.iconPath = new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground'));
    item.contextValue = 'truework.unresolvedOrder';
    item.accessibilityInformation = {
      label: vscode.l10n.t(
        'Order for {0}, sent {1} in {2}: it is not known yet whether it was created',
        applicant,
        age(new Date(sentAt), 'long'),
        this.#connectionName,
      ),
    };
    return item;
  }

  children(): readonly Node[] {
    return [];
  }

  tooltip(): vscode.MarkdownString {
    const { applicant, kind, sentAt, searchKey } = this.entry;
    return new Tooltip()
      .line(vscode.l10n.t('Applicant'), applicant)
      .line(vscode.l10n.t('Kind'), kindName(kind))
      .line(vscode.l10n.t('Connection'), this.#connectionName)
      .line(vscode.l10n.t('Sent'), new Date(sentAt).toLocaleString(vscode.env.language))
      .line(vscode.l10n.t('Search key'), searchKey)
      .paragraph(
        vscode.l10n.t(
          'The response to this order was lost. A search for it runs until it is found or you stop the search.',
        ),
      )
      .markdown();
  }
}
