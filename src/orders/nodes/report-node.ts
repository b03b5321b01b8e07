import * as vscode from 'vscode';
import type { Order, VerificationRequest } from '../../truework/schemas/order.ts';
import type { Report } from '../../truework/schemas/report.ts';
import { isReverifiable } from '../../truework/state.ts';
import { age } from '../../ui/age.ts';
import { Documents } from '../../documents/index.ts';
import { Tooltip } from '../../ui/tooltip.ts';
import type { Node } from './node.ts';

/** The row above a report. */
interface VerificationRow extends Node {
  readonly verification: VerificationRequest;
  readonly parent: Node & { readonly connectionId: string; readonly order: Order };
}

export class ReportNode implements Node {
  readonly id: string;
  readonly parent: VerificationRow;
  report: Report;

  constructor(report: Report, parent: VerificationRow) {
    this.id = `${parent.id}:report:${report.id}`;
    this.report = report;
    this.parent = parent;
  }

  item(): vscode.TreeItem {
    const { report } = this;
    const employer = report.employer?.name ?? vscode.l10n.t('Unnamed employer');
    const date = new Date(report.completed ?? report.created);
    const item = new vscode.TreeItem(vscode.l10n.t('Report: {0}', employer), vscode.TreeItemCollapsibleState.None);
    item.id = this.id;
    item.description = vscode.l10n.t('as of {0}', report.current_as_of);
    item.iconPath = new vscode.ThemeIcon('file');
    item.contextValue = [
      'truework.report',
      ...(isReverifiable(this.parent.verification, report, Date.now()) ? ['reverifiable'] : []),
    ].join(' ');
    item.command = {
      command: 'vscode.open',
      title: vscode.l10n.t('Open Report'),
      arguments: [Documents.uri(this.parent.parent.connectionId, 'reports', report.id)],
    };
    item.accessibilityInformation = {
      label: vscode.l10n.t('Report on {0}, completed {1}', employer, age(date, 'long')),
    };
    return item;
  }

  children(): readonly Node[] {
    return [];
  }

  /** Nothing from the report itself: pay and dates are shown only where the user opened it. */
  tooltip(): vscode.MarkdownString {
    return new Tooltip()
      .line(vscode.l10n.t('Report ID'), this.report.id)
      .paragraph(vscode.l10n.t('Open the report to see employment and income.'))
      .markdown();
  }
}
