import { redactKeys } from '../../truework/redact.ts';

/**
 * - `not-found`: there is no git that may run.
 * - `too-old`: the git that was found lacks required options; see `OLDEST_GIT`.
 * - `not-a-repository`: the folder belongs to no repository.
 * - `dubious-ownership`: the repository belongs to another user and git's `safe.directory` does not name it.
 * - `timeout`, `aborted`: git was stopped before it finished.
 * - `too-much-output`: git wrote more than the caller accepts.
 * - `unreadable`: a part of the repository is missing, damaged or not a regular file, so its content is unknown.
 * - `failed`: anything else; see `exitCode` and `detail`.
 */
export type GitErrorCode =
  | 'not-found'
  | 'too-old'
  | 'not-a-repository'
  | 'dubious-ownership'
  | 'timeout'
  | 'aborted'
  | 'too-much-output'
  | 'unreadable'
  | 'failed';

/** A failure of git. Neither the message nor the detail contains a key. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly code: GitErrorCode;
  readonly exitCode: number | undefined;
  /** What git wrote to standard error, shortened. */
  readonly detail: string;

  constructor(
    code: GitErrorCode,
    message: string,
    extra: { exitCode?: number | undefined; detail?: string; cause?: unknown } = {},
  ) {
    super(message, 'cause' in extra ? { cause: extra.cause } : {});
    this.code = code;
    this.exitCode = extra.exitCode;
    // A file name may contain a key, and git repeats names in its messages.
    this.detail = redactKeys(extra.detail ?? '')
      .trim()
      .slice(0, 1000);
  }
}

/** Messages of git about a damaged repository, or one without objects that it may not fetch. */
const UNREADABLE = new RegExp(
  [
    'is corrupt',
    'file corrupt',
    'does not match index',
    'bad signature',
    'garbage',
    'inflate',
    'promisor remote',
    'bad (?:tree |blob |commit )?object',
    'missing (?:object|blob|tree|commit)',
    'invalid object',
    'not a (?:valid object|tree object)',
    'broken ref',
    'unable to (?:unpack|stream|read|parse|find|map|create threaded)',
    'could not (?:read|get object|parse|open)',
    'cannot (?:be (?:read|accessed)|read)',
    'failed to (?:traverse|read|unpack)',
    'disappeared',
    'truncated',
    'in tree entry',
    'too-short tree',
    'unresolved delta',
    'index file smaller',
    // A promised object is missing; the fetch that git starts for it may end git before it reports that.
    "transport '[^']*' not allowed",
  ].join('|'),
  'i',
);

/** @returns the error for a git process that has exited */
export function errorOfExit(subcommand: string, exitCode: number | undefined, stderr: string): GitError {
  const extra = { exitCode, detail: stderr };
  if (/detected dubious ownership|unsafe repository/.test(stderr)) {
    return new GitError(
      'dubious-ownership',
      'Git does not read this repository because another user owns it. If you trust it, add its folder to git’s safe.directory setting.',
      extra,
    );
  }
  if (/not a git repository|must be run in a work tree|cannot use bare repository/i.test(stderr)) {
    return new GitError('not-a-repository', 'This folder is not in a git repository.', extra);
  }
  if (stderr.includes('promisor remote'))
    return unreadable(
      'This is a partial clone: the object is not here, and nothing is fetched. To check it, fetch it with git.',
      extra,
    );
  if (UNREADABLE.test(stderr))
    return unreadable(
      `git ${subcommand} could not read a part of the repository. Run "git fsck" to see what is damaged.`,
      extra,
    );
  return new GitError(
    'failed',
    `git ${subcommand} failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}.`,
    extra,
  );
}

export function unreadable(
  message: string,
  extra: { exitCode?: number | undefined; detail?: string; cause?: unknown } = {},
): GitError {
  return new GitError('unreadable', message, extra);
}

export function isUnreadable(error: unknown): boolean {
  return error instanceof GitError && error.code === 'unreadable';
}

export function aborted(): GitError {
  return new GitError('aborted', 'Reading the git repository was canceled.');
}

export function timedOut(subcommand: string, milliseconds: number): GitError {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return new GitError(
    'timeout',
    `git ${subcommand} did not answer within ${seconds} ${seconds === 1 ? 'second' : 'seconds'} and was stopped. Check that the files of the repository are readable, then try again.`,
  );
}
