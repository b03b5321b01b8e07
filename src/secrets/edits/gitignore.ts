/** Adds to `.gitignore` files. */
import type { Change } from './change.ts';
import { appendLine } from './dotenv.ts';

/** The pattern that matches exactly one path, relative to the folder of the `.gitignore`. */
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
 * Whether a `.gitignore` certainly ignores a file in its own folder, for when git may not run. In doubt it returns
 * false, since a duplicate line is harmless.
 */
export function surelyIgnores(text: string, name: string): boolean {
  let ignored = false;
  for (const line of text.split(/\r?\n/)) {
    const pattern = line.trimEnd();
    if (pattern === '' || pattern.startsWith('#')) continue;
    if (pattern.startsWith('!')) ignored = false;
    else if (matchesName(pattern.replace(/^(?:\*\*)?\//, ''), name)) ignored = true;
  }
  return ignored;
}

function matchesName(pattern: string, name: string): boolean {
  if (/[/?[\]\\]/.test(pattern)) return false;
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.').replaceAll(/[+^${}()|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
