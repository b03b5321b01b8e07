/** The rows of the Leaked Keys view: keys, with the locations of each. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Tooltip } from '../../ui/tooltip.ts';
import { dayOf, limitationText, keyName, locationText, sentenceOf, shortId } from '../diagnostics/sentences.ts';
import { compareSeverities, compareSituations, type Severity } from '../../secrets/situation.ts';
import { isGitObject, type Leak } from '../model.ts';
import { isKnown } from '../../secrets/verdict.ts';

/** A leak that is shown, with its severity. */
export interface ShownLeak {
  readonly leak: Leak;
  readonly severity: Severity;
}

const ICON_COLORS: Readonly<Record<Severity, string>> = {
  error: 'list.errorForeground',
  warning: 'list.warningForeground',
  information: 'charts.blue',
  hint: 'descriptionForeground',
};

/** A key, with its locations sorted by severity. */
export class KeyNode {
  readonly keyHash: string;
  readonly locations: readonly LocationNode[];

  constructor(keyHash: string, shown: readonly ShownLeak[]) {
    this.keyHash = keyHash;
    this.locations = shown
      .toSorted(
        (one, other) =>
          compareSituations(one.leak.situation, other.leak.situation) ||
          one.leak.uri.toString().localeCompare(other.leak.uri.toString()) ||
          one.leak.range.start.compareTo(other.leak.range.start),
      )
      .map((each) => new LocationNode(this, each));
  }

  /** The location that determines what to do about the key. */
  get worst(): LocationNode | undefined {
    return this.locations[0];
  }

  /** For commands that are called on the row of a key. */
  get leak(): Leak | undefined {
    return this.worst?.leak;
  }

  get severity(): Severity {
    return this.locations.map(({ severity }) => severity).toSorted(compareSeverities)[0] ?? 'hint';
  }

  item(): vscode.TreeItem {
    const { worst } = this;
    const item = new vscode.TreeItem(
      worst === undefined ? '' : worst.leak.finding.masked,
      vscode.TreeItemCollapsibleState.Expanded,
    );
    if (worst === undefined) return item;
    const { kind } = worst.leak.finding;
    const count =
      this.locations.length === 1 ? vscode.l10n.t('1 location') : vscode.l10n.t('{0} locations', this.locations.length);
    const status = locationText(worst.leak.situation);
    item.id = `key:${this.keyHash}`;
    item.description = [
      kind === 'production' ? vscode.l10n.t('production') : vscode.l10n.t('sandbox'),
      status,
      count,
    ].join(' · ');
    item.iconPath = new vscode.ThemeIcon('key', new vscode.ThemeColor(ICON_COLORS[this.severity]));
    item.contextValue = `truework.leakedKey ${kind}`;
    item.accessibilityInformation = { label: [keyName(worst.leak.finding), status, count].join(', ') };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    return this.worst?.tooltip() ?? new Tooltip().markdown();
  }
}

/** One location of a key. Commands that are called on it read {@link leak}. */
export class LocationNode {
  readonly parent: KeyNode;
  readonly leak: Leak;
  readonly severity: Severity;

  constructor(parent: KeyNode, { leak, severity }: ShownLeak) {
    this.parent = parent;
    this.leak = leak;
    this.severity = severity;
  }

  /** Such as `src/config.js:3:7`, which terminals and editors understand. */
  get location(): string {
    const { uri, range } = this.leak;
    const location = `${vscode.workspace.asRelativePath(uri.scheme === 'git' ? uri.with({ scheme: 'file', query: '' }) : uri)}:${range.start.line + 1}:${range.start.character + 1}`;
    const { verdict } = this.leak;
    if (this.leak.in !== 'history' || !isKnown(verdict) || verdict.firstCommit === undefined) return location;
    return `${shortId(verdict.firstCommit.commit)}:${location}`;
  }

  item(): vscode.TreeItem {
    const { uri, range, finding, situation } = this.leak;
    const line = range.start.line + 1;
    const name = documentName(uri);
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.None);
    const folder = uri.scheme === 'file' || uri.scheme === 'git' ? relativeFolder(uri) : '';
    item.id = `${this.parent.keyHash}:${uri.toString()}:${range.start.line}:${range.start.character}:${this.leak.in ?? ''}`;
    item.description = [
      locationText(situation),
      folder === '' ? vscode.l10n.t('line {0}', line) : vscode.l10n.t('{0}, line {1}', folder, line),
    ].join(' · ');
    item.iconPath = new vscode.ThemeIcon(
      isGitObject(this.leak) ? 'git-commit' : iconOf(this.severity),
      new vscode.ThemeColor(ICON_COLORS[this.severity]),
    );
    item.contextValue = [
      'truework.leak',
      finding.kind,
      situation.kind,
      ...(this.leak.in === undefined ? [] : [this.leak.in]),
      ...(finding.suppressedBy === undefined ? [] : ['suppressed']),
    ].join(' ');
    item.command =
      uri.scheme === 'vscode-scm'
        ? { command: 'workbench.view.scm', title: vscode.l10n.t('Show Source Control') }
        : {
            command: 'vscode.open',
            title: vscode.l10n.t('Open'),
            arguments: [uri, { selection: range, preview: true } satisfies vscode.TextDocumentShowOptions],
          };
    item.accessibilityInformation = {
      label: [sentenceOf(this.leak), name, folder, vscode.l10n.t('line {0}', line)]
        .filter((part) => part !== '')
        .join(', '),
    };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { verdict } = this.leak;
    const tooltip = new Tooltip()
      .paragraph(sentenceOf(this.leak))
      .line(vscode.l10n.t('File'), vscode.workspace.asRelativePath(this.leak.uri));
    if (!isKnown(verdict)) return tooltip.markdown();
    const { firstCommit, ignoredBy } = verdict;
    return tooltip
      .line(
        vscode.l10n.t('First commit'),
        firstCommit && `${shortId(firstCommit.commit)}, ${dayOf(firstCommit.authorDate)}, ${firstCommit.authorName}`,
      )
      .line(vscode.l10n.t('File in that commit'), firstCommit?.path)
      .line(vscode.l10n.t('Ignored by'), ignoredBy && `${ignoredBy.file}:${ignoredBy.line} (${ignoredBy.pattern})`)
      .line(vscode.l10n.t('Also in'), verdict.alsoIn.map(alsoInText).join(', '))
      .line(vscode.l10n.t('Note'), limitationText(this.leak))
      .markdown();
  }
}

export type LeakNode = KeyNode | LocationNode;

function iconOf(severity: Severity): string {
  return severity === 'error' ? 'error' : severity === 'warning' ? 'warning' : 'info';
}

function documentName(uri: vscode.Uri): string {
  return uri.scheme === 'vscode-scm' ? vscode.l10n.t('Commit message') : path.posix.basename(uri.path);
}

function relativeFolder(uri: vscode.Uri): string {
  const folder = path.posix.dirname(
    vscode.workspace.asRelativePath(uri.with({ scheme: 'file', query: '', fragment: '' })).replaceAll('\\', '/'),
  );
  return folder === '.' ? '' : folder;
}

function alsoInText(container: 'branch' | 'remote-branch' | 'tag' | 'stash' | 'reflog'): string {
  switch (container) {
    case 'branch':
      return vscode.l10n.t('another branch');
    case 'remote-branch':
      return vscode.l10n.t('a remote branch');
    case 'tag':
      return vscode.l10n.t('a tag');
    case 'stash':
      return vscode.l10n.t('a stash');
    case 'reflog':
      return vscode.l10n.t('the reflog');
  }
}
