/**
 * - `not-found`: there is no git that may be run.
 * - `not-a-repository`: the folder belongs to no repository.
 * - `dubious-ownership`: the repository belongs to another user and git's `safe.directory` does not name it.
 * - `timeout`, `aborted`: git was stopped before it was done.
 * - `too-much-output`: git said more than the caller was ready to keep.
 * - `failed`: anything else; `exitCode` and `detail` say more.
 */
export type GitErrorCode =
  | 'not-found'
  | 'not-a-repository'
  | 'dubious-ownership'
  | 'timeout'
  | 'aborted'
  | 'too-much-output'
  | 'failed';

/** Why git gave no answer. Neither the message nor the detail ever holds a key. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly code: GitErrorCode;
  readonly exitCode: number | undefined;
  /** What git wrote to standard error, shortened. */
  readonly detail: string;

  constructor(code: GitErrorCode, message: string, extra: { exitCode?: number | undefined; detail?: string; cause?: unknown } = {}) {
    super(message, 'cause' in extra ? { cause: extra.cause } : {});
    this.code = code;
    this.exitCode = extra.exitCode;
    this.detail = withoutKeys(extra.detail ?? '').trim().slice(0, 1000);
  }
}

/** A file's name may hold a key, and git repeats names in its complaints. */
function withoutKeys(text: string): string {
  return text.replace(/(tw_[sp]k_)[A-Za-z0-9_-]+/g, '$1…');
}

/** The error that a finished git process stands for. */
export function errorOfExit(subcommand: string, exitCode: number | undefined, stderr: string): GitError {
  const extra = { exitCode, detail: stderr };
  if (/detected dubious ownership|unsafe repository/.test(stderr)) {
    return new GitError('dubious-ownership', 'Git does not read this repository because another user owns it. Add its folder to git’s safe.directory setting if you trust it.', extra);
  }
  if (/not a git repository|must be run in a work tree/i.test(stderr)) {
    return new GitError('not-a-repository', 'This folder is not in a git repository.', extra);
  }
  return new GitError('failed', `git ${subcommand} failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}.`, extra);
}

export function aborted(): GitError {
  return new GitError('aborted', 'Reading the git repository was cancelled.');
}
