/** What is left to do by hand, as a document. */
import * as vscode from 'vscode';
import { fenced } from '../../ui/markdown.ts';
import { plain } from '../../ui/text.ts';
import type { Note } from '../../secrets/setup/plan.ts';

export function notesText(notes: readonly Note[]): string {
  return [
    `# ${vscode.l10n.t('Leak check: what is left to do by hand')}`,
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
      return vscode.l10n.t(
        'This configuration is not in a form that can be changed safely. Put this into its list "rules":',
      );
    case 'add-hook':
      return vscode.l10n.t('What is there could not be changed safely. Nothing was overwritten; add these lines:');
    case 'install-hooks':
      return vscode.l10n.t('If this machine does not run the hooks yet:');
    case 'add-ci':
      return vscode.l10n.t('It needs Node.js 22 or newer:');
    case 'node-path':
      return vscode.l10n.t(
        'The rule lies in this repository, so secretlint has to be told to look here, wherever you run it already:',
      );
    case 'add-gitleaks':
      return vscode.l10n.t('A configuration is there already. Add these rules at its end:');
    case 'github-pattern':
      return vscode.l10n.t(
        "In the organization's or repository's settings, under Advanced Security, make a custom pattern with these values, and turn on push protection for it. See https://docs.github.com/code-security/secret-scanning/using-advanced-secret-scanning-and-push-protection-features/custom-patterns/defining-custom-patterns-for-secret-scanning",
      );
  }
}
