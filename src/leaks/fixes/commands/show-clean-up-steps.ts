import * as vscode from 'vscode';
import { isInGitHistory } from '../actions.ts';
import { requireRepository, warnGitUnavailable } from '../document-facts.ts';
import type { GuideDocuments } from '../history/documents.ts';
import { readCleanUpFacts, writeGuide } from '../history/guide.ts';
import { isKnown } from '../../../secrets/verdict.ts';
import { isGitObject } from '../../model.ts';
import { leakFor } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';

/** Shows how to remove a committed key from the history of this repository. */
export async function showCleanUpSteps(
  { leaks }: FixesDeps,
  guides: GuideDocuments,
  rows: readonly unknown[],
): Promise<void> {
  const leak = await leakFor(leaks, rows, { accept: isInGitHistory });
  if (leak === undefined) return;
  const { verdict } = leak;
  const file = isGitObject(leak) && leak.root !== undefined ? vscode.Uri.file(leak.root) : leak.uri;
  if (!isKnown(verdict)) {
    await warnGitUnavailable();
    return;
  }
  const found = await requireRepository(file);
  if (found === undefined) return;
  using repository = found.repository;
  const facts = await readCleanUpFacts(repository, leak, verdict);
  await guides.show(vscode.l10n.t('Clean Up the History'), writeGuide(facts, verdict));
}
