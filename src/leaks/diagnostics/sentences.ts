/** One short sentence for each situation, in the editor's language. No key text, only its masked form. */
import * as vscode from 'vscode';
import type { Finding } from '../../secrets/detector/finding.ts';
import type { Leak } from '../model.ts';
import { type Situation, uncertaintyOf } from '../../secrets/situation.ts';

type KeyName = Pick<Finding, 'kind' | 'masked'>;

/** "Production key tw_sk_…3f9a". */
export function nameOf({ kind, masked }: KeyName): string {
  return kind === 'production' ? vscode.l10n.t('Production key {0}', masked) : vscode.l10n.t('Sandbox key {0}', masked);
}

/** What the Problems panel says of a leak. */
export function sentenceOf(leak: Leak): string {
  const { situation } = leak;
  const { suppressedBy } = leak.finding;
  const sentence =
    leak.in === 'output'
      ? vscode.l10n.t('{0} (in the output of this cell)', mainSentence(nameOf(leak.finding), situation))
      : mainSentence(nameOf(leak.finding), situation);
  if (suppressedBy !== undefined) return vscode.l10n.t('{0} Suppressed by {1}.', sentence, suppressorOf(suppressedBy));
  const doubt = doubtOf(leak);
  return doubt === undefined ? sentence : `${sentence} ${doubt}`;
}

function mainSentence(key: string, situation: Situation): string {
  switch (situation.kind) {
    case 'pushed':
      return vscode.l10n.t('{0} is already pushed: revoke and replace it.', key);
    case 'committed':
      return committedSentence(key, situation);
    case 'stashed':
      return vscode.l10n.t('{0} lies in a stash: revoke it, or drop the stash.', key);
    case 'reflog':
      return vscode.l10n.t('{0} lies in a commit that no branch holds any more.', key);
    case 'staged':
      return vscode.l10n.t('{0} is staged and will be in the next commit.', key);
    case 'working-tree':
      return vscode.l10n.t('{0} is not committed yet, but git tracks this file.', key);
    case 'untracked':
      return vscode.l10n.t('{0} is not committed, but git does not ignore this file.', key);
    case 'ignored':
      return situation.dependency
        ? vscode.l10n.t('{0} lies in an installed package, which others have too.', key)
        : vscode.l10n.t('{0} is kept out of git; secret storage is safer.', key);
    case 'commit-message':
      return vscode.l10n.t('{0} would be committed with this message.', key);
    case 'user-settings':
      return vscode.l10n.t('{0} is in your settings, which Settings Sync uploads.', key);
    case 'untitled':
      return vscode.l10n.t('{0} is in a document that is not saved yet.', key);
    case 'no-repository':
      return vscode.l10n.t('{0} is in a file outside any git repository.', key);
    case 'no-git':
      return vscode.l10n.t('{0} found; git is not installed, so it is not known whether it is committed.', key);
    case 'restricted':
      return vscode.l10n.t('{0} found; whether it is committed is not checked in Restricted Mode.', key);
    case 'old-git':
      return vscode.l10n.t('{0} found; the installed git is too old to tell whether it is committed.', key);
    case 'timeout':
      return vscode.l10n.t('{0} found; git did not answer in time, so it is not known whether it is committed.', key);
    case 'unreadable':
      return vscode.l10n.t(
        '{0} found; a part of the repository could not be read, so it is not known whether it is committed.',
        key,
      );
    case 'failed':
      return vscode.l10n.t('{0} found; git did not answer whether it is committed.', key);
    case 'checking':
      return vscode.l10n.t('{0} found; asking git where it is.', key);
  }
}

function committedSentence(key: string, { commit, pushed }: Extract<Situation, { kind: 'committed' }>): string {
  if (pushed === 'unknown') {
    return commit === undefined
      ? vscode.l10n.t('{0} is committed, and perhaps pushed: revoke and replace it.', key)
      : vscode.l10n.t('{0} is committed in {1}, and perhaps pushed: revoke and replace it.', key, shortId(commit.id));
  }
  return commit === undefined
    ? vscode.l10n.t('{0} is committed, not pushed: replace it, then remove the commit.', key)
    : vscode.l10n.t(
        '{0} is committed in {1} of {2}, not pushed: replace it, then remove the commit.',
        key,
        shortId(commit.id),
        dayOf(commit.date),
      );
}

/** A few words for a row of a tree: where the key stands. */
export function locationText(situation: Situation): string {
  switch (situation.kind) {
    case 'pushed':
      return vscode.l10n.t('pushed');
    case 'committed':
      return situation.pushed === 'unknown'
        ? vscode.l10n.t('committed, perhaps pushed')
        : vscode.l10n.t('committed, not pushed');
    case 'stashed':
      return vscode.l10n.t('in a stash');
    case 'reflog':
      return vscode.l10n.t('in an abandoned commit');
    case 'staged':
      return vscode.l10n.t('staged');
    case 'working-tree':
      return vscode.l10n.t('changed, not committed');
    case 'untracked':
      return vscode.l10n.t('untracked');
    case 'ignored':
      return situation.dependency ? vscode.l10n.t('in a package') : vscode.l10n.t('ignored by git');
    case 'commit-message':
      return vscode.l10n.t('in the commit message');
    case 'user-settings':
      return vscode.l10n.t('in user settings');
    case 'untitled':
      return vscode.l10n.t('not saved');
    case 'no-repository':
      return vscode.l10n.t('outside git');
    case 'no-git':
      return vscode.l10n.t('git not installed');
    case 'restricted':
      return vscode.l10n.t('git not asked');
    case 'old-git':
      return vscode.l10n.t('git too old');
    case 'timeout':
      return vscode.l10n.t('git did not answer in time');
    case 'unreadable':
      return vscode.l10n.t('repository could not be read');
    case 'failed':
      return vscode.l10n.t('git did not answer');
    case 'checking':
      return vscode.l10n.t('asking git…');
  }
}

/** Says so when "not committed" and "not pushed" hold only for a part of the history. */
export function doubtOf({ verdict }: Pick<Leak, 'verdict'>): string | undefined {
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

function suppressorOf(suppressedBy: NonNullable<Finding['suppressedBy']>): string {
  return suppressedBy.by === 'comment' ? `"${suppressedBy.text}"` : vscode.l10n.t('the list of allowed keys');
}

export function shortId(oid: string): string {
  return oid.slice(0, 8);
}

/** The day as the commit's author saw it, like `2024-03-01`. */
export function dayOf(isoDate: string): string {
  return isoDate.slice(0, 10);
}
