import { shiftChange, type Change } from '../edits/change.ts';
import { syntaxContextAt, type Grammar, type Literal } from './syntax-context.ts';

/** A key in a text, and the name of the environment variable to read instead. */
export interface Site {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly variable: string;
}

export interface Replacement {
  readonly changes: readonly Change[];
  /** The expression that reads the variable. */
  readonly read: string;
  /** The environment variable that must contain the key. */
  readonly variable: string;
}

/** @returns undefined if the key cannot be replaced here */
export type Replacer = (site: Site) => Replacement | undefined;

/** How to replace a key, depending on the syntax around it. */
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
        return replacers.comment === undefined ? replaceKeyOnly(site, site.variable) : replacers.comment(site);
      case 'code':
        return replacers.code?.(site);
      case 'string':
        return site.end <= context.literal.contentEnd ? replacers.string(site, context.literal) : undefined;
    }
  };
}

/** Applies a replacer that sees only a part of the text. Offsets of the result refer to the whole text. */
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

/** Replaces the key and nothing else. */
export function replaceKeyOnly(site: Site, read: string, more: readonly Change[] = []): Replacement {
  return { changes: [{ start: site.start, end: site.end, text: read }, ...more], read, variable: site.variable };
}

/** Replaces the whole literal by an expression. */
export function replaceLiteral(
  site: Site,
  literal: Literal,
  text: string,
  read: string,
  more: readonly Change[] = [],
): Replacement {
  return { changes: [{ start: literal.start, end: literal.end, text }, ...more], read, variable: site.variable };
}

export function isWholeLiteral(site: Site, literal: Literal): boolean {
  return site.start === literal.contentStart && site.end === literal.contentEnd;
}

export function beforeKey({ text, start }: Site, literal: Literal): string {
  return text.slice(literal.contentStart, start);
}

export function afterKey({ text, end }: Site, literal: Literal): string {
  return text.slice(end, literal.contentEnd);
}

/** `"before" + read + "after"`; in parentheses if a member access follows. */
export function joined(site: Site, literal: Literal, operator: string, read: string): string {
  const quoted = (content: string) => (content === '' ? [] : [literal.opener + content + literal.closer]);
  const parts = [...quoted(beforeKey(site, literal)), read, ...quoted(afterKey(site, literal))].join(operator);
  return /^\s*(?:[.[]|->)/.test(site.text.slice(literal.end, literal.end + 40)) ? `(${parts})` : parts;
}

/** The line up to an offset. */
export function lineBefore(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}
