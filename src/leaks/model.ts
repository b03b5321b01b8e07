/** What the editor's half of leak finding passes around. */
import type * as vscode from 'vscode';
import type { Finding } from '../secrets/detector/finding.ts';
import type { UnknownVerdict, Verdict } from '../secrets/verdict.ts';

/** A leaked key at a place in a document, file or notebook output, and what git says of it. */
export interface Leak {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  readonly finding: Finding;
  /** Undefined while git is being asked. */
  readonly verdict: Verdict | UnknownVerdict | undefined;
  /** The work tree that the verdict is about; its paths are relative to it. */
  readonly root?: string | undefined;
  /**
   * Where the finding's offsets lead when not into the document's own text: into the output of a notebook's cell
   * (`uri` is the cell), or into a file as a commit holds it (`uri` has the scheme `git`).
   */
  readonly in?: 'output' | 'history';
}

/** Everything that is known at the moment, from open documents, the workspace scan and the history. */
export interface Leaks {
  /** Leaks changed in these documents. */
  readonly onDidChange: vscode.Event<readonly vscode.Uri[]>;
  all(): readonly Leak[];
  in(uri: vscode.Uri): readonly Leak[];
  /** Other places of the same key. */
  of(keyHash: string): readonly Leak[];
  /** Resolves when no answer of git is outstanding: on the keys of a document, or on all that are known. */
  checked(uri?: vscode.Uri): Promise<void>;
  /** Looks again: at these documents, or at everything that is known. */
  refresh(uris?: readonly vscode.Uri[]): Promise<void>;
}
