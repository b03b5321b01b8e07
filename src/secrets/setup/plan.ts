/** Plans the files that make a repository check itself for leaked keys. */
import type { FileChange } from '../edits/move-to-env.ts';
import { CI_COMMAND, GITHUB_WORKFLOW, GITLAB_JOB, SHELL_STEP, WORKFLOW } from './ci.ts';
import {
  COMMAND,
  FOLDER,
  holdsCheck,
  isShellScript,
  LEFTHOOK_LINES,
  NEW_SHELL_HOOK,
  placeInShellHook,
  preCommitLines,
  RULE_PROGRAM,
  SECRETS_PROGRAM,
  SHELL_LINES,
} from './hook-text.ts';
import {
  GITLEAKS_FILES,
  LEFTHOOK_YAML_FILES,
  OTHER_LEFTHOOK_FILES,
  OTHER_SECRETLINT_FILES,
  PRE_COMMIT_FILES,
  SECRETLINT_FILE,
} from './file-names.ts';
import { RULE_LINES, withRule } from './secretlintrc.ts';

/** The program that runs the repository's pre-commit hook. */
export type HookManager = 'husky' | 'husky-4' | 'lefthook' | 'pre-commit' | 'simple-git-hooks' | 'git';

export type Part = 'rule' | 'hook' | 'ci' | 'gitleaks' | 'github-pattern';

export interface SetupFacts {
  /** Texts of the relevant files, by path relative to the repository's root. */
  readonly files: ReadonlyMap<string, string>;
  readonly hook: {
    readonly manager: HookManager;
    /** The file that git or husky runs, absolute or relative to the root; undefined if it is outside the repository. */
    readonly file: string | undefined;
    readonly text: string | undefined;
    /**
     * Folders of this repository outside the root in which the hook may be written: git's own, for a linked work tree.
     */
    readonly folders: readonly string[];
  };
  readonly ci: 'github' | 'gitlab' | 'other';
  /** The built programs. */
  readonly programs: { readonly rule: string; readonly secrets: string };
  readonly gitleaks: string;
  readonly githubPatterns: readonly {
    readonly name: string;
    readonly secretFormat: string;
    readonly beforeSecret: string;
    readonly afterSecret: string;
    readonly mustNotMatch: readonly string[];
  }[];
}

/** A step for the user to do by hand. */
export type Note =
  | { readonly kind: 'add-rule'; readonly file: string; readonly lines: readonly string[] }
  | { readonly kind: 'add-hook'; readonly file: string | undefined; readonly lines: readonly string[] }
  | { readonly kind: 'install-hooks'; readonly lines: readonly string[] }
  | { readonly kind: 'add-ci'; readonly lines: readonly string[] }
  | { readonly kind: 'node-path'; readonly lines: readonly string[] }
  | { readonly kind: 'add-gitleaks'; readonly file: string; readonly lines: readonly string[] }
  | { readonly kind: 'github-pattern'; readonly lines: readonly string[] };

export interface SetupPlan {
  readonly files: readonly FileChange[];
  /** The paths of `files` that must be executable. */
  readonly executable: readonly string[];
  readonly notes: readonly Note[];
}

/** Keeps the content of hooks and configurations: where an addition may be wrong, its lines are shown instead. */
export function planSetup(facts: SetupFacts, parts: ReadonlySet<Part>): SetupPlan {
  const plans: Partial<SetupPlan>[] = [];
  if (parts.has('rule') || parts.has('hook') || parts.has('ci')) plans.push(programs(facts, parts));
  if (parts.has('rule') || parts.has('ci')) plans.push(configuration(facts));
  if (parts.has('hook')) plans.push(planHook(facts));
  if (parts.has('ci')) plans.push(continuousIntegration(facts));
  if (parts.has('gitleaks')) plans.push(gitleaks(facts));
  if (parts.has('github-pattern'))
    plans.push({ notes: [{ kind: 'github-pattern', lines: facts.githubPatterns.flatMap(patternLines) }] });
  return {
    files: plans.flatMap(({ files = [] }) => files),
    executable: plans.flatMap(({ executable = [] }) => executable),
    notes: plans.flatMap(({ notes = [] }) => notes),
  };
}

function programs({ files, programs: { rule, secrets } }: SetupFacts, parts: ReadonlySet<Part>): Partial<SetupPlan> {
  const whole = (path: string, text: string): FileChange[] => {
    const present = files.get(path);
    if (present === text) return [];
    return [
      present === undefined
        ? { kind: 'create', path, text }
        : { kind: 'change', path, changes: [{ start: 0, end: present.length, text }] },
    ];
  };
  return {
    files: [
      ...whole(`${FOLDER}/package.json`, `${JSON.stringify({ private: true, type: 'module' }, null, 2)}\n`),
      ...(parts.has('rule') || parts.has('ci') ? whole(RULE_PROGRAM, rule) : []),
      ...(parts.has('hook') ? whole(SECRETS_PROGRAM, secrets) : []),
    ],
  };
}

function configuration({ files }: SetupFacts): Partial<SetupPlan> {
  const other = OTHER_SECRETLINT_FILES.find((name) => files.has(name));
  if (other !== undefined) return { notes: [{ kind: 'add-rule', file: other, lines: RULE_LINES }] };
  const path = SECRETLINT_FILE;
  const present = files.get(path);
  const text = withRule(present);
  if (text === undefined) return { notes: [{ kind: 'add-rule', file: path, lines: RULE_LINES }] };
  if (present === undefined) return { files: [{ kind: 'create', path, text }] };
  if (text === present) return {};
  return {
    files: [{ kind: 'change', path, changes: [{ start: 0, end: present.length, text }] }],
    // An existing call of secretlint must find the rule.
    notes: [{ kind: 'node-path', lines: SHELL_STEP }],
  };
}

