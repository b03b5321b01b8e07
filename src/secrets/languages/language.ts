/** The descriptor of a language: how to replace a key by an environment variable, and how to allow one by a comment. */
import type { Replacer } from './site.ts';
import type { Grammar } from './syntax-context.ts';

export interface Language {
  /** The editor's IDs of this language, in lower case. */
  readonly ids: readonly string[];
  /** Endings of file names, in lower case and without the dot, for files with an unknown language ID. */
  readonly extensions?: readonly string[];
  /**
   * Paths with slashes that are more specific than the language ID: to the editor, a GitHub workflow is YAML. Left out
   * if the ID or the extension identifies the language.
   */
  readonly paths?: readonly RegExp[];
  /** How an allow comment is written; left out if the language has no comments. */
  readonly comment?: CommentSyntax;
  /** Where strings and comments are; left out if no string can span lines and contain a comment. */
  readonly grammar?: Grammar;
  /** Replaces a key by a read of an environment variable; left out if there is no such fix. */
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
/** Where `#` starts a comment only at the beginning of a line, or in some readers. */
export const HASH_ON_OWN_LINE: CommentSyntax = { open: '#', trailing: false };
export const MARKUP: CommentSyntax = { open: '<!--', close: '-->', trailing: true };
