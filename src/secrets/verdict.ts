/** What git says of a leaked key. */
import type { AlsoIn, Incomplete } from './git/history.ts';
import type { IgnoredBy } from './git/ignored.ts';
import type { Introduction } from './git/introductions.ts';

/**
 * Where a key of a file stands, the most serious place first:
 * - `head`: this file holds it in the commit that is checked out
 * - `history`: a commit that a branch, a tag or HEAD reaches holds it, in this file or another
 * - `staged`: this file's next commit brings it in
 * - `working-tree`: git tracks the file, but neither the commit nor the index has the key in it
 * - `untracked`, `ignored`: git does not track the file
 */
export type GitLocation = 'head' | 'history' | 'staged' | 'working-tree' | 'untracked' | 'ignored';

export interface Verdict {
  /** The most serious of `locations`. */
  readonly location: GitLocation;
  readonly locations: readonly GitLocation[];
  /** Whether a remote-tracking branch reaches a commit with the key. */
  readonly pushed: boolean | 'unknown';
  /** The oldest commit that brought the key in. Its path differs from the file's when the file was renamed or the key copied. */
  readonly firstCommit?: Introduction;
  readonly alsoIn: readonly AlsoIn[];
  readonly ignoredBy?: IgnoredBy;
  /** Why "not in the history" and "not pushed" are not certain; left out if they are. */
  readonly incompleteBecause?: Incomplete;
}

/** The caller's own answer where git is not asked, or gave none. */
export interface UnknownVerdict {
  readonly location: 'unknown';
  readonly reason: UnknownReason;
}

/** Whether git has answered, and knew. */
export function isKnown(verdict: Verdict | UnknownVerdict | undefined): verdict is Verdict {
  return verdict !== undefined && verdict.location !== 'unknown';
}

/**
 * - `timeout`: git did not answer in time
 * - `unreadable`: what it would have to read is damaged, or not here
 */
export type UnknownReason = 'restricted' | 'no-git' | 'old-git' | 'no-repository' | 'timeout' | 'unreadable' | 'failed';
