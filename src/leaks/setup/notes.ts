import * as vscode from 'vscode';
import { fenced } from '../../ui/markdown.ts';
import { plain } from '../../ui/text.ts';
import type { Note } from '../../secrets/setup/plan.ts';

/** @returns Markdown with the steps that the user has to do manually */
export function notesText(notes: readonly Note[]): string {
  return [
    `# ${vscode.l10n.t('Leak check: remaining manual steps')}`,
    ...notes.map((note) => [`## ${plain(heading(note))}`, explanation(note), fenced(note.lines)].join('\n\n')),
    '',
  ].join('\n\n');
}

function heading(note: Note): string {
  switch (note.kind) {
    case 'add-rule':
      return vscode.l10n.t('Add the rule to {0}', note.file);
    case 'add-hook':
      return note.file === undefined
        ? vscode.l10n.t('Add the check to your pre-commit hook')
        : vscode.l10n.t('Add the check to {0}', note.file);
    case 'install-hooks':
      return vscode.l10n.t('Install the hooks once');
    case 'add-ci':
      return vscode.l10n.t('Add the step to your continuous integration');
    case 'node-path':
      return vscode.l10n.t('Run secretlint with NODE_PATH');
    case 'add-gitleaks':
      return vscode.l10n.t('Add the rules to {0}', note.file);
    case 'github-pattern':
      return vscode.l10n.t('Add the pattern on GitHub');
  }
}

function explanation(note: Note): string {
  switch (note.kind) {
    case 'add-rule':
      return vscode.l10n.t('This configuration could not be changed safely. Add this to its list "rules":');
    case 'add-hook':
      return vscode.l10n.t('The existing hook could not be changed safely. Nothing was overwritten. Add these lines:');
    case 'install-hooks':
      return vscode.l10n.t('If this machine does not run the hooks yet, run:');
    case 'add-ci':
      return vscode.l10n.t('It needs Node.js 22 or newer:');
    case 'node-path':
      return vscode.l10n.t(
        'The rule is in this repository. Wherever you already run secretlint, set NODE_PATH so that it finds the rule:',
      );
    case 'add-gitleaks':
      return vscode.l10n.t('There is already a configuration. Add these rules to its end:');
    case 'github-pattern':
      return vscode.l10n.t(
        "In the organization's or repository's settings, under Advanced Security, create a custom pattern with these values and turn on push protection for it. See https://docs.github.com/code-security/secret-scanning/using-advanced-secret-scanning-and-push-protection-features/custom-patterns/defining-custom-patterns-for-secret-scanning",
      );
  }
}
