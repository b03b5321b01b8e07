import * as vscode from 'vscode';
import { isCommitted } from '../actions.ts';
import { repositoryOf } from '../document-facts.ts';
import type { GuideDocuments } from '../history/documents.ts';
import { readCleanUpFacts, writeGuide } from '../history/guide.ts';
import { isKnown } from '../../../secrets/verdict.ts';
import { leakFor } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { showWarning } from '../../../ui/show.ts';

/** Shows how to take a committed key out of the history, filled in for this repository. */
export async function showCleanUpSteps(
  { leaks }: FixesDeps,
  guides: GuideDocuments,
  rows: readonly unknown[],
): Promise<void> {
  const leak = await leakFor(leaks, rows, { accept: isCommitted });
  if (leak === undefined) return;
  const { verdict } = leak;
  const file = leak.in === 'history' && leak.root !== undefined ? vscode.Uri.file(leak.root) : leak.uri;
  const found = await repositoryOf(file);
  if (found === undefined || !isKnown(verdict)) {
    await showWarning(
      vscode.l10n.t('Git cannot be used for this file. In Restricted Mode, trust the workspace first.'),
    );
    return;
  }
  using repository = found.repository;
  const facts = await readCleanUpFacts(repository, leak, verdict);
  await guides.show(vscode.l10n.t('Clean the History'), writeGuide(facts, verdict));
}
