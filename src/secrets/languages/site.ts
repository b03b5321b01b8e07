import { shiftChange, type Change } from '../edits/change.ts';
import { syntaxContextAt, type Grammar, type Literal } from './syntax-context.ts';

/** A key in a text, and the name of the environment variable that is to be read instead. */
export interface Site {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly variable: string;
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

/** What replaces a key, by what surrounds it. */
interface SyntaxReplacers {
  string(site: Site, literal: Literal): Replacement | undefined;
  /** Outside of strings and comments; no fix if left out. */
  code?(site: Site): Replacement | undefined;
  /** In a comment; the variable's name if left out. */
  comment?(site: Site): Replacement | undefined;
}

export function bySyntax(grammar: Grammar, replacers: SyntaxReplacers): Replacer {
  return (site) => {
    const context = syntaxContextAt(site.text, site.start, grammar);
    switch (context.kind) {
      case 'comment':
        return replacers.comment === undefined ? inPlace(site, site.variable) : replacers.comment(site);
      case 'code':
        return replacers.code?.(site);
      case 'string':
        return site.end <= context.literal.contentEnd ? replacers.string(site, context.literal) : undefined;
    }
  };
}

/** Applies a replacer that sees only a part of the text. Offsets of the result are about the whole text. */
export function replaceWithin(
  site: Site,
  from: number,
  to: number | undefined,
  replace: Replacer,
): Replacement | undefined {
  const part = { ...site, text: site.text.slice(from, to), start: site.start - from, end: site.end - from };
  const replaced = replace(part);
  return replaced && { ...replaced, changes: replaced.changes.map((change) => shiftChange(change, from)) };
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
