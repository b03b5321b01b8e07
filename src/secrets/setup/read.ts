/** Reads the hooks, configurations and continuous integration of a repository. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readTextFile } from '../../files/write-target.ts';
import { githubPatterns } from '../formats/github.ts';
import { gitleaksToml } from '../formats/gitleaks.ts';
import { isInside } from '../git/executable.ts';
import { asRecord } from '../json.ts';
import type { Repository } from '../git/repository.ts';
import { RULE_ID } from '../rule/identity.ts';
import {
  GITLEAKS_FILES,
  LEFTHOOK_FILES,
  OTHER_CI_FILES,
  OTHER_SECRETLINT_FILES,
  PRE_COMMIT_FILES,
  SECRETLINT_FILE,
} from './file-names.ts';
import { FOLDER, RULE_PROGRAM, SECRETS_PROGRAM } from './hook-text.ts';
import type { HookManager, SetupFacts } from './plan.ts';

const NAMES = [
  ...LEFTHOOK_FILES,
  ...PRE_COMMIT_FILES,
  SECRETLINT_FILE,
  ...OTHER_SECRETLINT_FILES,
  ...GITLEAKS_FILES,
  ...OTHER_CI_FILES,
  'package.json',
  '.gitlab-ci.yml',
  `${FOLDER}/package.json`,
  RULE_PROGRAM,
  SECRETS_PROGRAM,
];

/** @param programs folder of the built programs, `dist/` of the extension */
export async function readSetupFacts(repository: Repository, root: string, programs: string): Promise<SetupFacts> {
  const files = new Map<string, string>();
  for (const name of [...NAMES, ...(await workflowsIn(root))]) {
    const text = await readSetupFile(path.join(root, name));
    if (text !== undefined) files.set(name, text);
  }
  return {
    files,
    hook: await hookOf(repository, root, files),
    ci: await ciOf(repository, root, files),
    programs: {
      rule: await readFile(path.join(programs, `${RULE_ID}.js`), 'utf8'),
      secrets: await readFile(path.join(programs, 'truework-secrets.js'), 'utf8'),
    },
    gitleaks: gitleaksToml(),
    githubPatterns: githubPatterns(),
  };
}

async function hookOf(
  repository: Repository,
  root: string,
  files: ReadonlyMap<string, string>,
): Promise<SetupFacts['hook']> {
  const manager = await managerOf(root, files);
  if (manager === 'husky') {
    const file = '.husky/pre-commit';
    return { manager, file, text: await readSetupFile(path.join(root, file)), folders: [] };
  }
  const none = { manager, file: undefined, text: undefined, folders: [] };
  if (manager !== 'git' || !(await isGitFolderOf(repository, root))) return none;
  const folder = await hooksFolder(repository, root);
  if (folder === undefined) return none;
  const file = path.join(folder, 'pre-commit');
  return { manager, file, text: await readSetupFile(file), folders: [repository.commonFolder] };
}

/**
 * Whether git's folder is in the repository, or refers back to it. A file `.git` that came with a folder can name the
 * git folder of any other project.
 */
async function isGitFolderOf(repository: Repository, root: string): Promise<boolean> {
  const real = await realpath(root);
  if (isInside(await realpath(repository.commonFolder), real)) return true;
  // A linked work tree: https://git-scm.com/docs/gitrepository-layout#Documentation/gitrepository-layout.txt-worktreesidgitdir
  const workTree = (await readSetupFile(path.join(repository.gitFolder, 'gitdir')))?.trim();
  if (workTree !== undefined && (await isSame(path.dirname(path.resolve(repository.gitFolder, workTree)), real)))
    return true;
  // A submodule
  const { stdout } = await repository.run(
    ['config', '--null', '--file', path.join(repository.gitFolder, 'config'), '--get', 'core.worktree'],
    { exitCodes: [0, 1] },
  );
  const configured = stdout.toString().replace(/\0$/, '');
  return configured !== '' && (await isSame(path.resolve(repository.gitFolder, configured), real));
}

async function isSame(folder: string, real: string): Promise<boolean> {
  return (await realpath(folder).catch(() => undefined)) === real;
}

async function managerOf(root: string, files: ReadonlyMap<string, string>): Promise<HookManager> {
  const manifest = readManifest(files.get('package.json'));
  if (await isFolder(path.join(root, '.husky'))) return 'husky';
  if (LEFTHOOK_FILES.some((name) => files.has(name))) return 'lefthook';
  if (PRE_COMMIT_FILES.some((name) => files.has(name))) return 'pre-commit';
  if ('husky' in manifest) return 'husky-4';
  if ('simple-git-hooks' in manifest) return 'simple-git-hooks';
  const dependencies = { ...asRecord(manifest['devDependencies']), ...asRecord(manifest['dependencies']) };
  if ('husky' in dependencies) return 'husky';
  return 'git';
}

/** @returns undefined if the hooks are in a folder that other repositories share */
async function hooksFolder(repository: Repository, root: string): Promise<string | undefined> {
  const { stdout } = await repository.run(
    ['config', '--null', '--show-origin', '--type=path', '--get-all', 'core.hooksPath'],
    { exitCodes: [0, 1] },
  );
  // Origin and value alternate. The extension itself disables hooks on the command line, which does not count.
  const fields = stdout.toString().split('\0');
  const set = fields.filter((_field, n) => n % 2 === 1 && fields[n - 1] !== 'command line:').at(-1);
  if (set === undefined) return path.join(repository.commonFolder, 'hooks');
  const folder = path.resolve(root, set);
  return isInside(folder, root) || isInside(folder, repository.commonFolder) ? folder : undefined;
}

async function ciOf(
  repository: Repository,
  root: string,
  files: ReadonlyMap<string, string>,
): Promise<SetupFacts['ci']> {
  if (files.has('.gitlab-ci.yml')) return 'gitlab';
  if (await isFolder(path.join(root, '.github'))) return 'github';
  if (OTHER_CI_FILES.some((name) => files.has(name))) return 'other';
  const { stdout } = await repository.run(['config', '--null', '--get-regexp', '^remote\\..*\\.url$'], {
    exitCodes: [0, 1],
  });
  const hosts = stdout
    .toString()
    .split('\0')
    .map((entry) => /(?:@|:\/\/)(?:[^/@]*@)?([^/:]+)/.exec(entry)?.[1]?.toLowerCase());
  if (hosts.includes('github.com')) return 'github';
  return hosts.includes('gitlab.com') ? 'gitlab' : 'other';
}

async function workflowsIn(root: string): Promise<string[]> {
  try {
    return (await readdir(path.join(root, '.github/workflows')))
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => `.github/workflows/${name}`);
  } catch {
    return [];
  }
}

function readManifest(text: string | undefined): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}

/** More than any configuration, and than our own programs. */
const MAX_BYTES = 16 * 1024 * 1024;

async function readSetupFile(file: string): Promise<string | undefined> {
  return await readTextFile(file, MAX_BYTES);
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch {
    return false;
  }
}
