import * as vscode from 'vscode';
import type { Order } from '../../truework/schemas/order.ts';
import { applicantOf, canCancel, createdAt, employersOf, orderKind, orderState } from '../../truework/state.ts';
import { age } from '../../ui/age.ts';
import { Documents } from '../../documents/index.ts';
import { Tooltip } from '../../ui/tooltip.ts';
import type { Node } from './node.ts';
import { stateIcon, stateName } from './states.ts';
import { VerificationNode } from './verification-node.ts';
import { kindName } from './kinds.ts';

export class OrderNode implements Node {
  readonly id: string;
  readonly parent: Node | undefined;
  readonly connectionId: string;
  order: Order;
  readonly #verifications = new Map<string, VerificationNode>();

  constructor(connectionId: string, order: Order, parent: Node | undefined) {
    this.id = `${parent?.id ?? ''}order:${connectionId}:${order.id}`;
    this.connectionId = connectionId;
    this.order = order;
    this.parent = parent;
  }

  item(): vscode.TreeItem {
    const { order } = this;
    const state = orderState(order);
    const created = createdAt(order);
    const applicant = applicantName(order);
    const employers = employersOf(order).join(', ');
    const item = new vscode.TreeItem(
      applicant,
      (order.verification_requests ?? []).length > 0
        ? vscode.TreeItemCollapsibleState.Collapsed
        : vscode.TreeItemCollapsibleState.None,
    );
    item.id = this.id;
    item.description = [employers, stateName(state), created && age(created, 'narrow')].filter(Boolean).join(' · ');
    item.iconPath = stateIcon(state);
    item.contextValue = ['truework.order', ...(canCancel(order) ? ['cancelable'] : [])].join(' ');
    item.command = {
      command: 'vscode.open',
      title: vscode.l10n.t('Open Order'),
      arguments: [Documents.uri(this.connectionId, 'orders', order.id)],
    };
    item.accessibilityInformation = {
      label: [
        vscode.l10n.t('Order for {0}', applicant),
        employers,
        stateName(state),
        created && vscode.l10n.t('created {0}', age(created, 'long')),
      ]
        .filter(Boolean)
        .join(', '),
    };
    return item;
  }

  children(): readonly VerificationNode[] {
    return (this.order.verification_requests ?? []).map((verification) => {
      const node = this.#verifications.get(verification.id);
      if (node) {
        node.verification = verification;
        return node;
      }
      const created = new VerificationNode(verification, this);
      this.#verifications.set(verification.id, created);
      return created;
    });
  }

  tooltip(): vscode.MarkdownString {
    const { order } = this;
    return new Tooltip()
      .line(vscode.l10n.t('Applicant'), applicantName(order))
      .line(vscode.l10n.t('Employer'), employersOf(order).join(', '))
      .line(vscode.l10n.t('State'), stateName(orderState(order)))
      .line(vscode.l10n.t('Kind'), kindName(orderKind(order)))
      .line(vscode.l10n.t('Created'), createdAt(order)?.toLocaleString(vscode.env.language))
      .line(vscode.l10n.t('Search key'), order.search_key)
      .line(vscode.l10n.t('Loan ID'), order.loan_id)
      .line(vscode.l10n.t('Order ID'), order.id)
      .markdown();
  }
}

/** First name and last initial: enough to recognize an order on a shared screen. */
export function applicantName(order: Order): string {
  const applicant = applicantOf(order);
  if (!applicant) return vscode.l10n.t('Unknown applicant');
  return [applicant.firstName, applicant.lastInitial && `${applicant.lastInitial}.`].filter(Boolean).join(' ');
}
