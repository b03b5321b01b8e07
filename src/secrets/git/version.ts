import { GitError } from './error.ts';
import { type GitTool, runGit } from './process.ts';
import { unlessAborted } from './waiting.ts';

/** The oldest git that is supported, and the only one of its age that the tests imitate: that of Debian 10. */
export const OLDEST_GIT: Version = [2, 20];
/** Reads settings from `GIT_CONFIG_COUNT`. */
const CONFIG_COUNT: Version = [2, 31];

type Version = readonly [major: number, minor: number];

const known = new Map<string, Promise<Version>>();

/**
 * Asks git for its version, once for each program.
 * @returns the tool, with what this version can do
 * @throws GitError `too-old`
 */
export async function checkVersion(tool: GitTool, folder: string, signal: AbortSignal | undefined): Promise<GitTool> {
  let asking = known.get(tool.gitPath);
  if (asking === undefined) {
    known.set(tool.gitPath, (asking = readVersion(tool, folder)));
    // The next question may have an answer.
    asking.catch(() => {
      known.delete(tool.gitPath);
    });
  }
  const version = await unlessAborted(asking, signal);
  if (isOlder(version, OLDEST_GIT)) {
    known.delete(tool.gitPath);
    throw new GitError(
      'too-old',
      `Git ${version.join('.')} is too old. Install git ${OLDEST_GIT.join('.')} or newer, then try again.`,
    );
  }
  return { ...tool, readsConfigCount: !isOlder(version, CONFIG_COUNT) };
}

async function readVersion(tool: GitTool, folder: string): Promise<Version> {
  const { stdout } = await runGit(folder, ['version'], tool);
  return versionIn(stdout.toString());
}

/** "git version 2.39.5 (Apple Git-154)". @throws GitError */
export function versionIn(text: string): Version {
  const [, major, minor] = /^git version (\d{1,4})\.(\d{1,4})/.exec(text) ?? [];
  if (major === undefined || minor === undefined)
    throw new GitError('failed', 'The git that was found does not say which version it is.');
  return [Number(major), Number(minor)];
}

export function isOlder([major, minor]: Version, [otherMajor, otherMinor]: Version): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
