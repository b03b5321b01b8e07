import type * as vscode from 'vscode';
import type { Finding } from '../secrets/detector/finding.ts';
import { type Situation, situationOf } from '../secrets/situation.ts';
import { surfaceOf } from '../secrets/surface.ts';
import type { UnknownVerdict, Verdict } from '../secrets/verdict.ts';

/** A leaked key at one location in a document, file, notebook output or git object, with its git status. */
export interface Leak {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  readonly finding: Finding;
  /** Undefined while git is being queried. */
  readonly verdict: Verdict | UnknownVerdict | undefined;
  readonly situation: Situation;
  /** The root of the work tree that the paths of the verdict are relative to. */
  readonly root?: string | undefined;
  /** What the offsets of the finding refer to; the text of the document when left out. */
  readonly in?: LeakContainer | undefined;
}

/**
 * - `output`: the output of a notebook cell; `uri` is the cell
 * - `history`, `index`: a file as a commit or the index contains it; `uri` has the scheme `git`
 */
export type LeakContainer = 'output' | 'history' | 'index';

/** @returns the leak with its situation, which follows from the verdict and the document */
export function createLeak(leak: Omit<Leak, 'situation'>): Leak {
  return { ...leak, situation: situationOf(leak.verdict, surfaceOf(leak.uri)) };
}

/** Whether the key was found in a git object rather than in a file or document. */
export function isGitObject({ in: container }: Pick<Leak, 'in'>): boolean {
  return container === 'history' || container === 'index';
}

/** The known leaks in open documents, closed files, the index and the history. */
export interface Leaks {
  /** Fires with the documents whose leaks have changed. */
  readonly onDidChange: vscode.Event<readonly vscode.Uri[]>;
  all(): readonly Leak[];
  in(uri: vscode.Uri): readonly Leak[];
  /** All leaks of a key. */
  of(keyHash: string): readonly Leak[];
  /** Resolves when no git query is pending for the keys of this document, or of any document. */
  checked(uri?: vscode.Uri): Promise<void>;
  /** Scans these documents again, or all known ones. */
  refresh(uris?: readonly vscode.Uri[]): Promise<void>;
}
