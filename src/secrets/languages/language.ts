/** What is known of a language: enough to replace a key in it by an environment variable, and to allow one by a comment. */
import type { Replacer } from './site.ts';
import type { Grammar } from './syntax-context.ts';

export interface Language {
  /** The editor's IDs of this language, in lower case. */
  readonly ids: readonly string[];
  /** Endings of file names, in lower case and without the dot, for files whose language ID says nothing. */
  readonly extensions?: readonly string[];
  /**
   * Paths, with slashes, which say more than the language ID: a GitHub workflow is YAML to the editor. Left out by
   * languages that the ID or the extension names.
   */
  readonly paths?: readonly RegExp[];
  /** How an allow comment is written; left out where files of the language have no comments. */
  readonly comment?: CommentSyntax;
  /** Where strings and comments are; left out where nothing can span lines and hide a comment. */
  readonly grammar?: Grammar;
  /** Replaces a key by a read of an environment variable; left out where there is no such fix. */
  readonly replace?: Replacer;
}

export interface CommentSyntax {
  readonly open: string;
  readonly close?: string;
  /** Whether a comment may follow code on its line. */
  readonly trailing: boolean;
}

export const SLASHES: CommentSyntax = { open: '//', trailing: true };
export const HASH: CommentSyntax = { open: '#', trailing: true };
/** Where `#` begins a comment at the start of a line only, or where readers differ about it. */
export const HASH_ON_OWN_LINE: CommentSyntax = { open: '#', trailing: false };
export const MARKUP: CommentSyntax = { open: '<!--', close: '-->', trailing: true };
