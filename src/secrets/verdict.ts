/** What git knows about a leaked key. */
import type { AlsoIn, Incomplete } from './git/history.ts';
import type { IgnoredBy } from './git/ignored.ts';
import type { Introduction } from './git/introductions.ts';

/**
 * Where a key of a file is, the most serious location first:
 * - `head`: in this file, in the commit that is checked out
 * - `history`: in a commit that a branch, a tag or HEAD reaches, in this file or another
 * - `staged`: in this file, in the index but not in HEAD
 * - `working-tree`: git tracks the file, but the key is neither in the commit nor in the index
 * - `untracked`, `ignored`: git does not track the file
 */
export type GitLocation = 'head' | 'history' | 'staged' | 'working-tree' | 'untracked' | 'ignored';

export interface Verdict {
  /** The most serious of `locations`. */
  readonly location: GitLocation;
  readonly locations: readonly GitLocation[];
  /** Whether a remote-tracking branch reaches a commit with the key. */
  readonly pushed: boolean | 'unknown';
  /**
   * The oldest commit that introduced the key. Its path differs from the file's if the file was renamed or the key
   * copied.
   */
  readonly firstCommit?: Introduction;
  readonly alsoIn: readonly AlsoIn[];
  readonly ignoredBy?: IgnoredBy;
  /** Why "not in the history" and "not pushed" are not certain; left out if they are. */
  readonly incompleteBecause?: Incomplete;
}

/** The verdict if git was not run, or did not answer. */
export interface UnknownVerdict {
  readonly location: 'unknown';
  readonly reason: UnknownReason;
}

/** Whether git has determined the location. */
export function isKnown(verdict: Verdict | UnknownVerdict | undefined): verdict is Verdict {
  return verdict !== undefined && verdict.location !== 'unknown';
}

/**
 * - `timeout`: git did not answer in time
 * - `unreadable`: what it must read is damaged or missing
 */
export type UnknownReason = 'restricted' | 'no-git' | 'old-git' | 'no-repository' | 'timeout' | 'unreadable' | 'failed';
