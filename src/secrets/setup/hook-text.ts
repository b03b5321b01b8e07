/** The pre-commit check as text for each way to run hooks. */
import { AUTHENTICATION_DOCS } from '../../truework/facts.ts';
import { RULE_ID } from '../rule/identity.ts';

/** The folder of the programs, relative to the repository's root. */
export const FOLDER = '.truework';
export const SECRETS_PROGRAM = `${FOLDER}/truework-secrets.js`;
export const RULE_PROGRAM = `${FOLDER}/${RULE_ID}.js`;

export const COMMAND = `node ${SECRETS_PROGRAM} --staged`;

/**
 * For hooks that are shell scripts. A branch from before the check lacks the program and passes; without Node the hook
 * fails with a message, because a check must not be skipped silently.
 */
export const SHELL_LINES: readonly string[] = [
  `# Truework: keeps secret keys out of commits. See ${AUTHENTICATION_DOCS}`,
  `if [ -f ${SECRETS_PROGRAM} ]; then`,
  '  command -v node >/dev/null 2>&1 || { echo "The check for leaked Truework keys needs Node.js. To commit without it: git commit --no-verify" >&2; exit 1; }',
  `  ${COMMAND} || exit 1`,
  'fi',
];

export const NEW_SHELL_HOOK = ['#!/bin/sh', ...SHELL_LINES, ''].join('\n');

export function holdsCheck(text: string): boolean {
  return text.includes('truework-secrets');
}

export function isShellScript(text: string): boolean {
  return /^#!.*\b(?:sh|bash|zsh|dash|ash|ksh)\b/.test(text);
}

/**
 * Adds the check to an existing hook, before its first command. At the end it would not run after an `exit`, and would
 * replace the exit code of the last command.
 */
export function placeInShellHook(text: string): { readonly at: number; readonly text: string } {
  const header =
    /^(?:[ \t]*(?:#.*)?\r?\n|[ \t]*(?:\.|source)[ \t].*\r?\n|[ \t]*set[ \t]+[-+].*\r?\n)*/.exec(text)?.[0] ?? '';
  const rest = text.slice(header.length);
  // A hook with only such lines, the last one without a line break.
  if (/^[^\n]*$/.test(rest) && (rest.trim() === '' || rest.trim().startsWith('#')))
    return { at: text.length, text: `${text === '' || text.endsWith('\n') ? '' : '\n'}${SHELL_LINES.join('\n')}\n` };
  return { at: header.length, text: `${SHELL_LINES.join('\n')}\n` };
}

export const LEFTHOOK_LINES: readonly string[] = [
  'pre-commit:',
  '  commands:',
  '    truework-secrets:',
  `      run: ${COMMAND}`,
];

/** The lines of a hook for the pre-commit framework, indented like the list in the file. */
export function preCommitLines(indent: string): string[] {
  return [
    '- repo: local',
    '  hooks:',
    '    - id: truework-secrets',
    '      name: no leaked Truework keys',
    `      entry: ${COMMAND}`,
    '      language: system',
    '      pass_filenames: false',
    '      always_run: true',
  ].map((line) => indent + line);
}
