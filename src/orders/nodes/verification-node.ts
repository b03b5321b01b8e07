import * as vscode from 'vscode';
import type { Order, VerificationRequest } from '../../truework/schemas/order.ts';
import { age } from '../../ui/age.ts';
import { Tooltip } from '../../ui/tooltip.ts';
import type { Node } from './node.ts';
import { ReportNode } from './report-node.ts';
import { stateIcon, stateName } from './states.ts';

/** The row above a verification request. */
interface OrderRow extends Node {
  readonly connectionId: string;
  readonly order: Order;
}

export class VerificationNode implements Node {
  readonly id: string;
  readonly parent: OrderRow;
  verification: VerificationRequest;
  readonly #reports = new Map<string, ReportNode>();

  constructor(verification: VerificationRequest, parent: OrderRow) {
    this.id = `${parent.id}:verification:${verification.id}`;
    this.verification = verification;
    this.parent = parent;
  }

  item(): vscode.TreeItem {
    const { verification } = this;
    const state = verification.state.canonical_value;
    const employer = verification.target.company?.name ?? vscode.l10n.t('Unnamed employer');
    const estimate = verification.turnaround_time.best_estimate;
    const waiting = state === 'pending-approval' || state === 'processing';
    const item = new vscode.TreeItem(
      employer,
      (verification.reports ?? []).length > 0
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.None,
    );
    item.id = this.id;
    item.description = [
      stateName(state),
      waiting && estimate !== null ? vscode.l10n.t('about {0} h', estimate) : undefined,
      verification.cancellation_reason ? verification.cancellation_reason.canonical_value : undefined,
    ]
      .filter(Boolean)
      .join(' · ');
    item.iconPath = stateIcon(state);
    item.contextValue = 'truework.verification';
    item.accessibilityInformation = {
      label: [
        vscode.l10n.t('Verification request at {0}', employer),
        stateName(state),
        vscode.l10n.t('created {0}', age(new Date(verification.created), 'long')),
      ].join(', '),
    };
    return item;
  }

  children(): readonly ReportNode[] {
    return (this.verification.reports ?? []).map((report) => {
      const node = this.#reports.get(report.id);
      if (node) {
        node.report = report;
        return node;
      }
      const created = new ReportNode(report, this);
      this.#reports.set(report.id, created);
      return created;
    });
  }

  tooltip(): vscode.MarkdownString {
    const { verification } = this;
    return new Tooltip()
      .line(vscode.l10n.t('State'), stateName(verification.state.canonical_value))
      .line(vscode.l10n.t('Type'), verification.type)
      .line(vscode.l10n.t('Permissible purpose'), verification.permissible_purpose.canonical_value)
      .line(vscode.l10n.t('Use case'), verification.use_case.canonical_value)
      .line(vscode.l10n.t('Cancellation details'), verification.cancellation_details)
      .line(vscode.l10n.t('Verification request ID'), verification.id)
      .markdown();
  }
}
