import type { Change } from '../edits/change.ts';
import { syntaxContextAt, type Grammar, type Literal } from './syntax-context.ts';

/** A key in a text, and the name of the environment variable that is to be read instead. */
export interface Site {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly variable: string;
  /** Lower-case language id of the editor. */
  readonly languageId: string;
  /** Path with slashes. */
  readonly fileName: string;
}

export interface Replacement {
  readonly changes: readonly Change[];
  /** What the program now reads, as it stands in the text. */
  readonly read: string;
  /** The environment variable that has to hold the key. */
  readonly variable: string;
}

/** @returns undefined when the key cannot be replaced at this place */
export type Replacer = (site: Site) => Replacement | undefined;

/** What is written for each place that a key can be in. */
export interface Writer {
  readonly grammar: Grammar;
  /** In a comment; the variable's name when left out. */
  comment?(site: Site): Replacement | undefined;
  /** Outside of strings and comments. */
  code?(site: Site): Replacement | undefined;
  string(site: Site, literal: Literal): Replacement | undefined;
}

export function replacerOf(writer: Writer): Replacer {
  return (site) => {
    const around = syntaxContextAt(site.text, site.start, writer.grammar);
    switch (around.kind) {
      case 'comment':
        return writer.comment === undefined ? inPlace(site, site.variable) : writer.comment(site);
      case 'code':
        return writer.code?.(site);
      case 'string':
        return site.end <= around.literal.contentEnd ? writer.string(site, around.literal) : undefined;
    }
  };
}

/** Writes something where the key is and changes nothing else. */
export function inPlace(site: Site, read: string, more: readonly Change[] = []): Replacement {
  return { changes: [{ start: site.start, end: site.end, text: read }, ...more], read, variable: site.variable };
}

/** Writes an expression where the literal is. */
export function instead(
  site: Site,
  literal: Literal,
  text: string,
  read: string,
  more: readonly Change[] = [],
): Replacement {
  return { changes: [{ start: literal.start, end: literal.end, text }, ...more], read, variable: site.variable };
}

export function isWhole(site: Site, literal: Literal): boolean {
  return site.start === literal.contentStart && site.end === literal.contentEnd;
}

export function beforeKey({ text, start }: Site, literal: Literal): string {
  return text.slice(literal.contentStart, start);
}

export function afterKey({ text, end }: Site, literal: Literal): string {
  return text.slice(end, literal.contentEnd);
}

/** `"before" + read + "after"`; in parentheses when a member of the whole is taken. */
export function joined(site: Site, literal: Literal, operator: string, read: string): string {
  const quoted = (content: string) => (content === '' ? [] : [literal.opener + content + literal.closer]);
  const parts = [...quoted(beforeKey(site, literal)), read, ...quoted(afterKey(site, literal))].join(operator);
  return /^\s*(?:[.[]|->)/.test(site.text.slice(literal.end, literal.end + 40)) ? `(${parts})` : parts;
}

/** The line up to the literal. */
export function lineBefore(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}
