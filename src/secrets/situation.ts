/** The situation of a leaked key at a location. Its sentences and colors are chosen elsewhere. */
import type { Finding } from './detector/finding.ts';
import type { Incomplete } from './git/history.ts';
import type { UnknownVerdict, UnknownReason, Verdict } from './verdict.ts';
import { isKnown } from './verdict.ts';

/** The kind of document that contains a key, as far as the situation depends on it. */
export type Surface = 'file' | 'past' | 'dependency' | 'user-settings' | 'commit-message' | 'untitled' | 'virtual';

/** The commit that introduced the key. */
interface Commit {
  readonly id: string;
  /** ISO 8601. */
  readonly date: string;
}

export type Situation =
  /** Git has not answered yet. */
  | { readonly kind: 'checking' }
  | { readonly kind: 'pushed' }
  /** In a commit; `pushed` distinguishes "not pushed" from "unknown". */
  | { readonly kind: 'committed'; readonly commit?: Commit; readonly pushed: false | 'unknown' }
  | { readonly kind: 'stashed' }
  /** In a commit that no branch or tag contains. */
  | { readonly kind: 'reflog' }
  | { readonly kind: 'staged' }
  | { readonly kind: 'working-tree' }
  | { readonly kind: 'untracked' }
  | { readonly kind: 'ignored'; readonly dependency: boolean }
  | { readonly kind: 'commit-message' }
  | { readonly kind: 'user-settings' }
  | { readonly kind: 'untitled' }
  | { readonly kind: UnknownReason };

type SituationKind = Situation['kind'];

export type Severity = 'error' | 'warning' | 'information' | 'hint';

export interface SeverityOptions {
  /** The severity of a sandbox key in an ignored file. */
  readonly sandboxInIgnoredFile: 'hint' | 'off';
  /** In Restricted Mode nothing in the workspace can hide a production key. */
  readonly restricted: boolean;
  /** Whether the suppression is in the user's own settings and not in the workspace. */
  readonly suppressedByUser: boolean;
}

/** Combines the verdict of git with the kind of document. */
export function situationOf(verdict: Verdict | UnknownVerdict | undefined, surface: Surface): Situation {
  if (surface === 'commit-message' || surface === 'untitled') return { kind: surface };
  // Settings can be in a repository; outside of git, Settings Sync uploads them.
  if (surface === 'user-settings' && !isInGit(verdict)) return { kind: surface };
  if (surface === 'virtual') return { kind: 'no-repository' };
  if (verdict === undefined) return { kind: 'checking' };
  if (verdict.location === 'unknown') return { kind: verdict.reason };
  if (verdict.pushed === true) return { kind: 'pushed' };
  switch (verdict.location) {
    case 'head':
    case 'history':
      return { kind: 'committed', pushed: verdict.pushed, ...introductionOf(verdict) };
    case 'staged':
      return { kind: 'staged' };
    case 'ignored':
    case 'working-tree':
    case 'untracked':
      if (verdict.alsoIn.includes('stash')) return { kind: 'stashed' };
      if (surface === 'past') return { kind: 'reflog' };
      return verdict.location === 'ignored'
        ? { kind: 'ignored', dependency: surface === 'dependency' }
        : { kind: verdict.location };
  }
}

function isInGit(verdict: Verdict | UnknownVerdict | undefined): boolean {
  return isKnown(verdict) && (verdict.pushed === true || ['head', 'history', 'staged'].includes(verdict.location));
}

function introductionOf({ firstCommit }: Verdict): { commit?: Commit } {
  if (firstCommit === undefined) return {};
  return { commit: { id: firstCommit.commit, date: firstCommit.authorDate } };
}

/** Why "not committed" or "not pushed" is uncertain; undefined if only the history has not been scanned yet. */
export function uncertaintyOf(
  verdict: Verdict | UnknownVerdict | undefined,
): Exclude<Incomplete, 'history-not-scanned'> | undefined {
  if (!isKnown(verdict) || verdict.pushed === true) return undefined;
  return verdict.incompleteBecause === 'history-not-scanned' ? undefined : verdict.incompleteBecause;
}

export function isCommitted({ kind }: Situation): boolean {
  return kind === 'pushed' || kind === 'committed';
}

/** @returns undefined if the key is not shown */
export function severityOf(
  finding: Pick<Finding, 'kind' | 'suppressedBy'>,
  situation: Situation,
  options: SeverityOptions,
): Severity | undefined {
  const production = finding.kind === 'production';
  const severity = production ? PRODUCTION[situation.kind] : SANDBOX[situation.kind];
  if (finding.suppressedBy !== undefined) {
    if (!production) return undefined;
    if (options.restricted && !options.suppressedByUser) return severity;
    return isCommitted(situation) ? 'hint' : undefined;
  }
  if (situation.kind !== 'ignored') return severity;
  // The content of an installed package is public.
  if (situation.dependency) return production ? 'warning' : 'information';
  return !production && options.sandboxInIgnoredFile === 'off' ? undefined : severity;
}

const PRODUCTION: Readonly<Record<SituationKind, Severity>> = {
  checking: 'error',
  pushed: 'error',
  committed: 'error',
  stashed: 'error',
  reflog: 'warning',
  staged: 'error',
  'working-tree': 'error',
  untracked: 'error',
  ignored: 'information',
  'commit-message': 'error',
  'user-settings': 'error',
  untitled: 'warning',
  'no-repository': 'warning',
  'no-git': 'warning',
  'old-git': 'warning',
  restricted: 'error',
  timeout: 'error',
  unreadable: 'error',
  failed: 'error',
};

const SANDBOX: Readonly<Record<SituationKind, Severity>> = {
  checking: 'warning',
  pushed: 'warning',
  committed: 'warning',
  stashed: 'warning',
  reflog: 'information',
  staged: 'warning',
  'working-tree': 'warning',
  untracked: 'warning',
  ignored: 'hint',
  'commit-message': 'warning',
  'user-settings': 'warning',
  untitled: 'information',
  'no-repository': 'information',
  'no-git': 'information',
  'old-git': 'information',
  restricted: 'warning',
  timeout: 'warning',
  unreadable: 'warning',
  failed: 'warning',
};

const ORDER: readonly SituationKind[] = [
  'pushed',
  'committed',
  'commit-message',
  'staged',
  'stashed',
  'working-tree',
  'untracked',
  'user-settings',
  'checking',
  'restricted',
  'unreadable',
  'timeout',
  'failed',
  'old-git',
  'no-git',
  'no-repository',
  'untitled',
  'reflog',
  'ignored',
];

/** Sorts the most serious first. */
export function compareSituations(one: Situation, other: Situation): number {
  return ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind);
}

const SEVERITIES: readonly (Severity | undefined)[] = ['error', 'warning', 'information', 'hint', undefined];

/** Sorts the most serious first; what is not shown last. */
export function compareSeverities(one: Severity | undefined, other: Severity | undefined): number {
  return SEVERITIES.indexOf(one) - SEVERITIES.indexOf(other);
}
