import { GitError } from './error.ts';
import { type GitTool, runGit } from './process.ts';
import { unlessAborted } from './waiting.ts';

/** The oldest supported git, which the tests imitate: that of Debian 10. */
export const OLDEST_GIT: Version = [2, 20];
/** Since this version, git reads settings from `GIT_CONFIG_COUNT`. */
const CONFIG_COUNT: Version = [2, 31];

type Version = readonly [major: number, minor: number];

const versions = new Map<string, Promise<Version>>();

/**
 * Gets the version of git, once for each program.
 * @returns the tool with the capabilities of its version
 * @throws GitError `too-old`
 */
export async function checkVersion(tool: GitTool, folder: string, signal: AbortSignal | undefined): Promise<GitTool> {
  let request = versions.get(tool.gitPath);
  if (request === undefined) {
    versions.set(tool.gitPath, (request = readVersion(tool, folder)));
    // The next call tries again.
    request.catch(() => {
      versions.delete(tool.gitPath);
    });
  }
  const version = await unlessAborted(request, signal);
  if (isOlder(version, OLDEST_GIT)) {
    versions.delete(tool.gitPath);
    throw new GitError(
      'too-old',
      `Git ${version.join('.')} is too old. Install git ${OLDEST_GIT.join('.')} or newer, then try again.`,
    );
  }
  return { ...tool, readsConfigCount: !isOlder(version, CONFIG_COUNT) };
}

async function readVersion(tool: GitTool, folder: string): Promise<Version> {
  const { stdout } = await runGit(folder, ['version'], tool);
  return parseVersion(stdout.toString());
}

/** "git version 2.39.5 (Apple Git-154)". @throws GitError */
export function parseVersion(text: string): Version {
  const [, major, minor] = /^git version (\d{1,4})\.(\d{1,4})/.exec(text) ?? [];
  if (major === undefined || minor === undefined)
    throw new GitError('failed', 'The installed git does not report its version.');
  return [Number(major), Number(minor)];
}

export function isOlder([major, minor]: Version, [otherMajor, otherMinor]: Version): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
