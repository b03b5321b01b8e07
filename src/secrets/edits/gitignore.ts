/** Adds to `.gitignore` files. Pure. */
import type { Change } from './change.ts';
import { appendLine } from './dotenv.ts';

/** A name or path as a pattern that means nothing but itself, from the folder of the `.gitignore` on. */
export function ignorePattern(relativePath: string): string {
  const literal = relativePath
    .replaceAll(/[\\*?[\]]/g, '\\$&')
    .replace(/ +$/, (spaces) => spaces.replaceAll(' ', '\\ '));
  return /\//.test(relativePath) ? `/${literal}` : literal.replace(/^[#!]/, '\\$&');
}

export function addIgnored(text: string, pattern: string): Change {
  return appendLine(text, pattern);
}

/**
 * Whether a `.gitignore` certainly keeps a file of its own folder out. For the time when git may not be asked; in
 * doubt the answer is no, and a second line does no harm.
 */
export function surelyIgnores(text: string, name: string): boolean {
  let ignored = false;
  for (const line of text.split(/\r?\n/)) {
    const pattern = line.trimEnd();
    if (pattern === '' || pattern.startsWith('#')) continue;
    if (pattern.startsWith('!')) ignored = false;
    else if (matches(pattern.replace(/^(?:\*\*)?\//, ''), name)) ignored = true;
  }
  return ignored;
}

function matches(pattern: string, name: string): boolean {
  if (/[/?[\]\\]/.test(pattern)) return false;
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.').replaceAll(/[+^${}()|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
