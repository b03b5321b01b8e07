import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './error.ts';

export interface FindGitOptions {
  /** Folders with content from others: a `git` in them is never run. */
  readonly notInside?: readonly string[];
  /** The search path; the `PATH` of this process by default. */
  readonly searchPath?: string;
}

/**
 * The absolute path of the git to run: the first on the search path that is neither in the current directory nor in one
 * of `notInside`. Relative entries of the search path are skipped, because they depend on the current directory.
 * @throws GitError `not-found`
 */
export async function findGit(options: FindGitOptions = {}): Promise<string> {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  const forbidden = await Promise.all((options.notInside ?? []).map(real));
  const current = await real(process.cwd());
  for (const entry of (options.searchPath ?? process.env['PATH'] ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(entry)) continue;
    const candidate = path.join(entry, name);
    if (!(await isExecutable(candidate))) continue;
    const folders = [await real(entry), path.dirname(await real(candidate))];
    if (folders.some((folder) => folder === current || forbidden.some((other) => isInside(folder, other)))) continue;
    if (await isPromptForDeveloperTools(candidate)) continue;
    return candidate;
  }
  throw new GitError('not-found', 'Git was not found on the PATH. Install git, then reload the window.');
}

/** Whether `file` is `folder` or below it. Both are absolute. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

async function real(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    return path.resolve(file);
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** On macOS, `/usr/bin/git` opens an install dialog while the developer tools are missing. */
async function isPromptForDeveloperTools(file: string): Promise<boolean> {
  if (process.platform !== 'darwin' || file !== '/usr/bin/git') return false;
  return new Promise((resolve) => {
    const child = spawn('/usr/bin/xcode-select', ['-p'], { stdio: 'ignore' });
    child.on('error', () => {
      resolve(true);
    });
    child.on('close', (code) => {
      resolve(code !== 0);
    });
  });
}