function planHook(facts: SetupFacts): Partial<SetupPlan> {
  const { manager, file, text } = facts.hook;
  const byHand = (lines: readonly string[], where = file): Partial<SetupPlan> => ({
    notes: [{ kind: 'add-hook', file: where, lines }],
  });
  switch (manager) {
    case 'lefthook':
      return lefthook(facts, byHand);
    case 'pre-commit':
      return preCommit(facts, byHand);
    case 'simple-git-hooks':
      return byHand([`"pre-commit": "${COMMAND}"`], 'package.json');
    case 'husky-4':
      return byHand([`"pre-commit": "${COMMAND}"`], 'package.json');
    case 'husky':
    case 'git': {
      if (file === undefined) return byHand(SHELL_LINES);
      if (text === undefined) {
        return {
          files: [
            { kind: 'create', path: file, text: manager === 'husky' ? `${SHELL_LINES.join('\n')}\n` : NEW_SHELL_HOOK },
          ],
          executable: [file],
          notes: installed(manager),
        };
      }
      if (holdsCheck(text)) return {};
      // Husky runs its files with sh, even without a shebang.
      if (!isShellScript(text) && !(manager === 'husky' && !text.startsWith('#!'))) return byHand(SHELL_LINES);
      const { at, text: lines } = placeInShellHook(text);
      return {
        files: [{ kind: 'change', path: file, changes: [{ start: at, end: at, text: lines }] }],
        executable: [file],
      };
    }
  }
}

function installed(manager: HookManager): Note[] {
  return manager === 'husky' ? [{ kind: 'install-hooks', lines: ['npx husky'] }] : [];
}

type ByHand = (lines: readonly string[], where?: string) => Partial<SetupPlan>;

function lefthook({ files }: SetupFacts, byHand: ByHand): Partial<SetupPlan> {
  const path = LEFTHOOK_YAML_FILES.find((name) => files.has(name));
  if (path === undefined)
    return byHand(
      LEFTHOOK_LINES,
      OTHER_LEFTHOOK_FILES.find((name) => files.has(name)),
    );
  const text = files.get(path) ?? '';
  if (holdsCheck(text)) return {};
  // A second key of the same name would replace the first.
  if (/^["']?pre-commit["']?[ \t]*:/m.test(text) || /^[ \t]*(?:\{|---|\.\.\.)/m.test(text))
    return byHand(LEFTHOOK_LINES, path);
  return {
    files: [
      {
        kind: 'change',
        path,
        changes: [{ start: text.length, end: text.length, text: appended(text, LEFTHOOK_LINES) }],
      },
    ],
    notes: [{ kind: 'install-hooks', lines: ['npx lefthook install'] }],
  };
}

function preCommit({ files }: SetupFacts, byHand: ByHand): Partial<SetupPlan> {
  const path = PRE_COMMIT_FILES.find((name) => files.has(name)) ?? PRE_COMMIT_FILES[0];
  const text = files.get(path) ?? '';
  if (holdsCheck(text)) return {};
  // Lines can be appended if the list of repositories, in block style, ends the file.
  const list = /^repos:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*([ \t]*)- /m.exec(text);
  const indent = list?.[1] ?? '';
  const after = list === null ? [] : text.slice(list.index).split(/\r?\n/).slice(1);
  const ends =
    list !== null &&
    after.every(
      (line) =>
        line.trim() === '' ||
        /^[ \t]*#/.test(line) ||
        (line.startsWith(indent) && /^(?:[ \t]|- )/.test(line.slice(indent.length))),
    );
  if (!ends) return byHand(preCommitLines(indent), path);
  return {
    files: [
      {
        kind: 'change',
        path,
        changes: [{ start: text.length, end: text.length, text: appended(text, preCommitLines(indent)) }],
      },
    ],
    notes: [{ kind: 'install-hooks', lines: ['pre-commit install'] }],
  };
}

function appended(text: string, lines: readonly string[]): string {
  return `${text === '' || text.endsWith('\n') ? '' : '\n'}${lines.join('\n')}\n`;
}

function continuousIntegration({ files, ci }: SetupFacts): Partial<SetupPlan> {
  if (ci !== 'github') return { notes: [{ kind: 'add-ci', lines: ci === 'gitlab' ? GITLAB_JOB : SHELL_STEP }] };
  const workflows = [...files].filter(([path]) => path.startsWith('.github/workflows/'));
  if (workflows.some(([path, text]) => path === WORKFLOW || text.includes(CI_COMMAND))) return {};
  return { files: [{ kind: 'create', path: WORKFLOW, text: GITHUB_WORKFLOW }] };
}

function gitleaks({ files, gitleaks: text }: SetupFacts): Partial<SetupPlan> {
  const present = GITLEAKS_FILES.find((name) => files.has(name));
  if (present === undefined) return { files: [{ kind: 'create', path: GITLEAKS_FILES[0], text }] };
  if (files.get(present)?.includes('truework-production-secret-key') === true) return {};
  const rules = text.slice(text.indexOf('[[rules]]'));
  return { notes: [{ kind: 'add-gitleaks', file: present, lines: rules.trimEnd().split('\n') }] };
}

function patternLines({
  name,
  secretFormat,
  beforeSecret,
  afterSecret,
  mustNotMatch,
}: SetupFacts['githubPatterns'][number]): string[] {
  return [
    `Pattern name: ${name}`,
    `Secret format: ${secretFormat}`,
    `Before secret: ${beforeSecret}`,
    `After secret: ${afterSecret}`,
    ...mustNotMatch.map((pattern) => `Must not match: ${pattern}`),
    '',
  ];
}
