/** Localized texts about leaks. They contain keys in masked form only. */
import * as vscode from 'vscode';
import type { Finding } from '../../secrets/detector/finding.ts';
import type { Leak } from '../model.ts';
import { type Situation, uncertaintyOf } from '../../secrets/situation.ts';

type KeyName = Pick<Finding, 'kind' | 'masked'>;

/** "Production key tw_sk_…3f9a". */
export function keyName({ kind, masked }: KeyName): string {
  return kind === 'production' ? vscode.l10n.t('Production key {0}', masked) : vscode.l10n.t('Sandbox key {0}', masked);
}

/** The message of a leak in the Problems view. */
export function sentenceOf(leak: Leak): string {
  const { situation } = leak;
  const { suppressedBy } = leak.finding;
  const name = keyName(leak.finding);
  const sentence = mainSentence(
    leak.in === 'output' ? vscode.l10n.t('{0} in the output of this cell', name) : name,
    situation,
  );
  const addition = suppressedBy === undefined ? limitationText(leak) : suppressionText(suppressedBy);
  return addition === undefined ? sentence : `${sentence} ${addition}`;
}

function mainSentence(key: string, situation: Situation): string {
  switch (situation.kind) {
    case 'pushed':
      return vscode.l10n.t('{0} is already pushed: revoke and replace it.', key);
    case 'committed':
      return committedSentence(key, situation);
    case 'stashed':
      return vscode.l10n.t('{0} is in a stash: revoke the key, or drop the stash.', key);
    case 'reflog':
      return vscode.l10n.t('{0} is in a commit that no branch contains.', key);
    case 'staged':
      return vscode.l10n.t('{0} is staged and will be in the next commit.', key);
    case 'working-tree':
      return vscode.l10n.t('{0} is not committed yet, but git tracks this file.', key);
    case 'untracked':
      return vscode.l10n.t('{0} is not committed, but git does not ignore this file.', key);
    case 'ignored':
      return situation.dependency
        ? vscode.l10n.t('{0} is in an installed package and therefore already public.', key)
        : vscode.l10n.t('{0} is in a file that git ignores. Secret storage is safer.', key);
    case 'commit-message':
      return vscode.l10n.t('{0} would be committed with this message.', key);
    case 'user-settings':
      return vscode.l10n.t('{0} is in your settings, which Settings Sync uploads.', key);
    case 'untitled':
      return vscode.l10n.t('{0} is in an unsaved document.', key);
    case 'no-repository':
      return vscode.l10n.t('{0} is in a file outside any git repository.', key);
    case 'no-git':
      return vscode.l10n.t('{0} was found. It is unknown whether it is committed, because git is not installed.', key);
    case 'restricted':
      return vscode.l10n.t('{0} was found. Restricted Mode does not check whether it is committed.', key);
    case 'old-git':
      return vscode.l10n.t(
        '{0} was found. It is unknown whether it is committed, because the installed git is too old.',
        key,
      );
    case 'timeout':
      return vscode.l10n.t(
        '{0} was found. It is unknown whether it is committed, because git did not answer in time.',
        key,
      );
    case 'unreadable':
      return vscode.l10n.t(
        '{0} was found. It is unknown whether it is committed, because part of the repository could not be read.',
        key,
      );
    case 'failed':
      return vscode.l10n.t('{0} was found. It is unknown whether it is committed, because git failed.', key);
    case 'checking':
      return vscode.l10n.t('{0} was found. Checking whether it is committed…', key);
  }
}

function committedSentence(key: string, { commit, pushed }: Extract<Situation, { kind: 'committed' }>): string {
  if (pushed === 'unknown') {
    return commit === undefined
      ? vscode.l10n.t('{0} is committed and may be pushed: revoke and replace it.', key)
      : vscode.l10n.t('{0} is committed in {1} and may be pushed: revoke and replace it.', key, shortId(commit.id));
  }
  return commit === undefined
    ? vscode.l10n.t('{0} is committed but not pushed: replace it, then remove the commit.', key)
    : vscode.l10n.t(
        '{0} is committed in {1} on {2} but not pushed: replace it, then remove the commit.',
        key,
        shortId(commit.id),
        dayOf(commit.date),
      );
}

/** A few words for a row in a view. */
export function locationText(situation: Situation): string {
  switch (situation.kind) {
    case 'pushed':
      return vscode.l10n.t('pushed');
    case 'committed':
      return situation.pushed === 'unknown'
        ? vscode.l10n.t('committed, may be pushed')
        : vscode.l10n.t('committed, not pushed');
    case 'stashed':
      return vscode.l10n.t('in a stash');
    case 'reflog':
      return vscode.l10n.t('in an abandoned commit');
    case 'staged':
      return vscode.l10n.t('staged');
    case 'working-tree':
      return vscode.l10n.t('not committed');
    case 'untracked':
      return vscode.l10n.t('untracked');
    case 'ignored':
      return situation.dependency ? vscode.l10n.t('in a package') : vscode.l10n.t('ignored by git');
    case 'commit-message':
      return vscode.l10n.t('in the commit message');
    case 'user-settings':
      return vscode.l10n.t('in user settings');
    case 'untitled':
      return vscode.l10n.t('unsaved');
    case 'no-repository':
      return vscode.l10n.t('outside git');
    case 'no-git':
      return vscode.l10n.t('git not installed');
    case 'restricted':
      return vscode.l10n.t('not checked');
    case 'old-git':
      return vscode.l10n.t('git too old');
    case 'timeout':
      return vscode.l10n.t('git did not answer in time');
    case 'unreadable':
      return vscode.l10n.t('repository could not be read');
    case 'failed':
      return vscode.l10n.t('git failed');
    case 'checking':
      return vscode.l10n.t('checking…');
  }
}

/** A sentence for a verdict that covers only part of the history. */
export function limitationText({ verdict }: Pick<Leak, 'verdict'>): string | undefined {
  switch (uncertaintyOf(verdict)) {
    case 'shallow':
      return vscode.l10n.t('Incomplete: this is a shallow clone.');
    case 'partial-clone':
      return vscode.l10n.t('Incomplete: this is a partial clone.');
    case 'objects-unreadable':
      return vscode.l10n.t('Incomplete: some objects could not be read.');
    case 'objects-too-large':
      return vscode.l10n.t('Incomplete: some objects are too large to read.');
    case undefined:
      return undefined;
  }
}

function suppressionText(suppressedBy: NonNullable<Finding['suppressedBy']>): string {
  return suppressedBy.by === 'comment'
    ? vscode.l10n.t('It is suppressed by the comment "{0}".', suppressedBy.text)
    : vscode.l10n.t('It is suppressed by the list of allowed keys.');
}

export function shortId(oid: string): string {
  return oid.slice(0, 8);
}

/** The day in the author's time zone, such as `2024-03-01`. */
export function dayOf(isoDate: string): string {
  return isoDate.slice(0, 10);
}
