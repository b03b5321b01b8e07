import path from 'node:path';
import * as vscode from 'vscode';
import { scanBytes } from '../../secrets/detector/bytes.ts';
import { commitUri } from '../diagnostics/locations.ts';
import type { History, HistoryHit } from '../../secrets/git/history.ts';
import { isInWorkTree } from '../../secrets/git/paths.ts';
import type { Verdict } from '../../secrets/verdict.ts';
import { placed } from '../../secrets/scan/positions.ts';
import { createLeak, type Leak } from '../model.ts';
import type { RepositoryState } from './repositories.ts';

/** Only so many keys are listed and files are scanned again. Verdicts are complete nevertheless. */
const MAX_KEYS = 500;
const MAX_FILES = 2_000;

/** The oldest location of each key in commits, stashes and the reflog. */
export async function leaksInHistory(
  { repository }: RepositoryState,
  history: History,
  allow: readonly string[],
): Promise<Leak[]> {
  const { root } = repository;
  if (root === undefined) return [];
  const leaks: Leak[] = [];
  for (const hit of [...history.hits.values()].slice(0, MAX_KEYS)) {
    const { firstCommit } = hit;
    if (firstCommit === undefined) continue;
    const object = await repository.object(firstCommit.blob).catch(() => undefined);
    if (object?.content === undefined) continue;
    const { text, findings } = scanBytes(object.content, { allow });
    const finding = findings.find(({ keyHash }) => keyHash === hit.keyHash);
    if (finding === undefined) continue;
    const [at] = placed(text, [finding]);
    const range =
      at === undefined ? new vscode.Range(0, 0, 0, 0) : new vscode.Range(at.line, at.column, at.endLine, at.endColumn);
    const uri = commitUri(root, firstCommit);
    leaks.push(createLeak({ uri, range, finding, verdict: verdictOf(hit, history), root, in: 'history' }));
  }
  return leaks;
}

function verdictOf({ committed, pushed, firstCommit, alsoIn }: HistoryHit, { incompleteBecause }: History): Verdict {
  const location = committed ? 'history' : 'untracked';
  return {
    location,
    locations: [location],
    pushed: pushed || (incompleteBecause === undefined ? false : 'unknown'),
    ...(firstCommit === undefined ? {} : { firstCommit }),
    alsoIn,
    ...(incompleteBecause === undefined ? {} : { incompleteBecause }),
  };
}

/** Absolute paths of files that contained a key in some commit, and may still. */
export function filesInHistory({ repository }: RepositoryState, history: History): string[] {
  const { root } = repository;
  if (root === undefined) return [];
  const names = new Set(
    [...history.hits.values()].flatMap(({ introductions }) => introductions.map((each) => each.path)),
  );
  return [...names]
    .filter((name) => isInWorkTree(name))
    .slice(0, MAX_FILES)
    .map((name) => path.join(root, name));
}
