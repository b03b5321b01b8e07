import { parseArgs } from 'node:util';

export type Scope = 'staged' | 'all' | 'history';
export type Format = 'text' | 'json' | 'sarif';

export type Command =
  | { readonly command: 'scan'; readonly scope: Scope; readonly format: Format; readonly paths: readonly string[] }
  | { readonly command: 'print-gitleaks' | 'print-github-pattern' | 'help' };

/** An invalid command line or configuration. The message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Finds leaked Truework secret keys (tw_sk_…).

Usage: truework-secrets --staged | --all | --history [--format text|json|sarif] [path…]

  --staged                what the next commit adds, read from the git index
  --all                   the files of the working tree that git does not ignore; without git, all files
  --history               every commit, branch, tag and stash of the repository
  --format FORMAT         text (default), json, or sarif
  --print-gitleaks        a gitleaks configuration with the same rules
  --print-github-pattern  the same rules as custom patterns for GitHub secret scanning, as JSON
  path                    only files at or below these paths

Exits with 0 if there is no leak, 1 if there is one, 2 if the scan failed.
The options allowKeys, allows and allowMessageIds of secretlint-rule-truework in .secretlintrc.json apply here too.
`;

const OPTIONS = {
  staged: { type: 'boolean' },
  all: { type: 'boolean' },
  history: { type: 'boolean' },
  format: { type: 'string' },
  'print-gitleaks': { type: 'boolean' },
  'print-github-pattern': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const FORMATS: readonly string[] = ['text', 'json', 'sarif'] satisfies Format[];
const isFormat = (text: string): text is Format => FORMATS.includes(text);

/** @throws UsageError */
export function readArguments(args: readonly string[]): Command {
  const { values, positionals } = parseOptions(args);
  if (values.help) return { command: 'help' };
  if (values['print-gitleaks']) return { command: 'print-gitleaks' };
  if (values['print-github-pattern']) return { command: 'print-github-pattern' };
  const scopes = (['staged', 'all', 'history'] as const).filter((scope) => values[scope]);
  const [scope, other] = scopes;
  if (scope === undefined || other !== undefined)
    throw new UsageError('Specify exactly one of --staged, --all and --history.');
  const format = values.format ?? 'text';
  if (!isFormat(format)) throw new UsageError('The format must be text, json or sarif.');
  return { command: 'scan', scope, format, paths: positionals };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
